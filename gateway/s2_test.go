package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestS2_foreignWorkspace walks every operation of the document with the ids of one workspace and the keys of another,
// for every scope: nothing is answered but that there is no such thing, that the scope is missing, or what is answered
// for an id that never was. The same keys are then used on their own ids, so that it is not for another reason.
func TestS2_foreignWorkspace(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	mine, theirs := b.tenant(), b.tenant()
	if err := b.store.FlushAPICalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	call := b.get("/ads/"+theirs.connection+"/campaign", theirs.keys["read"]).header.Get("X-Request-Id")
	if err := b.store.FlushAPICalls(t.Context()); err != nil {
		t.Fatal(err)
	}
	job := func(who tenant) string {
		at := b.do(http.MethodPost, "/ads/"+who.connection+"/report", who.keys["read"], "").header.Get("Location")
		return at[strings.LastIndexByte(at, '/')+1:]
	}
	theirJob := job(theirs)
	rank := map[string]int{"none": 0, "read": 1, "write": 2, "admin": 3}
	tried := 0
	for _, r := range b.doc.Routes() {
		if !strings.Contains(r.Path, "{") || r.Path == "/docs/{file}" {
			continue
		}
		fill := func(who tenant, made string) string {
			id := who.connection
			if strings.HasPrefix(r.Path, "/unified/apicall") {
				id = call
			}
			conn, ws, job := who.connection, who.workspace, theirJob
			if made != "" {
				id, conn, ws, job = made, made, made, made
			}
			at := r.Path
			if strings.HasSuffix(at, "/changes") { // a moment is needed, whoever asks
				at += "?since=" + time.Now().UTC().Format(time.RFC3339)
			}
			return strings.NewReplacer("{connection_id}", conn, "{workspace_id}", ws, "{integration_type}", "fakeads", "{path}", "v7/x", "{object}", "campaign",
				"{id}", id, "{job_id}", job, "{env}", "e1").Replace(at)
		}
		for _, scope := range []string{"none", "read", "write", "admin"} {
			tried++
			body := ""
			if r.Method == http.MethodPut || r.Method == http.MethodPatch || r.Method == http.MethodPost {
				body = `{"is_paused":true}`
			}
			got := b.do(r.Method, fill(theirs, ""), mine.keys[scope], body)
			never := b.do(r.Method, fill(theirs, "never-was-1"), mine.keys[scope], body)
			name := fmt.Sprintf("%s %s with %s", r.Method, r.Path, scope)
			switch {
			case strings.HasSuffix(r.Path, "{workspace_id}") && scope == "none":
				// Without a key it tells what can be connected, to whoever knows the workspace's id.
			case r.Path == "/unified/integration/auth/{workspace_id}/{integration_type}":
				if got.status/100 == 2 || got.status/100 == 3 {
					t.Errorf("%s: %d %s", name, got.status, got.body)
				}
			case r.Path == "/unified/integration/{integration_type}/app": // names no one's id: it is the caller's own
			case r.Scope != "none" && rank[scope] == 0:
				if got.status != 401 {
					t.Errorf("%s: %d", name, got.status)
				}
			case rank[scope] < rank[string(r.Scope)]:
				if got.status != 403 || !strings.Contains(got.body, string(r.Scope)) {
					t.Errorf("%s: %d %s", name, got.status, got.body)
				}
			case r.Planned:
				if got.status != 501 || never.status != 501 {
					t.Errorf("%s: %d", name, got.status)
				}
			default:
				// A body that the document refuses is 400 for every id alike.
				fits := got.status == 404 || got.status == 400 && body != ""
				if !fits || got.status != never.status {
					t.Errorf("%s: %d %s; for an id that never was %d", name, got.status, got.body, never.status)
				}
				for _, text := range []string{theirs.workspace, `"fakeads"`, "One"} {
					if strings.Contains(got.body, text) {
						t.Errorf("%s: the answer holds %s: %s", name, text, got.body)
					}
				}
			}
		}
		if own := b.do(r.Method, fill(theirs, ""), theirs.keys["admin"], ""); own.status == 404 && !strings.Contains(r.Path, "{id}") {
			t.Errorf("%s %s: its own workspace gets 404 too: %s", r.Method, r.Path, own.body)
		}
		if r.Method == http.MethodDelete && r.Path == "/unified/connection/{id}" {
			theirs = b.tenant()
			theirJob = job(theirs)
		}
	}
	t.Logf("%d calls", tried)
}
