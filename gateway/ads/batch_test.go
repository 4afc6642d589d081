package ads

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

type batchResult struct {
	Status   int
	Object   normalize.Campaign
	Problem  problem.Body
	Effect   string
	Replayed bool
}

func (d *desk) batch(query, ops string, headers ...string) []batchResult {
	d.t.Helper()
	rec := d.do("POST", "/ads/c1/campaign/batch"+query, `{"operations":[`+ops+`]}`, headers...)
	var out struct{ Results []batchResult }
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != 200 {
		d.t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return out.Results
}

func statuses(list []batchResult) string {
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprint(r.Status))
	}
	return strings.Join(out, " ")
}

// The platform's own calls for several are used: those on one object come in rounds, and what is refused before is not
// waited for.
func TestBatch_platformsOwnCalls(t *testing.T) {
	t.Parallel()
	d := newDesk(t, &platform{batch: true})
	for _, id := range []string{"5", "6"} {
		d.platform.put(normalize.Campaign{ID: id, Name: "old", OrganizationID: "1", BudgetAmount: decimal(10), Currency: "EUR"})
	}
	got := d.batch("", `{"op":"update","id":"5","body":{"name":"a"}},{"op":"create","body":{"name":"new","goal":"LEADS"}},{"op":"update","id":"5","body":{"budget_amount":50}},
		{"op":"update","id":"nope","body":{"name":"x"}},{"op":"create","body":{"name":"no goal"}},{"op":"delete","id":"6"},{"op":"update","id":"5","body":{"budget_amount":501}},
		{"op":"update","id":"5","body":{"name":"b"}},{"op":"update","id":"5","body":{"name":"b"}}`)
	if statuses(got) != "200 200 200 404 422 200 422 200 200" || got[0].Object.Name != "a" || got[2].Object.Name != "a" || got[2].Object.BudgetAmount.String() != "50" ||
		got[5].Effect != "archived" || got[6].Problem.Code != problem.CodeGuardrail || got[7].Object.Name != "b" {
		t.Errorf("%s %+v", statuses(got), got)
	}
	if want := `[[create new delete 6 update 5]]`; fmt.Sprint(d.platform.sent) != want {
		t.Errorf("sent %v, want %s and the rest alone", d.platform.sent, want)
	}
	if n := len(d.audits()); n != 6 {
		t.Errorf("%d entries", n)
	}
}

// W1 and W3 over a batch: with a key it makes each object once, also when its process died in the middle.
func TestBatch_idempotent(t *testing.T) {
	t.Parallel()
	p := &platform{batch: true, dated: true}
	d := newDesk(t, p)
	var ops []string
	for i := range 1000 {
		ops = append(ops, fmt.Sprintf(`{"op":"create","body":{"name":"n%d","goal":"LEADS"}}`, i))
	}
	all := strings.Join(ops, ",")
	n := 0
	p.after = func() error { // in the middle of the platform's work
		if n++; n == 500 {
			return lost()
		}
		return nil
	}
	first := d.batch("", all, "Idempotency-Key", "k")
	for i, r := range first {
		if r.Status != 200 || r.Object.Name != fmt.Sprintf("n%d", i) {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	if len(p.sent) != 1 || p.mutations.Load() != 1000 {
		t.Errorf("%d calls, %d made", len(p.sent), p.mutations.Load())
	}
	p.after = nil
	for i, r := range d.batch("", all, "Idempotency-Key", "k") {
		if !r.Replayed || r.Object.ID != first[i].Object.ID {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	if p.mutations.Load() != 1000 {
		t.Errorf("%d made", p.mutations.Load())
	}
}

// W5: what the operations of a batch may spend together counts, tried or meant.
func TestW5_batchCountsTogether(t *testing.T) {
	t.Parallel()
	for _, batch := range []bool{true, false} {
		for _, query := range []string{"?dry_run=true", ""} {
			d := newDesk(t, &platform{batch: batch})
			if err := d.store.PutGuardrail(t.Context(), d.workspace, "c1", json.RawMessage(`{"max_daily_budget":100,"currency":"EUR"}`)); err != nil {
				t.Fatal(err)
			}
			const one = `{"op":"create","body":{"name":"n","goal":"LEADS","status":"ACTIVE","budget_amount":45,"budget_period":"DAILY"}}`
			got := d.batch(query, one+","+one+","+one+","+one)
			if n := strings.Count(statuses(got), "200"); n != 2 {
				t.Errorf("batch %t%s: %s", batch, query, statuses(got))
			}
			spends, err := d.store.Spends(t.Context(), d.workspace)
			if query != "" && (len(spends) != 0 || d.platform.mutations.Load() != 0) || err != nil {
				t.Errorf("a dry run leaves %+v", spends)
			}
		}
	}
}

// What a platform's call for several does not tell of is not known; a panic costs nobody else anything.
func TestBatch_answersThatDoNotFit(t *testing.T) {
	t.Parallel()
	const two = `{"op":"create","body":{"name":"a","goal":"LEADS"}},{"op":"create","body":{"name":"b","goal":"LEADS"}}`
	for name, c := range map[string]struct {
		several func(context.Context, []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error)
		want    string
	}{
		"too few": {func(context.Context, []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error) {
			return nil, nil
		}, "502 502"},
		"not reached": {func(context.Context, []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error) {
			return nil, &providers.Error{Kind: providers.Unavailable, Platform: "fakeads", Message: "down"}
		}, "503 503"},
		"panic": {func(context.Context, []providers.Op[normalize.Campaign]) ([]providers.Done[normalize.Campaign], error) {
			panic("boom")
		}, "502 502"},
	} {
		d := newDesk(t, &platform{several: c.several})
		if got := d.batch("", two); statuses(got) != c.want {
			t.Errorf("%s: %s %+v", name, statuses(got), got[0].Problem)
		}
	}
	d := newDesk(t, &platform{before: func() { panic("boom") }})
	if got := d.batch("", two+`,{"op":"delete","id":"9"}`); statuses(got) != "500 500 404" {
		t.Errorf("%s", statuses(got))
	}
}

// A platform that says that there are too many calls is waited for: nothing was done, and it may be sent again.
func TestBatch_waitsForThePlatform(t *testing.T) {
	t.Parallel()
	busy := &providers.Error{Kind: providers.RateLimited, Platform: "fakeads", Message: "slow down"}
	for name, p := range map[string]*platform{"by its own calls": {batch: true}, "one by one": {}} {
		d := newDesk(t, p)
		var told atomic.Int32
		p.after = func() error { // the fake counts what it has made: it refuses afterwards, once, and takes it back
			if told.Add(1) > 1 {
				return nil
			}
			p.mutations.Add(-1)
			return busy
		}
		got := d.batch("", `{"op":"create","body":{"name":"a","goal":"LEADS"}},{"op":"create","body":{"name":"b","goal":"LEADS"}}`)
		if statuses(got) != "200 200" || p.mutations.Load() != 2 {
			t.Errorf("%s: %s, %d made", name, statuses(got), p.mutations.Load())
		}
	}
}
