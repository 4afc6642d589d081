package meta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/meta/sim"
)

// batches are the batch calls that held writes, each as its list of calls.
func (d pen) batches(t testing.TB) [][]map[string]string {
	t.Helper()
	var out [][]map[string]string
	for _, w := range d.rec.writes() {
		var items []map[string]string
		if !strings.HasSuffix(w.path, "/v26.0/") || json.Unmarshal([]byte(w.form.Get("batch")), &items) != nil {
			t.Errorf("%s %s is no batch", w.method, w.path)
			continue
		}
		if strings.Contains(w.body, d.token) || w.form.Has("ids") {
			t.Errorf("sent %s", w.body)
		}
		if len(items) > 50 {
			t.Errorf("%d calls in one", len(items))
		}
		if items[0]["method"] != http.MethodGet {
			out = append(out, items)
		}
	}
	return out
}

func creates[T any](list ...T) []providers.Op[T] {
	var ops []providers.Op[T]
	for _, v := range list {
		ops = append(ops, providers.Op[T]{Write: wanted(v)})
	}
	return ops
}

func change[T normalize.Object](before T, by func(*T), paths ...string) providers.Op[T] {
	f := before.Facts()
	return providers.Op[T]{Ref: providers.Ref{Org: f.Organization, ID: f.ID}, Write: patched(before, by, paths...)}
}

func batched[T any](t testing.TB, c providers.Collection[T], ops []providers.Op[T]) []providers.Done[T] {
	t.Helper()
	done, err := c.Batch(t.Context(), ops)
	if err != nil || len(done) != len(ops) {
		t.Fatalf("%d results of %d, %v", len(done), len(ops), err)
	}
	return done
}

// TestTrap10_ABatchInPlaceOfIds: many are written, and read back, in calls of fifty; ids= is dead.
func TestTrap10_ABatchInPlaceOfIds(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	var list []normalize.Campaign
	for i := range 63 {
		list = append(list, budgeted("batch "+strconv.Itoa(i), strconv.Itoa(50+i)+".25"))
	}
	list[7].Name = " "
	list[11].OrganizationID = dollars
	done := batched(t, d.Campaigns, creates(list...))
	for i, r := range done {
		if i == 7 {
			refusedAt(t, r.Err, "name")
			continue
		}
		if r.Err != nil {
			t.Fatalf("%d: %v", i, r.Err)
		}
		covers(t, list[i], r.Written.Object)
		if r.Written.Object.Status != normalize.StatusPaused || len(r.Written.RequestIDs) == 0 {
			t.Errorf("%d: %+v", i, r.Written)
		}
		if s := d.stored(t, r.Written.Object.ID, "daily_budget"); s["daily_budget"] != strconv.Itoa((50+i)*100+25) {
			t.Errorf("%d: stored %v", i, s)
		}
	}
	if b := d.batches(t); len(b) != 3 || len(b[0])+len(b[1])+len(b[2]) != 62 {
		t.Errorf("%d batches", len(b))
	}
	if n := len(d.rec.writes()); n != 6 {
		t.Errorf("%d calls to write and read back", n)
	}
}

func TestBatch_TenNewAdsInOne(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	g := made(t, d.Groups, theGroup(made(t, d.Campaigns, theCampaign("ads")).ID, "ads"))
	creative := made(t, d.Creatives, theCreative("shown"))
	d.rec.forget()
	var list []normalize.Ad
	for i := range 23 {
		list = append(list, normalize.Ad{GroupID: g.ID, Name: fmt.Sprint("ad ", i), CreativeIDs: []string{creative.ID}})
	}
	for i, r := range batched(t, d.Ads, creates(list...)) {
		if r.Err != nil || r.Written.Object.Name != list[i].Name || r.Written.Object.GroupID != g.ID {
			t.Errorf("%+v", r)
		}
	}
	if b := d.batches(t); len(b) != 3 || len(b[0]) != 10 || len(b[1]) != 10 || len(b[2]) != 3 {
		t.Errorf("sent %v", b)
	}
}

