package google

import (
	"context"
	"sync"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// reporter reads reports for a connection.
type reporter struct{ c *client }

// reportMemory keeps what reports need to know besides their rows, over sessions: they come and go with each call, and
// each look-up is an operation of the day's.
type reportMemory struct {
	mu        sync.Mutex
	windows   map[string]remembered[conversionWindows] // by connection and account
	countries remembered[map[string]string]            // by geo target; the same for everyone
}

type remembered[T any] struct {
	value T
	at    time.Time
}

func (r remembered[T]) fresh(now time.Time, keep time.Duration) bool {
	return !r.at.IsZero() && now.Sub(r.at) < keep
}

const (
	keepWindows   = time.Hour
	keepCountries = 24 * time.Hour
	manyWindows   = 10_000 // when old ones are forgotten
)

func newReportMemory() *reportMemory {
	return &reportMemory{windows: map[string]remembered[conversionWindows]{}}
}

func (m *reportMemory) windowsOf(key string, now time.Time) (conversionWindows, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.windows[key]
	return r.value, r.fresh(now, keepWindows)
}

func (m *reportMemory) keepWindows(key string, w conversionWindows, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.windows) >= manyWindows {
		clear(m.windows)
	}
	m.windows[key] = remembered[conversionWindows]{w, now}
}

// conversionWindows are how many days after a click or a view an account's conversions still count, the longest of its
// actions.
type conversionWindows struct {
	primary int // of the actions in CONVERSIONS
	all     int
	views   int
}

type conversionDaysRow struct {
	ConversionAction struct {
		Status    string      `json:"status"`
		Primary   bool        `json:"includeInConversionsMetric"`
		ClickDays wire.Amount `json:"clickThroughLookbackWindowDays"`
		ViewDays  wire.Amount `json:"viewThroughLookbackWindowDays"`
	} `json:"conversionAction"`
}

// horizon makes the days that may still change those of the account's own conversion windows.
func (r *run) horizon(ctx context.Context) error {
	if !r.s.restates() {
		return nil
	}
	w, err := r.conversionWindows(ctx, r.part.Org.ID)
	if err != nil {
		return err
	}
	days := deliveryRestates
	for i := range r.s.metrics {
		if r.s.absent[i] || !r.s.metrics[i].restate {
			continue
		}
		switch r.s.metrics[i].of[0] {
		case colViewThrough:
			days = max(days, w.views)
		case colAllConversions, colAllConversionsValue, colCrossDevice:
			days = max(days, w.all)
		default:
			days = max(days, w.primary)
		}
	}
	r.meta.Restates = days
	r.meta.FinalUntil = today(r.part.Query.Now, r.part.Org).Add(-1 - days)
	return nil
}

// conversionWindows reads an account's. Where they may not be read they are as long as they can be: a day must not count
// as final too early.
func (rp *reporter) conversionWindows(ctx context.Context, customer string) (conversionWindows, error) {
	key := rp.c.conn.ID + " " + customer
	w, known := rp.c.memory.windowsOf(key, rp.c.now())
	if known && rp.c.conn.ID != "" { // without an id it is no one's
		return w, nil
	}
	w = conversionWindows{}
	q := gaql{from: "conversion_action", fields: []string{
		"conversion_action.id", "conversion_action.status", "conversion_action.include_in_conversions_metric",
		"conversion_action.click_through_lookback_window_days", "conversion_action.view_through_lookback_window_days",
	}}
	err := search(ctx, rp.c, customer, q.String(), func(a *conversionDaysRow) error {
		w.longest(a)
		return nil
	})
	switch providers.KindOf(err) {
	case 0:
		if err != nil {
			return w, err
		}
		w.fallBack(conversionRestates)
	case providers.Forbidden, providers.NotFound, providers.Unsupported, providers.Invalid, providers.Rejected:
		w.fallBack(mostRestates)
	default:
		return w, err
	}
	rp.c.memory.keepWindows(key, w, rp.c.now())
	return w, nil
}

func (w *conversionWindows) longest(row *conversionDaysRow) {
	a := &row.ConversionAction
	if a.Status == "REMOVED" {
		return
	}
	click := days(a.ClickDays)
	w.all = max(w.all, click)
	if a.Primary {
		w.primary = max(w.primary, click)
	}
	w.views = max(w.views, days(a.ViewDays))
}

// days is a number of days, at most the longest that Google knows.
func days(a wire.Amount) int {
	for n := range mostRestates {
		if a.D.Cmp(normalize.Int(int64(n))) <= 0 {
			return n
		}
	}
	return mostRestates
}

// fallBack is for what no action says anything of.
func (w *conversionWindows) fallBack(n int) {
	for _, d := range []*int{&w.primary, &w.all, &w.views} {
		if *d == 0 {
			*d = n
		}
	}
}

// words prepares ours for the values of the report's dimensions.
func (r *run) words(ctx context.Context) error {
	for _, sp := range r.s.splits {
		ours := func(raw string) string { return word(sp.dimension, raw) }
		if sp.place == placeCountry {
			byID, err := r.countryCodes(ctx, r.part.Org.ID)
			if err != nil {
				return err
			}
			ours = func(raw string) string {
				if code := byID[raw]; len(code) == 2 {
					return code
				}
				return unknown
			}
		}
		r.dictionaries = append(r.dictionaries, newDictionary(sp, ours))
	}
	return nil
}

// countryCodes reads which geo target is which country, once for all connections. Those of countries have the numbers from 2000 to 2999.
// https://developers.google.com/google-ads/api/data/geotargets
func (rp *reporter) countryCodes(ctx context.Context, customer string) (map[string]string, error) {
	m := rp.c.memory
	m.mu.Lock()
	known := m.countries
	m.mu.Unlock()
	if known.fresh(rp.c.now(), keepCountries) {
		return known.value, nil
	}
	q := gaql{
		from: "geo_target_constant", fields: []string{"geo_target_constant.id", "geo_target_constant.country_code"},
		where: []string{"geo_target_constant.id >= 2000", "geo_target_constant.id < 3000"},
	}
	byID := map[string]string{}
	err := search(ctx, rp.c, customer, q.String(), func(g *geoTargetRow) error {
		byID[g.GeoTargetConstant.ID.String()] = g.GeoTargetConstant.CountryCode
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.countries = remembered[map[string]string]{byID, rp.c.now()}
	m.mu.Unlock()
	return byID, nil
}
