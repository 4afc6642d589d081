package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// sending creates a campaign with a key.
func (w *writer) sending(key string, body fields) answer {
	raw, _ := json.Marshal(body)
	return w.send(http.MethodPost, ads(w.connection, "campaign"), nil, raw, map[string]string{"Idempotency-Key": key})
}

// TestW1_sameKeyAtOnce: the same key a hundred times at once makes one campaign at each platform.
func TestW1_sameKeyAtOnce(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	onEach(t, demo, func(t *testing.T, w *writer) {
		body := w.campaign("At once")
		answers := make([]answer, 100)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = w.sending("at once "+w.platform, body) })
		}
		all.Wait()
		counts := map[string]int{}
		var said []byte
		for _, a := range answers {
			switch {
			case a.status == http.StatusOK && a.header.Get("Idempotent-Replayed") == "":
				counts["made"]++
			case a.status == http.StatusOK:
				counts["replayed"]++
			case a.status == http.StatusConflict && a.header.Get("Retry-After") != "":
				counts["told to wait"]++
				continue
			default:
				t.Errorf("%s: %d %s", w.platform, a.status, a.body)
				continue
			}
			if said == nil {
				said = a.body
			}
			if !bytes.Equal(said, a.body) {
				t.Errorf("%s: %s and %s", w.platform, said, a.body)
			}
		}
		if is := w.named("At once"); counts["made"] != 1 || len(is) != 1 {
			t.Errorf("%s: %v, %q at the platform", w.platform, counts, is)
		}
		// W2: the same key, another body.
		calls := w.changes(demo)
		if calls == 0 {
			t.Errorf("%s counts no calls", w.platform)
		}
		other := w.campaign("At once, another")
		if a := w.sending("at once "+w.platform, other); a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.body), "Idempotency-Key") || w.changes(demo) != calls {
			t.Errorf("W2: %s: %d %s", w.platform, a.status, a.body)
		}
	})
}

// changes counts the calls that a simulator has had, of the methods that change something.
func (w *writer) changes(demo announced) (n int) {
	w.t.Helper()
	for line := range bytes.Lines(fromSimulator(w.t, demo.Simulators[w.platform]+"/_sim/calls")) {
		var call struct{ Method string }
		if err := json.Unmarshal(line, &call); err != nil {
			w.t.Fatal(err)
		}
		if call.Method != http.MethodGet {
			n++
		}
	}
	return n
}

// TestW4_lostAnswerIsReadBack: each platform makes the campaign and the connection breaks: it is found there, and not made
// again, whether its create had a key or not.
func TestW4_lostAnswerIsReadBack(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	paths := map[string]string{"linkedinads": "/adCampaignGroups", "googleads": "googleAds:mutate", "metaads": "/campaigns"}
	onEach(t, demo, func(t *testing.T, w *writer) {
		cut := func() {
			raw, _ := json.Marshal(fields{"method": http.MethodPost, "path": paths[w.platform], "cut_after_bytes": 0, "times": 1})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, demo.Simulators[w.platform]+"/_sim/fault", bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil || res.StatusCode >= 300 {
				t.Fatal(err, res)
			}
			_ = res.Body.Close()
		}
		cut()
		made := w.sending("lost "+w.platform, w.campaign("Lost"))
		var v struct{ ID string }
		made.decode(t, &v)
		if is := w.named("Lost"); made.status != http.StatusOK || len(is) != 1 || is[0] != v.ID {
			t.Errorf("%s: %d %s, %q at the platform", w.platform, made.status, made.body, is)
		}
		if again := w.sending("lost "+w.platform, w.campaign("Lost")); !bytes.Equal(again.body, made.body) || again.header.Get("Idempotent-Replayed") == "" {
			t.Errorf("%s: again: %d %s", w.platform, again.status, again.body)
		}
		cut()
		raw, _ := json.Marshal(w.campaign("Lost too"))
		unknown := w.do(http.MethodPost, ads(w.connection, "campaign"), nil, raw)
		code, _ := unknown.problem(t)
		is := w.named("Lost too")
		if code != "outcome_unknown" || len(is) != 1 || !strings.Contains(string(unknown.body), is[0]) {
			t.Errorf("%s: without a key: %d %s, %q at the platform", w.platform, unknown.status, unknown.body, is)
		}
		var audit []struct{ Outcome string }
		w.get("/unified/audit", url.Values{"connection_id": {w.connection}, "limit": {"1"}}, &audit)
		if len(audit) != 1 || audit[0].Outcome != "unknown" {
			t.Errorf("%s: the audit says %+v", w.platform, audit)
		}
	})
}
