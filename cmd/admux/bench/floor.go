package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/gzip"
)

// script is what a floor program is told: the requests that the gateway made for a report, and whom to ask.
type script struct {
	Base  string
	Asked []asked
}

// floor does what no gateway can avoid: it asks what the gateway asked, in the same order and packed alike, and reads
// every token of the answers once. It keeps nothing, and
// prints the most memory it had, in MiB.
func floor(ctx context.Context, file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var s script
	if err := json.Unmarshal(raw, &s); err != nil {
		return err
	}
	// The gateway's own transport unpacks; here the fastest unpacking there is, so that the floor is one.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for _, a := range s.Asked {
		if err := readOnce(ctx, client, s.Base, a); err != nil {
			return fmt.Errorf("%s %s: %w", a.Method, a.URI, err)
		}
	}
	peak, err := memory(os.Getpid(), "VmHWM")
	fmt.Print(peak)
	return err
}

func readOnce(ctx context.Context, client *http.Client, base string, a asked) error {
	r, err := http.NewRequestWithContext(ctx, a.Method, base+a.URI, bytes.NewReader(a.Body))
	if err != nil {
		return err
	}
	r.Header = a.Header
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var body io.Reader = res.Body
	if res.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(body); err != nil {
			return err
		}
	}
	for dec := jsontext.NewDecoder(body); ; {
		if _, err := dec.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
