package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestWrites_show is the show of the issue, over the real binary: a campaign with a budget, a group with targeting, a
// creative and an ad on each platform by the same bodies; read back; the budget raised; paused; deleted.
func TestWrites_show(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	onEach(t, demo, func(t *testing.T, w *writer) {
		org := url.Values{"org_id": {w.org}}
		made := w.all("Show of " + w.platform)
		var c fields
		first := w.get(w.one("campaign", made.campaign), org, &c)
		if c["status"] != "PAUSED" {
			t.Errorf("a new campaign is %v", c["status"])
		}
		raised, _ := w.write(http.MethodPatch, w.one("campaign", made.campaign), org, fields{"budget_amount": 75}, map[string]string{"If-Match": first.header.Get("ETag")})
		w.covers("raised", fields{"budget_amount": 75, "name": c["name"]}, raised)
		if late := w.send(http.MethodPatch, w.one("campaign", made.campaign), org, []byte(`{"budget_amount":80}`), map[string]string{"If-Match": first.header.Get("ETag")}); late.status != http.StatusPreconditionFailed {
			t.Errorf("a write of what has been changed meanwhile: %d %s", late.status, late.body)
		}
		if high := w.do(http.MethodPatch, w.one("campaign", made.campaign), org, []byte(`{"budget_amount":7500}`)); high.status != http.StatusUnprocessableEntity || !strings.Contains(string(high.body), "confirm=7500") {
			t.Errorf("a budget a hundred times as high: %d %s", high.status, high.body)
		}
		for _, status := range []string{"ACTIVE", "PAUSED"} {
			v, _ := w.write(http.MethodPatch, w.one("campaign", made.campaign), org, fields{"status": status}, nil)
			w.covers("switched", fields{"status": status, "budget_amount": 75}, v)
		}
		w.undoes(made.campaign)
		w.trial(made.campaign)
		for _, x := range [][2]string{{"ad", made.ad}, {"group", made.group}, {"campaign", made.campaign}} {
			_, got := w.write(http.MethodDelete, w.one(x[0], x[1]), org, nil, nil)
			if effect := got.header.Get("X-Admux-Effect"); effect != "removed" && effect != "archived" {
				t.Errorf("%s: deleting %s: %q", w.platform, x[0], effect)
			}
		}
	})
}

// undoes takes the raise of the budget back.
func (w *writer) undoes(campaign string) {
	w.t.Helper()
	var list []struct {
		ID     string
		Op     string
		Fields []string
		After  map[string]any
	}
	w.get("/unified/audit", url.Values{"connection_id": {w.connection}, "object": {"campaign"}, "object_id": {campaign}}, &list)
	for _, e := range list {
		if e.Op == "update" && len(e.Fields) == 1 && e.Fields[0] == "budget_amount" {
			w.write(http.MethodPost, "/unified/audit/"+e.ID+"/undo", url.Values{"dry_run": {"true"}}, nil, nil)
			w.write(http.MethodPost, "/unified/audit/"+e.ID+"/undo", nil, nil, nil)
			var is fields
			w.get(w.one("campaign", campaign), url.Values{"org_id": {w.org}}, &is)
			w.covers("undone", fields{"budget_amount": 50}, is)
			return
		}
	}
	w.t.Errorf("%s: the raise is not in %+v", w.platform, list)
}

// trial holds a dry run against what the same write then does (W6).
func (w *writer) trial(campaign string) {
	w.t.Helper()
	org := url.Values{"org_id": {w.org}}
	dry := url.Values{"org_id": {w.org}, "dry_run": {"true"}}
	var before, after fields
	w.get(w.one("campaign", campaign), org, &before)
	change := fields{"name": "Renamed of " + w.platform, "budget_amount": 60}
	plan, got := w.write(http.MethodPatch, w.one("campaign", campaign), dry, change, nil)
	if by := got.header.Get("X-Admux-Dry-Run"); by != "platform" && by != "rules" {
		w.t.Errorf("%s: checked by %q", w.platform, by)
	}
	w.get(w.one("campaign", campaign), org, &after)
	a, _ := json.Marshal(before)
	b, _ := json.Marshal(after)
	if string(a) != string(b) {
		w.t.Errorf("%s: a dry run changed %s into %s", w.platform, a, b)
	}
	done, _ := w.write(http.MethodPatch, w.one("campaign", campaign), org, change, nil)
	delete(plan, "updated_at")
	w.covers("as planned", plan, done)
}

