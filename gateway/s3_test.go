package gateway

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestS3_canaries: no secret is in logs, answers, metrics, the log of calls, or the files of the database.
func TestS3_canaries(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	var said strings.Builder
	hear := func(a answer) { said.WriteString(a.body); _ = a.header.Write(&said) }
	for _, r := range b.doc.Routes() {
		path := strings.NewReplacer("{connection_id}", me.connection, "{workspace_id}", me.workspace, "{integration_type}", "fakeads",
			"{path}", "v7/echo", "{object}", "campaign", "{id}", me.connection, "{job_id}", "j", "{env}", "e", "{file}", "docs.js").Replace(r.Path)
		if r.Method == http.MethodDelete && strings.HasPrefix(r.Path, "/unified/connection") {
			continue // the last call of all
		}
		for _, body := range []string{"", `{"client_id":"x","client_secret":"` + canarySecret + `"}`} {
			if r.Method == http.MethodGet && body != "" {
				continue
			}
			hear(b.do(r.Method, path, me.keys["admin"], body, "Cookie", "s="+canarySecret))
		}
	}
	b.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "no", http.StatusUnauthorized)
		return true
	}
	hear(b.get("/ads/"+me.connection+"/campaign", me.keys["read"]))
	hear(b.get("/ads/"+me.connection+"/report", me.keys["read"]))
	if err := b.store.FlushAPICalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	hear(b.get("/unified/apicall", me.keys["read"]))
	hear(b.get("/metrics", ""))
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.dbPath), "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	places := map[string]string{"answers": said.String(), "log": b.log.String(), "config": b.server.cfg.String()}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		places[f] = string(raw)
	}
	for place, text := range places {
		for _, secret := range []string{canaryToken, canaryRefresh, canarySecret, me.keys["admin"], me.keys["read"]} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s hold %.12s…: %s", place, secret, text[max(0, at-200):at])
			}
		}
	}
}