// Changes, deletions, what is refused and what is no change stand side by side, each with its own result.
func TestBatch_EachHasItsOwnResult(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	parent := made(t, d.Campaigns, theCampaign("groups"))
	var g []normalize.Group
	for i := range 6 {
		g = append(g, made(t, d.Groups, theGroup(parent.ID, fmt.Sprint("group ", i))))
	}
	d.rec.forget()
	ops := []providers.Op[normalize.Group]{
		change(g[0], func(g *normalize.Group) { g.BudgetAmount = dec("33.33") }, "budget_amount"),
		{Ref: providers.Ref{ID: g[1].ID}, Remove: true},
		change(g[2], func(g *normalize.Group) { g.Name = "" }, "name"),
		change(g[3], func(*normalize.Group) {}, "name", "budget_amount"),
		{Ref: providers.Ref{ID: "120399999999999999"}, Remove: true},
		change(g[4], func(g *normalize.Group) { g.Status = normalize.StatusActive }, "status"),
		{Write: wanted(theGroup(parent.ID, "new"))},
		{Ref: providers.Ref{ID: g[5].ID}, Remove: true, Write: providers.Write[normalize.Group]{DryRun: true}},
	}
	done := batched(t, d.Groups, ops)
	if r := done[0]; r.Err != nil || r.Written.Object.BudgetAmount.String() != "33.33" || r.Written.Object.ID != g[0].ID {
		t.Errorf("%+v", r)
	}
	if r := done[1]; r.Err != nil || r.Removal.Effect != providers.EffectRemoved || d.stored(t, g[1].ID, "status")["status"] != "DELETED" {
		t.Errorf("%+v", r)
	}
	refusedAt(t, done[2].Err, "name")
	if r := done[3]; r.Err != nil || r.Written.Object.ID != g[3].ID {
		t.Errorf("%+v", r)
	}
	if providers.KindOf(done[4].Err) != providers.NotFound {
		t.Errorf("%v", done[4].Err)
	}
	if r := done[5]; r.Err != nil || r.Written.Object.Status != normalize.StatusActive {
		t.Errorf("%+v", r)
	}
	if r := done[6]; r.Err != nil || r.Written.Object.Name != "new" || r.Written.Object.Status != normalize.StatusPaused {
		t.Errorf("%+v", r)
	}
	if r := done[7]; r.Err != nil || r.Removal.Checked != providers.CheckedByRules || d.stored(t, g[5].ID, "status")["status"] != "PAUSED" {
		t.Errorf("%+v", r)
	}
	if b := d.batches(t); len(b) != 1 || len(b[0]) != 4 || b[0][0]["body"] != "daily_budget=3333" || b[0][2]["body"] != "status=ACTIVE" {
		t.Errorf("sent %v", b)
	}
}

// Operations on one object follow one another, each from what the one before has left.
func TestBatch_OneObjectTwice(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, budgeted("twice", "50"))
	done := batched(t, d.Campaigns, []providers.Op[normalize.Campaign]{
		change(c, func(c *normalize.Campaign) { c.Status, c.BudgetAmount = normalize.StatusActive, dec("70") }, "status", "budget_amount"),
		change(c, func(c *normalize.Campaign) { c.Status = normalize.StatusPaused }, "status"), // as it was at first: but no longer is
		{Ref: providers.Ref{ID: c.ID}, Remove: true},
	})
	if r := done[1]; r.Err != nil || r.Written.Object.Status != normalize.StatusPaused || r.Written.Object.BudgetAmount.String() != "70" {
		t.Errorf("%+v", r)
	}
	if done[0].Err != nil || done[0].Written.Object.Status != normalize.StatusActive || done[2].Err != nil || d.stored(t, c.ID, "status")["status"] != "DELETED" {
		t.Errorf("%+v", done)
	}
}

func TestBatch_DryRunChangesNothing(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, budgeted("wet", "50"))
	ops := append(creates(budgeted("dry", "50")), change(c, func(c *normalize.Campaign) { c.BudgetAmount = dec("70") }, "budget_amount"))
	for i := range ops {
		ops[i].Write.DryRun = true
	}
	for _, r := range batched(t, d.Campaigns, ops) {
		if r.Err != nil || r.Written.Checked != providers.CheckedByPlatform {
			t.Errorf("%+v", r)
		}
	}
	for _, x := range all(t, d.Campaigns, providers.ListQuery{Org: euros}) {
		if x.Name == "dry" || x.ID == c.ID && x.BudgetAmount.String() != "50" {
			t.Errorf("%+v", x)
		}
	}
}

// Where the answer of a batch is lost, nobody knows of any of it: it is not sent again, and each is found by itself.
func TestTrap14_ALostBatchIsNotRepeated(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	d.lose(t, "/v26.0/")
	try := providers.Try{Since: d.sim.Now()}
	ops := creates(budgeted("lost 1", "50"), budgeted("lost 2", "60"))
	for _, r := range batched(t, d.Campaigns, ops) {
		if e, ok := errors.AsType[*providers.Error](r.Err); !ok || !e.Uncertain {
			t.Errorf("%v", r.Err)
		}
	}
	if n := len(d.rec.writes()); n != 1 {
		t.Errorf("sent %d times", n)
	}
	try.Until = d.sim.Now()
	for i := range ops {
		if found, err := d.Campaigns.Find(t.Context(), ops[i].Write, try); err != nil || len(found) != 1 || found[0].Name != ops[i].Write.Object.Name {
			t.Errorf("%+v, %v", found, err)
		}
	}
}

// An object of another account than the one that is named does not exist for the caller, among many as alone.
func TestBatch_AnotherAccountsObject(t *testing.T) {
	t.Parallel()
	d := withPen(t, sim.Options{})
	c := made(t, d.Campaigns, budgeted("in euros", "50"))
	d.rec.forget()
	done := batched(t, d.Campaigns, []providers.Op[normalize.Campaign]{
		{Ref: providers.Ref{Org: dollars, ID: c.ID}, Remove: true}, {Ref: providers.Ref{Org: dollars, ID: c.ID}, Write: providers.Write[normalize.Campaign]{Object: c, Set: []string{"name"}}},
	})
	for _, r := range done {
		if providers.KindOf(r.Err) != providers.NotFound {
			t.Errorf("%+v", r)
		}
	}
	if b := d.batches(t); len(b) != 0 {
		t.Errorf("sent %v", b)
	}
}
