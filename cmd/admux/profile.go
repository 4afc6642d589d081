//go:build profile

package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"runtime/pprof"
)

// A binary that is built with -tags profile serves profiles of itself on PROFILE_LISTEN and tells where: POST
// /cpu begins one, GET /cpu ends it and answers with it, GET /allocs answers what was allocated. cmd/admux/bench
// builds such a binary; what is shipped has none of this.
func init() {
	address := os.Getenv("PROFILE_LISTEN")
	if address == "" || len(os.Args) < 2 || os.Args[1] != "serve" {
		return
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		panic(err)
	}
	_ = json.NewEncoder(os.Stderr).Encode(map[string]string{"profiler": "http://" + l.Addr().String()})
	mux := http.NewServeMux()
	var cpu bytes.Buffer
	mux.HandleFunc("POST /cpu", func(w http.ResponseWriter, _ *http.Request) {
		cpu.Reset()
		if err := pprof.StartCPUProfile(&cpu); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	})
	mux.HandleFunc("GET /cpu", func(w http.ResponseWriter, _ *http.Request) {
		pprof.StopCPUProfile()
		_, _ = w.Write(cpu.Bytes())
	})
	mux.HandleFunc("GET /allocs", func(w http.ResponseWriter, _ *http.Request) { _ = pprof.Lookup("allocs").WriteTo(w, 0) })
	go func() { _ = http.Serve(l, mux) }()
}
