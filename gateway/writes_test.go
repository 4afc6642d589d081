package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// writableProvider is the fake platform with campaigns that can be written.
type writableProvider struct {
	fakeProvider
	shelf *shelf
}

// shelf keeps campaigns.
type shelf struct {
	mu   sync.Mutex
	all  map[string]normalize.Campaign
	made int
	lose bool // the answer of each create
}

func (w writableProvider) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	s, err := w.fakeProvider.Open(conn, deps)
	if err != nil {
		return nil, err
	}
	c, k := &s.Campaigns, w.shelf
	c.Fields = []providers.Field{
		{Name: "name", Create: true, Update: true, Required: true}, {Name: "status", Create: true, Update: true},
		{Name: "budget_amount", Create: true, Update: true, Clear: true}, {Name: "budget_period", Create: true, Update: true},
		{Name: "end_at", Create: true, Update: true, Clear: true}, {Name: "targeting.language", Create: true, Update: true, Clear: true},
	}
	c.Get = func(_ context.Context, r providers.Ref) (normalize.Campaign, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		v, ok := k.all[r.ID]
		if !ok {
			return v, &providers.Error{Kind: providers.NotFound, Platform: "fakeads", Message: "no such campaign", RequestID: "up-7"}
		}
		return v, nil
	}
	c.Create = func(_ context.Context, wr providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
		v := wr.Object
		v.OrganizationID, v.Currency = wr.Org, "EUR"
		if v.Status == "" {
			v.Status = normalize.StatusPaused
		}
		if wr.DryRun {
			return providers.Written[normalize.Campaign]{Object: v, Checked: providers.CheckedByPlatform}, nil
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.made++
		v.ID = fmt.Sprint(900 + k.made)
		k.all[v.ID] = v
		if k.lose {
			return providers.Written[normalize.Campaign]{}, &providers.Error{Kind: providers.Timeout, Platform: "fakeads", Message: "no answer", Uncertain: true}
		}
		return providers.Written[normalize.Campaign]{Object: v, RequestIDs: []string{"up-8"}}, nil
	}
	c.Update = func(_ context.Context, r providers.Ref, wr providers.Write[normalize.Campaign]) (providers.Written[normalize.Campaign], error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !wr.DryRun {
			k.all[r.ID] = wr.Object
		}
		return providers.Written[normalize.Campaign]{Object: wr.Object, Checked: providers.CheckedByRules}, nil
	}
	c.Delete = func(_ context.Context, r providers.Ref, dry bool) (providers.Removal, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		if !dry {
			delete(k.all, r.ID)
		}
		return providers.Removal{Effect: providers.EffectRemoved, Checked: providers.CheckedByRules}, nil
	}
	c.Find = func(_ context.Context, wr providers.Write[normalize.Campaign], _ providers.Try) ([]normalize.Campaign, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		var out []normalize.Campaign
		for _, v := range k.all {
			if v.Name == wr.Object.Name {
				out = append(out, v)
			}
		}
		return out, nil
	}
	return s, nil
}

// writeBed is a gateway in front of it, and a workspace.
func writeBed(t *testing.T) (*bed, tenant, *shelf) {
	t.Helper()
	k := &shelf{all: map[string]normalize.Campaign{}}
	b := newBed(t, func(c *Config) { c.Registry = providers.NewRegistry(writableProvider{shelf: k}) })
	return b, b.tenant(), k
}

type reply struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Status string      `json:"status"`
	Code   string      `json:"code"`
	Budget json.Number `json:"budget_amount"`
}

func (a answer) reply(t *testing.T) reply {
	t.Helper()
	var r reply
	if a.body == "" {
		return r
	}
	if err := json.Unmarshal([]byte(a.body), &r); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return r
}

