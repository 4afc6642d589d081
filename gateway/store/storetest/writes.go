package storetest

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// A key is one create's, whoever asks at the same moment, until its time is over.
func testIdempotency(t *testing.T, b bench) {
	now := moment()
	s := Open(t, b.newURL(t), Keyring(t), store.Options{Now: func() time.Time { return now }})
	ws, other := Workspace(t, s), Workspace(t, s)
	want := store.Idempotent{WorkspaceID: ws, Key: "k 1/ü", Fingerprint: "f", ConnectionID: "c", Object: "campaign", Owner: "me", ExpiresAt: now.Add(time.Hour)}
	var all sync.WaitGroup
	var won atomic.Int32
	for range 20 {
		all.Go(func() {
			got, first, err := s.StartIdempotent(t.Context(), want)
			if err != nil || got.Fingerprint != "f" || got.State != store.IdempotentStarted {
				t.Errorf("%+v %v", got, err)
			}
			if first {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d took the key", won.Load())
	}
	mine := want
	mine.WorkspaceID = other
	if _, first, err := s.StartIdempotent(t.Context(), mine); !first || err != nil {
		t.Errorf("the key of another workspace is taken: %v", err)
	}
	seen := must[store.Idempotent](t)(s.Idempotent(t.Context(), ws, want.Key))
	now = now.Add(time.Second)
	if err := s.BeatIdempotent(t.Context(), ws, want.Key, "me"); err != nil {
		t.Error(err)
	}
	if _, err := s.TakeIdempotent(t.Context(), seen, "thief"); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a key was taken from somebody alive: %v", err)
	}
	seen = must[store.Idempotent](t)(s.Idempotent(t.Context(), ws, want.Key))
	took := must[store.Idempotent](t)(s.TakeIdempotent(t.Context(), seen, "next"))
	if err := s.BeatIdempotent(t.Context(), ws, want.Key, "me"); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the former owner goes on: %v", err)
	}
	if _, _, err := s.SendIdempotent(t.Context(), seen, store.AuditEntry{WorkspaceID: ws}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the former owner sends: %v", err)
	}
	took.Known = []string{"1", "2"}
	if n := len(must[[]store.AuditEntry](t)(s.Audits(t.Context(), ws, store.AuditFilter{}))); n != 0 {
		t.Errorf("%d entries of what was not sent", n)
	}
	sent, entry, err := s.SendIdempotent(t.Context(), took, store.AuditEntry{WorkspaceID: ws, Op: "create"})
	if err != nil {
		t.Fatal(err)
	}
	entry.Outcome, entry.ObjectID = store.AuditDone, "77"
	sent.Answer, sent.ExpiresAt = json.RawMessage(`{"status":200}`), now.Add(2*time.Hour)
	if err := s.FinishIdempotent(t.Context(), sent, entry); err != nil {
		t.Fatal(err)
	}
	done := must[store.Idempotent](t)(s.Idempotent(t.Context(), ws, want.Key))
	sent.State = store.IdempotentDone
	if diff := cmp.Diff(sent, done); diff != "" {
		t.Errorf("-kept +read:\n%s", diff)
	}
	if got := must[store.AuditEntry](t)(s.Audit(t.Context(), ws, entry.ID)); got.ObjectID != "77" || got.Outcome != store.AuditDone {
		t.Errorf("%+v", got)
	}
	now = now.Add(3 * time.Hour)
	if _, first, err := s.StartIdempotent(t.Context(), store.Idempotent{WorkspaceID: ws, Key: want.Key, Fingerprint: "g", ExpiresAt: now.Add(time.Hour)}); !first || err != nil {
		t.Errorf("a key stays taken after its time: %v", err)
	}
	if n, err := s.PruneIdempotentAnyWorkspace(t.Context()); n != 1 || err != nil {
		t.Errorf("%d were forgotten, %v", n, err)
	}
}

func testAudit(t *testing.T, b bench) {
	now := moment()
	s := Open(t, b.newURL(t), Keyring(t), store.Options{Now: func() time.Time { now = now.Add(time.Millisecond); return now }})
	ws, other := Workspace(t, s), Workspace(t, s)
	add := func(a store.AuditEntry) store.AuditEntry {
		t.Helper()
		a.WorkspaceID = ws
		a = must[store.AuditEntry](t)(s.AddAudit(t.Context(), a))
		a.Outcome, a.Before, a.After, a.UpstreamIDs = store.AuditDone, json.RawMessage(`{"a":1}`), json.RawMessage(`{"a":2}`), []string{"up"}
		if err := s.FinishAudit(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	first := add(store.AuditEntry{KeyID: "k1", ConnectionID: "c1", Object: "ad", ObjectID: "1", Op: "update", Paths: []string{"a"}})
	second := add(store.AuditEntry{KeyID: "k2", ConnectionID: "c2", Object: "campaign", ObjectID: "2", Op: "update", Paths: []string{"a"}, Undoes: first.ID})
	if err := s.FinishAudit(t.Context(), second); !errors.Is(err, store.ErrConflict) {
		t.Errorf("what is known was changed: %v", err)
	}
	first.UndoneBy = second.ID
	for what, c := range map[string]struct {
		f    store.AuditFilter
		want []store.AuditEntry
	}{
		"all":        {store.AuditFilter{}, []store.AuditEntry{second, first}},
		"page":       {store.AuditFilter{Limit: 1}, []store.AuditEntry{second}},
		"behind":     {store.AuditFilter{After: &store.Key{At: second.CreatedAt, ID: second.ID}}, []store.AuditEntry{first}},
		"key":        {store.AuditFilter{KeyID: "k1"}, []store.AuditEntry{first}},
		"connection": {store.AuditFilter{ConnectionID: "c2"}, []store.AuditEntry{second}},
		"object":     {store.AuditFilter{Object: "ad", ObjectID: "1"}, []store.AuditEntry{first}},
		"since":      {store.AuditFilter{Since: second.CreatedAt}, []store.AuditEntry{second}},
		"outcome":    {store.AuditFilter{Outcome: store.AuditUnknown}, []store.AuditEntry{}},
	} {
		if diff := cmp.Diff(c.want, must[[]store.AuditEntry](t)(s.Audits(t.Context(), ws, c.f))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", what, diff)
		}
	}
	if rest := must[[]store.AuditEntry](t)(s.Audits(t.Context(), other, store.AuditFilter{})); len(rest) != 0 {
		t.Errorf("another workspace reads %+v", rest)
	}
	if _, err := s.Audit(t.Context(), other, first.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another workspace reads it: %v", err)
	}
}

func testGuardrails(t *testing.T, b bench) {
	s := b.store(t)
	ws, other := Workspace(t, s), Workspace(t, s)
	for _, limits := range []string{`{"allow_delete":false}`, `{}`} {
		if err := s.PutGuardrail(t.Context(), ws, "c", json.RawMessage(limits)); err != nil {
			t.Fatal(err)
		}
		if got := must[json.RawMessage](t)(s.Guardrail(t.Context(), ws, "c")); string(got) != limits {
			t.Errorf("%s", got)
		}
	}
	for _, none := range []string{string(must[json.RawMessage](t)(s.Guardrail(t.Context(), ws, ""))), string(must[json.RawMessage](t)(s.Guardrail(t.Context(), other, "c")))} {
		if none != "" {
			t.Errorf("limits out of nowhere: %s", none)
		}
	}
}

func testSpends(t *testing.T, b bench) {
	now := moment()
	s := Open(t, b.newURL(t), Keyring(t), store.Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	ws, other := Workspace(t, s), Workspace(t, s)
	spend := func(object, id, token string, amount int64) store.Spend {
		return store.Spend{WorkspaceID: ws, ConnectionID: "c", Object: object, ObjectID: id, Token: token, Amount: normalize.Int(amount), Days: 1, Currency: "EUR"}
	}
	hold := func(p store.Spend) store.Spend {
		t.Helper()
		held, all, err := s.HoldSpend(t.Context(), p)
		if err != nil || len(all) == 0 || all[len(all)-1].Token != p.Token {
			t.Fatalf("%+v %v", all, err)
		}
		return held
	}
	is := func(what string, want ...int64) {
		t.Helper()
		var got []int64
		for _, p := range must[[]store.Spend](t)(s.Spends(t.Context(), ws)) {
			n, err := strconv.ParseInt(p.Amount.String(), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	settle := func(held, now store.Spend) {
		t.Helper()
		if err := s.SettleSpend(t.Context(), held, now); err != nil {
			t.Fatal(err)
		}
	}
	made := hold(spend("campaign", "", "t1", 50))
	hold(spend("campaign", "", "t1", 50))
	is("held once for each token", 50)
	settle(made, spend("campaign", "7", "", 60))
	is("settled as the platform has it", 60)
	one, two := hold(spend("campaign", "7", "t2", 90)), hold(spend("campaign", "7", "t3", 10))
	settle(one, spend("campaign", "7", "", 90))
	settle(two, spend("campaign", "7", "", 10))
	is("of two at once the larger", 90)
	settle(hold(spend("campaign", "7", "t4", 20)), spend("campaign", "7", "", 20))
	is("one alone is believed", 20)
	unseen := spend("campaign", "7", "t5", 500)
	hold(unseen)
	now = now.Add(3 * time.Hour)
	settle(hold(spend("campaign", "7", "t6", 30)), spend("campaign", "7", "", 30))
	is("what ended unseen long ago shows in what is now", 30)
	group := spend("group", "9", "", 40)
	group.CampaignID = "7"
	settle(hold(spend("group", "9", "t7", 40)), group)
	over := spend("campaign", "", "t8", 5)
	over.ExpiresAt = now.Add(time.Minute)
	hold(over)
	is("all", 5, 30, 40)
	if rest := must[[]store.Spend](t)(s.Spends(t.Context(), other)); len(rest) != 0 {
		t.Errorf("another workspace reads %+v", rest)
	}
	now = now.Add(time.Hour)
	is("what is over counts no more", 30, 40)
	if err := s.DropSpend(t.Context(), hold(spend("campaign", "8", "t9", 1))); err != nil {
		t.Error(err)
	}
	if err := s.RemoveSpend(t.Context(), ws, "c", "campaign", "7"); err != nil {
		t.Error(err)
	}
	is("a campaign goes with its groups")
}
