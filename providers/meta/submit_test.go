package meta

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// Ordering a report is tried again with its whole form (trap 13: a body that was read up gives a misleading refusal), and
// counts as a write.
func TestTrap13_TheFormIsSentWhole(t *testing.T) {
	t.Parallel()
	var forms []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		forms = append(forms, r.Method+" "+r.URL.RequestURI()+" "+string(b))
		if len(forms) == 1 {
			http.Error(w, `{"error":{"message":"m","code":2,"is_transient":true}}`, http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, `{"report_run_id":1400000000000001}`)
	}))
	defer srv.Close()
	tr, err := providers.NewTransport(http.DefaultTransport, New().Spec().Hosts, map[string]string{apiHost: srv.URL, dialogHost: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	n := &notes{}
	c := newClient(&provider{}, providers.Conn{ID: "c"}, providers.Deps{HTTP: &http.Client{Transport: tr}, Limits: n, Now: func() time.Time { return limitsNow }, Sleep: func(context.Context, time.Duration) error { return nil }, Log: slog.New(slog.DiscardHandler)}, apiVersion)
	var run struct {
		ID wire.ID `json:"report_run_id"`
	}
	k := call{path: "act_1/insights", params: url.Values{"level": {"ad"}, "fields": {"spend"}}, lane: lane{account: "1", insights: true}}
	if _, err := c.submit(t.Context(), k, &run); err != nil || run.ID != "1400000000000001" {
		t.Fatal(run, err)
	}
	if want := "POST /v26.0/act_1/insights fields=spend&level=ad"; len(forms) != 2 || forms[0] != want || forms[1] != want {
		t.Errorf("%q", forms)
	}
	if last := n.waited[len(n.waited)-1]; last != "metaads:account:ads_insights:connection-c/1 3" {
		t.Errorf("waited for %s", last)
	}
}