// TestGateway_writes walks a campaign through its life, each answer held against the document.
func TestGateway_writes(t *testing.T) {
	t.Parallel()
	b, me, k := writeBed(t)
	at, key := "/ads/"+me.connection+"/campaign", me.keys["write"]
	want := func(status int, method, target, body string, headers ...string) answer {
		t.Helper()
		a := b.do(method, target, key, body, headers...)
		if a.status != status {
			t.Fatalf("%s %s %s: %d %s, want %d", method, target, body, a.status, a.body, status)
		}
		return a
	}
	const spring = `{"name":"Spring","budget_amount":50.00,"budget_period":"DAILY"}`
	for _, scope := range []string{"none", "read"} {
		for _, method := range []string{post, put, patch, del} {
			target := at
			if method != post {
				target += "/901"
			}
			if a := b.do(method, target, me.keys[scope], spring); a.status != 401 && (a.status != 403 || !strings.Contains(a.body, "write")) {
				t.Errorf("%s with the scope %s: %d", method, scope, a.status)
			}
		}
	}
	if dry := want(200, post, at+"?dry_run=true", spring, "Idempotency-Key", "k"); dry.header.Get("X-Admux-Dry-Run") != "platform" || len(k.all) != 0 {
		t.Errorf("a dry run: %v, %d made", dry.header, len(k.all))
	}
	made := want(200, post, at, spring, "Idempotency-Key", "k")
	again := want(200, post, at, spring, "Idempotency-Key", "k")
	id := made.reply(t).ID
	if again.body != made.body || again.header.Get("Idempotent-Replayed") != "true" || k.made != 1 || made.reply(t).Status != "PAUSED" {
		t.Errorf("again: %s %v", again.body, again.header)
	}
	want(422, post, at, `{"name":"Other"}`, "Idempotency-Key", "k")
	tag := want(200, get, at+"/"+id, "").header.Get("ETag")
	want(412, patch, at+"/"+id, `{"name":"x"}`, "If-Match", `"another"`)
	want(200, patch, at+"/"+id, `{"name":"Summer"}`, "If-Match", tag)
	want(400, patch, at+"/"+id, `{"nmae":"x"}`)
	if a := want(422, patch, at+"/"+id, `{"goal":"LEADS"}`); !strings.Contains(a.body, `"goal"`) {
		t.Error(a.body)
	}
	if a := want(422, patch, at+"/"+id, `{"budget_amount":5000}`); a.code() != "guardrail" || !strings.Contains(a.body, "confirm=5000") {
		t.Error(a.body)
	}
	want(200, patch, at+"/"+id+"?confirm=5000", `{"budget_amount":5000}`)
	want(200, patch, at+"/"+id, `{"budget_amount":null}`)
	if got := want(200, get, at+"/"+id, "").reply(t); got.Budget != "" || got.Name != "Summer" {
		t.Errorf("%+v", got)
	}
	if gone := want(200, del, at+"/"+id, ""); gone.header.Get("X-Admux-Effect") != "removed" || gone.body != "" {
		t.Errorf("%v %s", gone.header, gone.body)
	}
	want(404, get, at+"/"+id, "")
	want(501, post, "/ads/"+me.connection+"/group", `{"name":"x"}`)
	want(501, post, "/ads/"+me.connection+"/insertionorder", `{"name":"x"}`)
	k.lose = true
	if found := want(200, post, at, `{"name":"Lost"}`, "Idempotency-Key", "l"); found.reply(t).Name != "Lost" || k.made != 2 {
		t.Errorf("%s, %d made", found.body, k.made)
	}
	if a := want(504, post, at, `{"name":"Lost too"}`); a.code() != "outcome_unknown" {
		t.Error(a.body)
	}
}

