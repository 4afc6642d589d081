package guard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

func (m *memory) now() time.Time {
	m.clock++
	return time.UnixMicro(1_790_000_000_000_000 + m.clock).UTC()
}

func is(p store.Spend, object, id, token string) bool {
	return p.Object == object && p.ObjectID == id && p.Token == token
}

func (m *memory) drop(connection, object, id, token string) {
	m.spends = slices.DeleteFunc(m.spends, func(p store.Spend) bool { return p.ConnectionID == connection && is(p, object, id, token) })
}

func (m *memory) HoldSpend(ctx context.Context, p store.Spend) (store.Spend, []store.Spend, error) {
	if m.away != nil {
		return p, nil, m.away
	}
	m.drop(p.ConnectionID, p.Object, p.ObjectID, p.Token)
	p.SetAt = m.now()
	m.spends = append(m.spends, p)
	all, err := m.Spends(ctx, p.WorkspaceID)
	return p, all, err
}

func (m *memory) Spends(context.Context, string) ([]store.Spend, error) {
	return slices.Clone(m.spends), m.away
}

func (m *memory) DropSpend(_ context.Context, p store.Spend) error {
	if m.away == nil {
		m.drop(p.ConnectionID, p.Object, p.ObjectID, p.Token)
	}
	return m.away
}

func (m *memory) SettleSpend(_ context.Context, held, now store.Spend) error {
	if m.away != nil {
		return m.away
	}
	m.drop(held.ConnectionID, held.Object, held.ObjectID, held.Token)
	for _, o := range m.spends {
		if o.ConnectionID == now.ConnectionID && o.Object == now.Object && o.ObjectID == now.ObjectID && (o.Token != "" || o.SetAt.After(held.SetAt)) &&
			o.Amount.Mul(normalize.Int(now.Days)).Cmp(now.Amount.Mul(normalize.Int(o.Days))) > 0 {
			now = o
		}
	}
	m.drop(now.ConnectionID, now.Object, now.ObjectID, "")
	if now.Token, now.SetAt = "", m.now(); now.Amount.Sign() > 0 {
		m.spends = append(m.spends, now)
	}
	return nil
}

func (m *memory) RemoveSpend(_ context.Context, _, connection, object, id string) error {
	if m.away == nil {
		m.spends = slices.DeleteFunc(m.spends, func(p store.Spend) bool {
			return p.ConnectionID == connection && (p.Object == object && p.ObjectID == id || object == campaign && p.CampaignID == id)
		})
	}
	return m.away
}

// thing is a campaign or a group at a platform.
type thing struct {
	connection, kind, id, campaign string
	amount                         normalize.Decimal
	period                         normalize.BudgetPeriod
	on                             bool
}

func (x thing) budgets() []Budget {
	if x.period == "" {
		return nil
	}
	return []Budget{{Field: "budget_amount", Amount: x.amount, Period: x.period}}
}

// world is what the platforms have, and how it can be spent: by arithmetic of another kind than the guardrails'.
type world struct {
	r          *rand.Rand
	m          *memory
	s          *Service
	things     map[string]thing
	next       int
	currencies map[string]string // of connections
	perEuro    map[string]*big.Rat
	limits     map[string]Limits // of "" and of connections
}

// authorised is what everything that is switched on may spend in a day, in a currency; of one connection or of all.
func (w *world) authorised(of, currency string) *big.Rat {
	sum := new(big.Rat)
	for _, x := range w.things {
		if !x.on || of != "" && x.connection != of || x.period != daily && x.period != monthly {
			continue
		}
		if c, ok := w.things[x.connection+"campaign"+x.campaign]; x.kind == "group" && ok && c.on && (c.period == daily || c.period == monthly) && c.amount.Sign() > 0 {
			continue // the campaign's budget is the most that its groups spend
		}
		a, _ := new(big.Rat).SetString(x.amount.String())
		if x.period == monthly {
			a.Quo(a, big.NewRat(28, 1))
		}
		sum.Add(sum, a.Mul(a, w.perEuro[currency]).Quo(a, w.perEuro[w.currencies[x.connection]]))
	}
	return sum
}

