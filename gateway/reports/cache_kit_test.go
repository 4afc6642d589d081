package reports_test

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/gateway/store/storetest"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// tide is a platform whose numbers change until a day is final, and that counts which days it is asked for.
type tide struct {
	*fake
	horizon int // days that a number may still change
	told    int // what it says of that, where it knows better than its plan
	names   func(campaign string) string
	left    func(days normalize.DayRange) []string
	gone    func(campaign int, d normalize.Day) bool // rows that the platform no longer has

	mu    sync.Mutex
	asked []string // account and days
}

const campaigns = 3

func newTide(zones ...string) *tide {
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost)
	f.reports.Dimensions = append(f.reports.Dimensions, normalize.DimensionHour)
	t := &tide{fake: f, horizon: 5, names: func(c string) string { return "Campaign " + c }}
	f.orgs = nil
	for i, z := range zones {
		f.orgs = append(f.orgs, org(strconv.Itoa(i+1), "USD", z))
	}
	f.reports.Plan = func(q providers.ReportQuery) ([]providers.Part, error) {
		m := providers.Meta{Attribution: "last click", Honoured: true, Restates: t.horizon, FinalUntil: t.today(q, q.Orgs[0]).Add(-1 - t.horizon)}
		return []providers.Part{{Query: q, Org: q.Orgs[0], Meta: m}}, nil
	}
	f.rows = t.rows
	return t
}

func (t *tide) today(q providers.ReportQuery, o normalize.Organization) normalize.Day {
	zone, _ := time.LoadLocation(o.Timezone)
	return normalize.DayOf(q.Now.In(zone))
}

// calls lists what was asked for since it was last looked at.
func (t *tide) calls() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.asked
	t.asked = nil
	return out
}

func (t *tide) rows(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
	q := p.Query
	t.mu.Lock()
	t.asked = append(t.asked, p.Org.ID+" "+q.Range.From.String()+" "+q.Range.To.String())
	t.mu.Unlock()
	zone, _ := time.LoadLocation(p.Org.Timezone)
	today := normalize.DayOf(t.now.In(zone))
	*m = p.Meta
	m.RequestIDs = []string{"r"}
	if t.told > 0 {
		m.Restates, m.FinalUntil = t.told, today.Add(-1-t.told)
	}
	if t.left != nil {
		m.Left = append(slices.Clone(m.Left), t.left(q.Range)...)
	}
	return func(yield func(normalize.Row, error) bool) {
		for _, r := range t.facts(q, today) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// facts are the rows of a query, as the platform has them today.
func (t *tide) facts(q providers.ReportQuery, today normalize.Day) []normalize.Row {
	type key struct {
		period normalize.Day
		c      int
	}
	sums := map[key][]int{}
	for d := q.Range.From; d.Before(q.Range.To) && !today.Before(d); d = d.Add(1) {
		for c := range campaigns {
			if (d.Dom+c)%4 == 0 || t.gone != nil && t.gone(c, d) {
				continue
			}
			k := key{c: c}
			for _, dim := range q.Dimensions {
				switch dim {
				case normalize.DimensionDate:
					k.period = d
				case normalize.DimensionWeek:
					k.period = d.Monday()
				case normalize.DimensionMonth:
					k.period = normalize.Day{Year: d.Year, Month: d.Month, Dom: 1}
				}
			}
			if sums[k] == nil {
				sums[k] = make([]int, 3)
			}
			moved := min(today.Sub(d), t.horizon+1)
			sums[k][0] += 1000 + 10*d.Dom + c + moved
			sums[k][1] += 7*d.Dom + c
			sums[k][2] += 100 + moved*c
		}
	}
	var out []normalize.Row
	keys := slices.SortedFunc(maps.Keys(sums), func(a, b key) int { return cmp.Or(a.period.Sub(b.period), a.c-b.c) })
	for _, k := range keys {
		r := normalize.Row{Campaign: normalize.Entity{ID: strconv.Itoa(k.c)}, Date: k.period}
		r.Campaign.Name = t.names(r.Campaign.ID)
		for _, dim := range q.Dimensions {
			text := k.period.String()
			if dim == normalize.DimensionMonth {
				text = k.period.MonthKey()
			}
			r.Dims = append(r.Dims, text)
		}
		for _, metric := range q.Metrics {
			i := slices.Index([]normalize.Metric{normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost}, metric)
			d := normalize.Scaled(int64(sums[k][i]), 0)
			if metric == normalize.MetricCost {
				d = normalize.Scaled(int64(sums[k][i]), 2)
			}
			r.Values = append(r.Values, normalize.Some(d))
		}
		out = append(out, r)
	}
	return out
}

// kept serves platforms with a store behind them: the same connections at two addresses, with the cache and without.
type kept struct {
	store       *store.Store
	workspace   string
	connections []string
	with        string
	without     string
}

func serveKept(t testing.TB, change func(*reports.Config), tides ...*tide) *kept {
	t.Helper()
	k := &kept{store: storetest.Open(t, storetest.SQLite(t), storetest.Keyring(t), store.Options{Now: func() time.Time { return tides[0].now }})}
	k.workspace = storetest.Workspace(t, k.store)
	var fakes []*fake
	for _, td := range tides {
		fakes = append(fakes, td.fake)
		k.connections = append(k.connections, storetest.Connection(t, k.store, k.workspace, store.Grant{AccessToken: "at"}, time.Time{}).ID)
	}
	mapped := func(cfg *reports.Config) {
		load := cfg.Load
		cfg.Load = func(ctx context.Context, workspace, id string) (*providers.Session, reports.Connection, error) {
			s, c, err := load(ctx, workspace, id)
			if n, bad := strconv.Atoi(strings.TrimPrefix(id, "c")); bad == nil && n <= len(k.connections) {
				c.ID = k.connections[n-1]
			}
			return s, c, err
		}
	}
	k.without = serveWith(t, mapped, fakes...) + "/ads/"
	k.with = serveWith(t, func(cfg *reports.Config) {
		mapped(cfg)
		load := cfg.Load
		cfg.Load = func(ctx context.Context, workspace, id string) (*providers.Session, reports.Connection, error) {
			if workspace != k.workspace {
				return nil, reports.Connection{}, problem.NotFound("connection")
			}
			return load(ctx, "w1", id)
		}
		cfg.Workspace = func(*gin.Context) string { return k.workspace }
		cfg.Cache = &reports.Cache{Store: k.store}
		change(cfg)
	}, fakes...) + "/ads/"
	return k
}

// plain takes out of an answer what may differ between one that was read and one that was kept.
func plain(b []byte) string {
	for _, re := range []string{`"cache":\{[^}]*\},?`, `"requests":\d+,?`, `"request_ids":\[[^\]]*\]`} {
		b = regexp.MustCompile(re).ReplaceAll(b, nil)
	}
	return string(b)
}

// cacheOf is what an answer says of the cache, over its connections.
func cacheOf(t testing.TB, b []byte) (used, read int, kept bool) {
	t.Helper()
	var v struct {
		Meta struct {
			Connections []struct {
				Cache *struct {
					Used int  `json:"used_periods"`
					Read int  `json:"read_periods"`
					Kept bool `json:"kept"`
				} `json:"cache"`
			} `json:"connections"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v: %.300s", err, b)
	}
	kept = true
	for _, c := range v.Meta.Connections {
		if c.Cache == nil {
			t.Fatalf("no word of the cache: %s", b)
		}
		used, read, kept = used+c.Cache.Used, read+c.Cache.Read, kept && c.Cache.Kept
	}
	return used, read, kept
}
