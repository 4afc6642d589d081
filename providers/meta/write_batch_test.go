package meta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// Operations go out fifty in one call, are answered in order, and one that is refused leaves the others alone.
func TestBatch_FiftyInOneCallInOrder(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	var ops []providers.Op[normalize.Campaign]
	for i := range 60 {
		c := budgeted(fmt.Sprintf("batch %d", i), "50")
		switch i {
		case 7:
			c.BudgetAmount = dec("50.001") // ours to refuse
		case 9:
			c.OrganizationID = "901000000000999" // Meta's
		}
		ops = append(ops, providers.Op[normalize.Campaign]{Write: wanted(c)})
	}
	done, err := d.Campaigns.Batch(t.Context(), ops)
	if err != nil || len(done) != len(ops) {
		t.Fatalf("%d results, %v", len(done), err)
	}
	for i, r := range done {
		switch {
		case i == 7:
			refusedAt(t, r.Err, "budget_amount")
		case i == 9:
			if r.Err == nil {
				t.Errorf("made in an account that is not there: %+v", r)
			}
		case r.Err != nil || r.Written.Object.Name != fmt.Sprintf("batch %d", i) || r.Written.Object.Status != normalize.StatusPaused || len(r.Written.RequestIDs) == 0:
			t.Errorf("%d: %+v, %v", i, r.Written, r.Err)
		}
	}
	w := d.rec.writes()
	if len(w) != 2 || count(t, w[0]) != 48 || count(t, w[1]) != 10 {
		t.Errorf("%d calls, the first of %d", len(w), count(t, w[0]))
	}
}

func count(t testing.TB, w sentWrite) int {
	t.Helper()
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(w.form.Get("batch")), &list); err != nil {
		t.Fatalf("%v: %s", err, w.body)
	}
	return len(list)
}

// Updates and deletes go out together, too; what changes nothing is not sent, and two writes to one object go one after
// the other.
func TestBatch_UpdatesAndDeletes(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	a, b, c := made(t, d.Campaigns, budgeted("a", "50")), made(t, d.Campaigns, budgeted("b", "50")), made(t, d.Campaigns, budgeted("c", "50"))
	d.rec.forget()
	name := func(s string) func(*normalize.Campaign) { return func(c *normalize.Campaign) { c.Name = s } }
	done, err := d.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{
		{Ref: providers.Ref{ID: a.ID}, Write: patched(a, name("a1"), "name")},
		{Ref: providers.Ref{ID: b.ID}, Write: patched(b, func(*normalize.Campaign) {}, "name")},
		{Ref: providers.Ref{ID: c.ID}, Remove: true},
		{Ref: providers.Ref{ID: "120399999999999999"}, Remove: true},
		{Ref: providers.Ref{ID: a.ID}, Write: patched(a, name("a2"), "name")},
	})
	if err != nil || done[0].Err != nil || done[0].Written.Object.Name != "a1" || done[1].Err != nil || done[1].Written.Object.Name != "b" ||
		done[2].Err != nil || done[2].Removal.Effect != providers.EffectRemoved || providers.KindOf(done[3].Err) != providers.NotFound ||
		done[4].Err != nil || done[4].Written.Object.Name != "a2" {
		t.Errorf("%+v, %v", done, err)
	}
	if w := d.rec.writes(); len(w) != 2 || count(t, w[0]) != 2 || count(t, w[1]) != 1 {
		t.Errorf("sent %+v", w)
	}
	if s := d.stored(t, c.ID, "status"); s["status"] != "DELETED" {
		t.Errorf("%v", s)
	}
	dry := patched(b, name("dry"), "name")
	dry.DryRun = true
	done, err = d.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{{Ref: providers.Ref{ID: b.ID}, Write: dry}})
	if err != nil || done[0].Err != nil || done[0].Written.Checked != providers.CheckedByPlatform || d.stored(t, b.ID, "name")["name"] != "b" {
		t.Errorf("%+v, %v", done, err)
	}
}

// Meta makes at most ten ads in one call.
func TestBatch_TenAdsInOneCall(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	group := made(t, d.Groups, theGroup(made(t, d.Campaigns, theCampaign("parent")).ID, "parent"))
	creative := all(t, d.Creatives, providers.ListQuery{Org: euros})[0]
	var ops []providers.Op[normalize.Ad]
	for i := range 23 {
		ops = append(ops, providers.Op[normalize.Ad]{Write: wanted(normalize.Ad{GroupID: group.ID, Name: fmt.Sprint("ad ", i), CreativeIDs: []string{creative.ID}})})
	}
	d.rec.forget()
	done, err := d.Ads.Batch(t.Context(), ops)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range done {
		if r.Err != nil || r.Written.Object.Name != fmt.Sprint("ad ", i) {
			t.Errorf("%d: %+v, %v", i, r.Written, r.Err)
		}
	}
	if w := d.rec.writes(); len(w) != 3 || count(t, w[0]) != 10 || count(t, w[1]) != 10 || count(t, w[2]) != 3 {
		t.Errorf("%d calls", len(w))
	}
}