// within tells which limits are kept.
func (w *world) within() map[string]bool {
	out := map[string]bool{}
	for of, l := range w.limits {
		limit, _ := new(big.Rat).SetString(l.MaxDailyBudget.String())
		out[of] = w.authorised(of, l.Currency).Cmp(limit) <= 0
	}
	return out
}

func (w *world) setLimit(of string) {
	currencies := []string{"EUR", "USD", "JPY", "HUF"}
	l := Limits{MaxDailyBudget: new(normalize.Int(int64(1 + w.r.IntN(1000)))), Currency: currencies[w.r.IntN(4)]}
	if l.Currency == "JPY" || l.Currency == "HUF" {
		l.MaxDailyBudget = new(l.MaxDailyBudget.Mul(normalize.Int(200)))
	}
	raw, _ := json.Marshal(l)
	w.m.limits["ws/"+of], w.limits[of] = string(raw), l
}

// wish is a write: a new object, another budget or switch of one that is there, or its deletion.
func (w *world) wish() (before, after thing, removes bool) {
	if list := w.sorted(); len(list) > 0 && w.r.IntN(3) > 0 {
		before = list[w.r.IntN(len(list))]
		after = before
		removes = w.r.IntN(12) == 0
	} else {
		after = thing{connection: []string{"a", "b"}[w.r.IntN(2)], kind: "campaign"}
		if w.r.IntN(2) == 0 {
			after.kind, after.campaign = "group", strconv.Itoa(1+w.r.IntN(6))
			for _, x := range list {
				if x.kind == "campaign" && x.connection == after.connection && w.r.IntN(2) == 0 {
					after.campaign = x.id
				}
			}
		}
	}
	switch w.r.IntN(4) {
	case 0:
		after.on = !after.on
	case 1:
		after.period = []normalize.BudgetPeriod{daily, monthly, lifetime, ""}[w.r.IntN(4)]
	}
	if after.period != "" && w.r.IntN(2) == 0 || after.amount.IsZero() {
		after.amount = normalize.Scaled(w.r.Int64N(60_000), 2)
		if w.currencies[after.connection] == "JPY" {
			after.amount = normalize.Int(w.r.Int64N(60_000))
		}
	}
	return before, after, removes
}

func (w *world) sorted() []thing {
	var out []thing
	for _, x := range w.things {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b thing) int { return strings.Compare(a.connection+a.kind+a.id, b.connection+b.kind+b.id) })
	return out
}

// flight is a write that was let through and is on its way.
type flight struct {
	hold    Hold
	after   thing
	removes bool
}

func (w *world) ask(t *testing.T, before, after thing, removes, dry bool) (Hold, error) {
	c := Change{Workspace: "ws", Connection: after.connection, Object: after.kind, ID: after.id, Campaign: after.campaign, WasOn: before.on, IsOn: after.on,
		Activates: after.on && !before.on, Before: before.budgets(), After: after.budgets(), Currency: in(w.currencies[after.connection]), Removes: removes, Dry: dry}
	c.Confirm = &after.amount
	return w.s.Check(t.Context(), c)
}

// arrive is the platform's part: it carries out what was asked, as the object is by then.
func (w *world) arrive(f *flight) {
	x := f.after
	if x.id == "" {
		w.next++
		x.id = strconv.Itoa(w.next)
	}
	key := x.connection + x.kind + x.id
	if f.removes {
		delete(w.things, key)
		for k, g := range w.things {
			if x.kind == "campaign" && g.campaign == x.id && g.connection == x.connection {
				delete(w.things, k)
			}
		}
	} else {
		w.things[key] = x
	}
	f.after = x
}

// settle tells the guardrails what came of it.
func (w *world) settle(t *testing.T, f flight) {
	if f.removes {
		f.hold.Remove(t.Context())
		return
	}
	f.hold.Settle(t.Context(), Now{ID: f.after.id, Campaign: f.after.campaign, Currency: w.currencies[f.after.connection], On: f.after.on, Budgets: f.after.budgets()})
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{r: rand.New(rand.NewPCG(5, seed)), things: map[string]thing{}, limits: map[string]Limits{}, currencies: map[string]string{"a": "EUR", "b": "JPY"},
		m:       &memory{limits: map[string]string{}, rates: map[string]string{"USD": "1.0834", "JPY": "163.27", "HUF": "408.55"}},
		perEuro: map[string]*big.Rat{"EUR": big.NewRat(1, 1)}}
	for c, v := range w.m.rates {
		w.perEuro[c], _ = new(big.Rat).SetString(v)
	}
	w.s = service(t, w.m)
	w.currencies["b"] = []string{"JPY", "USD", "HUF"}[w.r.IntN(3)]
	w.setLimit("")
	if w.r.IntN(2) == 0 {
		w.setLimit("a")
	}
	return w
}