// TestW6_dryRunSendsNoChange: no dry run of any kind of write lets a simulator count a change, and what a create plans is
// what it then makes.
func TestW6_dryRunSendsNoChange(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	onEach(t, demo, func(t *testing.T, w *writer) {
		made := w.all("Dry of " + w.platform)
		org, dry := url.Values{"org_id": {w.org}}, url.Values{"org_id": {w.org}, "dry_run": {"true"}}
		state := func() string {
			var out []any
			for _, kind := range []string{"campaign", "group", "ad", "creative"} {
				for _, v := range w.list(ads(w.connection, kind), url.Values{"org_id": {w.org}, "limit": {"1000"}}) {
					delete(v, "asset_urls") // signed anew each time
					delete(v, "creative_asset_url")
					out = append(out, v)
				}
			}
			raw, _ := json.Marshal(out)
			return string(raw)
		}
		before := state()
		bodies := map[string]fields{"campaign": w.campaign("Planned"), "group": renamed(w.group(made.campaign)), "creative": w.creative(made.group), "ad": w.ad(made.group, made.creative)}
		for kind, body := range bodies {
			plan, got := w.write(http.MethodPost, ads(w.connection, kind), url.Values{"dry_run": {"true"}}, body, nil)
			if by := got.header.Get("X-Admux-Dry-Run"); by != "platform" && by != "rules" {
				t.Errorf("%s: %s checked by %q", w.platform, kind, by)
			}
			w.covers("plan of a "+kind, body, plan)
		}
		for kind, id := range map[string]string{"campaign": made.campaign, "group": made.group} {
			w.write(http.MethodPatch, w.one(kind, id), dry, fields{"name": "Other", "status": "ACTIVE"}, nil)
			w.write(http.MethodDelete, w.one(kind, id), dry, nil, nil)
		}
		if after := state(); after != before {
			t.Errorf("%s: dry runs changed\n%s\ninto\n%s", w.platform, before, after)
		}
		var is fields
		w.get(w.one("campaign", made.campaign), org, &is)
		w.covers("after dry runs", fields{"name": "Dry of " + w.platform, "status": "PAUSED"}, is)
	})
}

func renamed(f fields) fields {
	f["name"] = "Another"
	return f
}

// TestBatch_threePlatforms: a hundred campaigns in one call on each platform, some of which cannot be made.
func TestBatch_threePlatforms(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t).announced
	onEach(t, demo, func(t *testing.T, w *writer) {
		var ops []fields
		for i := range 100 {
			body := w.campaign("Batch " + string(rune('A'+i/26)) + string(rune('a'+i%26)))
			if i%25 == 7 {
				body["budget_amount"] = json.Number("-1")
			}
			ops = append(ops, fields{"op": "create", "body": body})
		}
		send := func(ops []fields) (out []struct {
			Status   int
			Object   fields
			Problem  fields
			Replayed bool
		}) {
			t.Helper()
			raw, _ := json.Marshal(fields{"operations": ops})
			got := w.send(http.MethodPost, ads(w.connection, "campaign")+"/batch", url.Values{"org_id": {w.org}}, raw, map[string]string{"Idempotency-Key": "batch " + w.platform})
			var in struct{ Results json.RawMessage }
			if got.decode(t, &in); got.status != http.StatusOK || json.Unmarshal(in.Results, &out) != nil {
				t.Fatalf("%d %s", got.status, got.body)
			}
			return out
		}
		first := send(ops)
		var updates []fields
		for i, r := range first {
			body, _ := ops[i]["body"].(fields)
			if i%25 == 7 {
				if r.Status != http.StatusUnprocessableEntity && r.Status != http.StatusBadRequest {
					t.Errorf("%s: %d: %d %v", w.platform, i, r.Status, r.Problem)
				}
				continue
			}
			if r.Status != http.StatusOK {
				t.Fatalf("%s: %d: %d %v", w.platform, i, r.Status, r.Problem)
			}
			w.covers("of a batch", body, r.Object)
			updates = append(updates, fields{"op": "update", "id": r.Object["id"], "body": fields{"budget_amount": 60}}, fields{"op": "delete", "id": r.Object["id"]})
		}
		for i, r := range send(ops) {
			if i%25 != 7 && (!r.Replayed || r.Object["id"] != first[i].Object["id"]) {
				t.Fatalf("%s: again, %d: %+v", w.platform, i, r)
			}
		}
		for i, r := range send(updates) {
			if r.Status != http.StatusOK || i%2 == 0 && r.Object["budget_amount"] != 60.0 {
				t.Fatalf("%s: %v: %d %v", w.platform, updates[i], r.Status, r.Problem)
			}
		}
	})
}