// Where the answer is lost, of none is known whether it was done, and nothing is sent again.
func TestBatch_ALostAnswerIsUncertain(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	zero := int64(0)
	if err := d.sim.Fault(sim.Fault{Path: "/v26.0/", Method: http.MethodPost, CutAfterBytes: &zero}); err != nil {
		t.Fatal(err)
	}
	done, err := d.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{{Write: wanted(budgeted("lost 1", "50"))}, {Write: wanted(budgeted("lost 2", "50"))}})
	if err != nil || len(done) != 2 || len(d.rec.writes()) != 1 {
		t.Fatalf("%+v, %v, sent %d times", done, err, len(d.rec.writes()))
	}
	for _, r := range done {
		if e, ok := errors.AsType[*providers.Error](r.Err); !ok || !e.Uncertain {
			t.Errorf("%+v", r)
		}
	}
}

// Each of several writes is judged by its own answer: its kind, its trace id, and whether it may have been done.
func TestBatch_EachByItsOwnAnswer(t *testing.T) {
	t.Parallel()
	refusal := `{"error":{"message":"Invalid parameter","code":100,"error_subcode":1885272,"fbtrace_id":"TRACE-OF-IT","error_data":"{\"blame_field_specs\":[[\"daily_budget\"]]}"}}`
	item := func(code int, body string) string {
		return fmt.Sprintf(`{"code":%d,"headers":[{"name":"X-FB-Trace-ID","value":"HEAD"}],"body":%q}`, code, body)
	}
	s, script := scripted(t, map[string]func(asked) (int, string){
		"act_1": euro,
		"": answer(200, "["+strings.Join([]string{
			item(400, refusal), "null", item(500, `{"error":{"message":"An unknown error occurred","code":1}}`), item(400, `{"error":{"message":"User request limit reached","code":17,"error_subcode":2446079}}`),
			item(200, `{"success":true}`),
		}, ",")+"]"),
	})
	var ops []providers.Op[normalize.Campaign]
	for range 5 {
		o := budgeted("x", "50")
		o.OrganizationID = "1"
		ops = append(ops, providers.Op[normalize.Campaign]{Write: wanted(o)})
	}
	done, err := s.Campaigns.Batch(t.Context(), ops)
	if err != nil || len(done) != len(ops) {
		t.Fatalf("%+v, %v", done, err)
	}
	posts := 0
	for _, a := range script.calls("") {
		if a.method == http.MethodPost {
			posts++
		}
	}
	if posts != 1 {
		t.Errorf("%d calls", posts)
	}
	for i, want := range []providers.Error{
		{Kind: providers.Rejected, Field: "budget_amount", RequestID: "TRACE-OF-IT"},
		{Kind: providers.Timeout, Uncertain: true},
		{Kind: providers.Unavailable, RequestID: "HEAD", Uncertain: true},
		{Kind: providers.RateLimited, RequestID: "HEAD"},
		{Kind: providers.Malformed, RequestID: "HEAD", Uncertain: true},
	} {
		e, ok := errors.AsType[*providers.Error](done[i].Err)
		if !ok || e.Kind != want.Kind || e.Field != want.Field || want.RequestID != "" && e.RequestID != want.RequestID || e.Uncertain != want.Uncertain {
			t.Errorf("%d: %+v, %v", i, done[i].Written, e)
		}
	}
}

// An answer that is not one for each is of no use: all are uncertain. A refusal of the whole call is one of each.
func TestBatch_TheWholeCallRefused(t *testing.T) {
	t.Parallel()
	for body, uncertain := range map[string]bool{
		`[]`: true, `{"success":true}`: true, `{"error":{"message":"An unknown error occurred","code":1}}`: true,
		`{"error":{"message":"Invalid parameter","code":100}}`: false,
	} {
		s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "": answer(200, body)})
		o := budgeted("x", "50")
		o.OrganizationID = "1"
		done, err := s.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{{Write: wanted(o)}, {Write: wanted(o)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range done {
			if e, ok := errors.AsType[*providers.Error](r.Err); !ok || e.Uncertain != uncertain {
				t.Errorf("%s: %+v, %v", body, r.Written, r.Err)
			}
		}
	}
}