// step is one write, or the end of one that was under way. It returns what it did.
func (w *world) step(t *testing.T, flying *[]flight) string {
	w.m.away, w.m.ratesAway = nil, nil
	switch w.r.IntN(16) {
	case 0:
		w.m.away = errors.New("away")
	case 1:
		w.m.ratesAway = errors.New("away")
	}
	if n := len(*flying); n > 0 && w.r.IntN(2) == 0 {
		i := w.r.IntN(n)
		f := (*flying)[i]
		*flying = slices.Delete(*flying, i, i+1)
		switch {
		case f.hold.change.Dry:
			f.hold.Settle(t.Context(), Now{})
			return "a dry run ends"
		case w.r.IntN(8) == 0: // refused by the platform
			f.hold.Free(t.Context())
			return "refused by the platform"
		}
		w.arrive(&f)
		if w.r.IntN(6) == 0 { // nobody learns of it: the answer is lost, or the gateway dies
			return "made, unseen"
		}
		w.settle(t, f)
		return "made"
	}
	if len(*flying) == 0 && w.r.IntN(10) == 0 { // what was let through before a limit is not undone by it
		w.setLimit([]string{"", "a"}[w.r.IntN(2)])
		return "limit"
	}
	before, after, removes := w.wish()
	if w.busy(*flying, after) {
		return "busy"
	}
	dry := w.r.IntN(10) == 0
	hold, err := w.ask(t, before, after, removes, dry)
	if err != nil {
		return "refused"
	}
	*flying = append(*flying, flight{hold, after, removes})
	return "let through"
}

// busy tells whether another write of the same object, or of what it is in, is under way: what then stands is a matter of
// whose comes last, which the platform knows alone.
func (w *world) busy(flying []flight, x thing) bool {
	return slices.ContainsFunc(flying, func(f flight) bool {
		same := f.after.connection == x.connection && f.after.kind == x.kind && f.after.id == x.id && x.id != ""
		family := f.removes && f.after.connection == x.connection && (f.after.id == x.campaign || f.after.campaign == x.id)
		return same || family
	})
}

// TestW5_totalNeverOverTheLimit: over random sequences of writes that overlap, in two accounts and any currency, with
// campaigns whose budget their groups share, answers that are lost, limits that change, and the store or the rates away at
// times: after each step, what is switched on may not spend more in a day than a limit says that was kept before it.
// ADMUX_W5 is how many sequences are tried.
func TestW5_totalNeverOverTheLimit(t *testing.T) {
	t.Parallel()
	sequences, steps := 1_500, 40
	if s := os.Getenv("ADMUX_W5"); s != "" { //nolint:forbidigo // how long to try
		sequences, _ = strconv.Atoi(s)
	}
	did := map[string]int{}
	for seed := range sequences {
		w := newWorld(t, uint64(seed))
		var flying []flight
		var told []string
		for range steps {
			kept := w.within()
			what := w.step(t, &flying)
			did[what]++
			told = append(told, what)
			if what == "limit" {
				continue // whoever lowers a limit changes nothing at the platforms
			}
			for of, now := range w.within() {
				if !now && kept[of] {
					t.Fatalf("sequence %d: %s: over the limit of %q (%s): %v\n%+v", seed, strings.Join(told, ", "), of, w.m.limits["ws/"+of], w.authorised(of, w.limits[of].Currency), w.sorted())
				}
			}
		}
	}
	t.Log(fmt.Sprint(did))
	for _, what := range []string{"made", "made, unseen", "refused", "let through", "refused by the platform", "a dry run ends"} {
		if did[what] < sequences/10 {
			t.Errorf("%q happened %d times: the test tries nothing", what, did[what])
		}
	}
}
