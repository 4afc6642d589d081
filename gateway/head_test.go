package gateway

import (
	"net/http"
	"testing"
)

// Uptime monitors, load balancers and link checkers ask by HEAD: it answers as GET does, without the body, and never
// spends the one chance of an OAuth flow.
func TestHead_answersAsGet(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	me := b.tenant()
	for target, key := range map[string]string{
		"/healthz": "", "/readyz": "", "/openapi.json": "", "/docs": "",
		"/ads/" + me.connection + "/campaign":         me.keys["read"],
		"/ads/" + me.connection + "/campaign/missing": me.keys["read"],
		"/unified/connection":                         "",
		"/ads/" + me.connection + "/report":           me.keys["read"],
	} {
		got, want := b.do(http.MethodHead, target, key, ""), b.get(target, key)
		if got.status != want.status || got.body != "" || got.header.Get("Content-Type") != want.header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %q %q, GET: %d %q", target, got.status, got.header.Get("Content-Type"), got.body, want.status, want.header.Get("Content-Type"))
		}
	}
	for _, target := range []string{"/oauth/callback?state=x&code=y", "/unified/integration/auth/" + me.workspace + "/fakeads"} {
		if got := b.do(http.MethodHead, target, "", ""); got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET" {
			t.Errorf("HEAD %s: %d, Allow %q", target, got.status, got.header.Get("Allow"))
		}
	}
	if got := b.do(http.MethodHead, "/ads/"+me.connection+"/campaign", "", ""); got.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", got.status)
	}
}