// TestGateway_guardrails: an admin sets limits, and every write of the workspace stays within them.
func TestGateway_guardrails(t *testing.T) {
	t.Parallel()
	b, me, k := writeBed(t)
	other := b.tenant()
	at, conn := "/ads/"+me.connection+"/campaign", "/unified/connection/"+me.connection+"/guardrail"
	for _, target := range []string{"/unified/guardrail", conn} {
		if a := b.do(put, target, me.keys["write"], `{}`); a.status != 403 {
			t.Errorf("%s: a write key sets limits: %d", target, a.status)
		}
		if a := b.get(target, me.keys["read"]); a.status != 200 || strings.TrimSpace(a.body) != "{}" {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	if a := b.do(put, conn, other.keys["admin"], `{}`); a.status != 404 {
		t.Errorf("limits of another's connection: %d", a.status)
	}
	for target, body := range map[string]string{"/unified/guardrail": `{"max_daily_budget":100,"currency":"EUR","allow_delete":false}`, conn: `{"allow_activate":false}`} {
		if a := b.do(put, target, me.keys["admin"], body); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if a := b.do(put, "/unified/guardrail", me.keys["admin"], `{"max_daily_budget":100}`); a.status != 400 {
		t.Errorf("an amount of no currency: %d", a.status)
	}
	post100 := b.do(post, at, me.keys["write"], `{"name":"a","budget_amount":100,"budget_period":"DAILY"}`)
	if post100.status != 200 {
		t.Fatalf("%d %s", post100.status, post100.body)
	}
	id := post100.reply(t).ID
	for _, c := range []struct{ method, target, body, says string }{
		{post, at, `{"name":"a","budget_amount":100.01,"budget_period":"DAILY"}`, "max_daily_budget is 100 EUR"},
		{patch, at + "/" + id, `{"budget_amount":101}`, "max_daily_budget"},
		{patch, at + "/" + id, `{"status":"ACTIVE"}`, "allow_activate"},
		{post, at, `{"name":"a","status":"ACTIVE"}`, "allow_activate"},
		{del, at + "/" + id, ``, "allow_delete"},
		{patch, at + "/" + id, `{"status":"ARCHIVED"}`, "allow_delete"},
	} {
		for _, dry := range []string{"", "?dry_run=true"} {
			if a := b.do(c.method, c.target+dry, me.keys["write"], c.body); a.status != 422 || a.code() != "guardrail" || !strings.Contains(a.body, c.says) {
				t.Errorf("%s %s%s: %d %s", c.method, c.body, dry, a.status, a.body)
			}
		}
	}
	if k.made != 1 || len(k.all) != 1 || k.all[id].BudgetAmount.String() != "100" || k.all[id].Status != normalize.StatusPaused {
		t.Errorf("%+v", k.all)
	}
	theirs := "/ads/" + other.connection + "/campaign"
	if a := b.do(post, theirs, other.keys["write"], `{"name":"a","budget_amount":9999,"budget_period":"DAILY","status":"ACTIVE"}`); a.status != 200 {
		t.Errorf("another workspace is held by limits that are not its own: %d %s", a.status, a.body)
	}
}

type auditEntry struct {
	ID, Op, Outcome, Object string
	KeyID                   string `json:"key_id"`
	ObjectID                string `json:"object_id"`
	DryRun                  bool   `json:"dry_run"`
	Before, After           map[string]any
	Undoes                  string
	UndoneBy                string `json:"undone_by"`
}

// TestGateway_auditAndUndo: every write is told afterwards, and an update can be taken back while nobody has changed it.
func TestGateway_auditAndUndo(t *testing.T) {
	t.Parallel()
	b, me, k := writeBed(t)
	other := b.tenant()
	at, key := "/ads/"+me.connection+"/campaign", me.keys["write"]
	list := func(query string) []auditEntry {
		t.Helper()
		a := b.get("/unified/audit"+query, me.keys["read"])
		var out []auditEntry
		if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return out
	}
	undo := func(status int, id, query, who string) answer {
		t.Helper()
		a := b.do(post, "/unified/audit/"+id+"/undo"+query, who, "")
		if a.status != status {
			t.Fatalf("undo of %s%s: %d %s, want %d", id, query, a.status, a.body, status)
		}
		return a
	}
	id := b.do(post, at, key, `{"name":"Spring","budget_amount":50,"budget_period":"DAILY"}`).reply(t).ID
	b.do(patch, at+"/"+id+"?confirm=900", key, `{"budget_amount":900,"targeting":{"language":[{"id":"de"}]},"end_at":"2027-01-01T00:00:00Z"}`)
	b.do(patch, at+"/"+id+"?dry_run=true", key, `{"name":"Never"}`)
	all := list("")
	if len(all) != 3 || all[0].Op != "update" || !all[0].DryRun || all[1].DryRun || all[2].Op != "create" || all[2].ObjectID != id {
		t.Fatalf("%+v", all)
	}
	raise := all[1]
	if raise.Before["budget_amount"] != 50.0 || raise.After["budget_amount"] != 900.0 || raise.Before["end_at"] != nil || raise.Outcome != "done" || raise.KeyID == "" {
		t.Errorf("%+v", raise)
	}
	if n := len(list("?object=campaign&object_id=" + id + "&connection_id=" + me.connection + "&limit=1")); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := len(list("?object=group")) + len(list("?since=2099-01-01T00:00:00Z")) + len(list("?key_id=key_none")); n != 0 {
		t.Errorf("%d entries pass filters that they do not meet", n)
	}
	if a := b.get("/unified/audit", other.keys["admin"]); strings.TrimSpace(a.body) != "[]" {
		t.Errorf("another workspace reads %s", a.body)
	}
	undo(404, raise.ID, "", other.keys["admin"])
	undo(403, raise.ID, "", me.keys["read"])
	undo(422, all[0].ID, "", key) // a dry run
	undo(422, all[2].ID, "", key) // a create
	undo(200, raise.ID, "?dry_run=true", key)
	if k.all[id].BudgetAmount.String() != "900" {
		t.Fatal("a dry run of an undo changed something")
	}
	var done auditEntry
	if err := json.Unmarshal([]byte(undo(200, raise.ID, "", key).body), &done); err != nil || done.Undoes != raise.ID || done.After["budget_amount"] != 50.0 {
		t.Errorf("%+v %v", done, err)
	}
	if v := k.all[id]; v.BudgetAmount.String() != "50" || v.EndAt != nil || v.Targeting != nil || v.Name != "Spring" {
		t.Errorf("taken back to %+v", v)
	}
	undo(409, raise.ID, "", key) // twice
	undo(422, done.ID, "", key)  // 50 → 900 is to be confirmed, whoever asks
	undo(200, done.ID, "?confirm=900", key)
	moved := list("")[0]
	b.do(patch, at+"/"+id, key, `{"end_at":"2027-02-01T00:00:00Z"}`)
	undo(409, moved.ID, "", key)
	for _, secret := range []string{canaryToken, canaryRefresh, canarySecret, key} {
		if a := b.get("/unified/audit", me.keys["read"]); strings.Contains(a.body, secret) {
			t.Error("the audit holds a secret")
		}
	}
}

// TestGateway_batch: each operation is a write of its own, in the place that it was given.
func TestGateway_batch(t *testing.T) {
	t.Parallel()
	b, me, k := writeBed(t)
	at := "/ads/" + me.connection + "/campaign/batch"
	send := func(status int, body string, headers ...string) []struct {
		Status   int
		Object   reply
		Problem  struct{ Code string }
		Effect   string
		Replayed bool
	} {
		t.Helper()
		a := b.do(http.MethodPost, at, me.keys["write"], body, headers...)
		var out struct {
			Results []struct {
				Status   int
				Object   reply
				Problem  struct{ Code string }
				Effect   string
				Replayed bool
			}
		}
		if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != status {
			t.Fatalf("%d %s", a.status, a.body)
		}
		return out.Results
	}
	var ops []string
	for i := range 40 {
		ops = append(ops, fmt.Sprintf(`{"op":"create","body":{"name":"c%d","budget_amount":%d}}`, i, i+1))
	}
	body := `{"operations":[` + strings.Join(ops, ",") + `]}`
	first := send(200, body, "Idempotency-Key", "batch")
	for i, r := range first {
		if r.Status != 200 || r.Object.Name != fmt.Sprintf("c%d", i) {
			t.Errorf("%d: %+v", i, r)
		}
	}
	for i, r := range send(200, body, "Idempotency-Key", "batch") {
		if !r.Replayed || r.Object.ID != first[i].Object.ID {
			t.Errorf("again, %d: %+v", i, r)
		}
	}
	if k.made != 40 {
		t.Fatalf("%d made", k.made)
	}
	id := first[0].Object.ID
	mixed := send(200, `{"operations":[
		{"op":"update","id":"`+id+`","body":{"budget_amount":5}},{"op":"update","id":"`+id+`","body":{"budget_amount":50}},
		{"op":"update","id":"`+id+`","body":{"budget_amount":501}},{"op":"update","id":"nope","body":{"name":"x"}},
		{"op":"create","body":{"goal":"LEADS"}},{"op":"create","body":{"name":"n"},"idempotency_key":"own"},{"op":"delete","id":"`+id+`"},
		{"op":"update","id":"`+id+`","body":{"name":"late"}}]}`)
	var statuses []int
	for _, r := range mixed {
		statuses = append(statuses, r.Status)
	}
	if fmt.Sprint(statuses) != "[200 200 422 404 422 200 200 404]" || mixed[2].Problem.Code != "guardrail" || mixed[6].Effect != "removed" || mixed[5].Object.Name != "n" {
		t.Errorf("%v %+v", statuses, mixed)
	}
	n := k.made
	for _, bad := range []string{`{"operations":[]}`, `{}`, `{"operations":[{"op":"upsert","body":{}}]}`, `{"operations":[{"op":"create","body":{"name":"a"}},{"op":"update","body":{"name":"x"}}]}`,
		`{"operations":[{"op":"create","body":{"name":"a"},"idempotency_key":"k"},{"op":"create","body":{"name":"b"},"idempotency_key":"k"}]}`,
		`{"operations":[` + strings.Repeat(`{"op":"delete","id":"1"},`, 1000) + `{"op":"delete","id":"1"}]}`} {
		if a := b.do(http.MethodPost, at, me.keys["write"], bad); a.status != 400 {
			t.Errorf("%.80s: %d %s", bad, a.status, a.body)
		}
	}
	if k.made != n {
		t.Error("a part of a batch that was refused was carried out")
	}
	if r := send(200, `{"operations":[{"op":"create","body":{"name":"dry"}}]}`); r[0].Status != 200 {
		t.Errorf("%+v", r)
	}
}
