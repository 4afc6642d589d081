package reports_test

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// published is a store that holds the rates of a test: how much one euro was, by currency and day.
type published map[string]map[string]string

func (p published) PutRates(context.Context, []store.Rate) (int64, error) { return 0, nil }

func (p published) Rates(_ context.Context, currencies []string, from, to normalize.Day) ([]store.Rate, error) {
	var out []store.Rate
	for _, c := range currencies {
		for d, rate := range p[c] {
			if r := (store.Rate{Day: day(d), Currency: c, PerEuro: num(rate).D}); !r.Day.Before(from) && r.Day.Before(to) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func (p published) RateSpans(context.Context) (map[string]store.RateSpan, error) {
	out := map[string]store.RateSpan{}
	for c, of := range p {
		days := slices.Sorted(maps.Keys(of))
		out[c] = store.RateSpan{First: day(days[0]), Last: day(days[len(days)-1])}
	}
	return out, nil
}

// at is the rate that a day takes, found anew: the last one published until then.
func (p published) at(currency, d string) *big.Rat {
	if currency == "EUR" {
		return big.NewRat(1, 1)
	}
	last := ""
	for of := range p[currency] {
		if of <= d && of > last {
			last = of
		}
	}
	r, ok := new(big.Rat).SetString(p[currency][last])
	if !ok {
		panic(currency + " " + d)
	}
	return r
}

// convert is an amount of a day in another currency, exactly.
func (p published) convert(amount *big.Rat, from, to, d string) *big.Rat {
	x := new(big.Rat).Mul(amount, p.at(to, d))
	return x.Quo(x, p.at(from, d))
}

// serveRates is serve with these rates and those of the bundled snapshot.
func serveRates(t testing.TB, p published, fakes ...*fake) string {
	t.Helper()
	s, err := rates.New(rates.Config{Store: p, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return serveWith(t, func(c *reports.Config) { c.Rates = s.Table }, fakes...)
}

// steady has simple rates that differ from day to day; nothing was published on the weekend of 21 and 22 November.
func steady() published {
	p := published{"USD": {}, "GBP": {}}
	for i := 1; i <= 23; i++ {
		if i != 21 && i != 22 {
			d := fmt.Sprintf("2026-11-%02d", i)
			p["USD"][d] = strconv.Itoa(i)
			p["GBP"][d] = "2"
		}
	}
	return p
}

// fact is what one campaign did on one day.
type fact struct {
	account, campaign, day string
	numbers                map[normalize.Metric]string // what is not there is absent
}

// market is a platform that answers from facts whatever it is asked, as the platforms do.
func market(platform string, orgs []normalize.Organization, facts ...fact) *fake {
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversionValue,
		normalize.MetricUniqueImpressions, normalize.MetricRevenue)
	f.platform, f.orgs = platform, orgs
	f.rows = func(p providers.Part, m *providers.Meta) iter.Seq2[normalize.Row, error] {
		m.Honoured, m.FinalUntil = true, day("2026-11-19")
		return these(f.answer(p, facts)...)(p, m)
	}
	return f
}

func (f *fake) answer(p providers.Part, facts []fact) []normalize.Row {
	rows := map[string]*normalize.Row{}
	var keys []string
	for _, x := range facts {
		d := day(x.day)
		if x.account != p.Org.ID || d.Before(p.Query.Range.From) || !d.Before(p.Query.Range.To) {
			continue
		}
		var dims []string
		var date normalize.Day
		for _, dim := range p.Query.Dimensions {
			switch dim {
			case normalize.DimensionDate:
				dims, date = append(dims, x.day), d
			case normalize.DimensionWeek:
				dims, date = append(dims, d.Monday().String()), d.Monday()
			case normalize.DimensionMonth:
				dims, date = append(dims, d.MonthKey()), normalize.Day{Year: d.Year, Month: d.Month, Dom: 1}
			default:
				dims = append(dims, "MOBILE")
			}
		}
		key := x.campaign + " " + strings.Join(dims, " ")
		r := rows[key]
		if r == nil {
			r = &normalize.Row{Campaign: normalize.Entity{ID: x.campaign, Name: "C " + x.campaign}, Dims: dims, Date: date, Values: make([]normalize.Value, len(p.Query.Metrics))}
			rows[key] = r
			keys = append(keys, key)
		}
		for i, k := range p.Query.Metrics {
			s, ok := x.numbers[k]
			switch {
			case !ok:
				r.Values[i] = r.Values[i].Count(absent)
			case k == normalize.MetricUniqueImpressions: // people: those of a row are not those of its days added up
				r.Values[i] = num(s)
			default:
				r.Values[i] = r.Values[i].Count(num(s))
			}
		}
	}
	var out []normalize.Row
	for _, k := range keys {
		out = append(out, *rows[k])
	}
	return out
}

func numbers(pairs ...string) map[normalize.Metric]string {
	out := map[normalize.Metric]string{}
	for i := 0; i < len(pairs); i += 2 {
		out[normalize.Metric(pairs[i])] = pairs[i+1]
	}
	return out
}

// A million rows of 2,000 campaigns, of a day each, and put together to one a campaign.
func BenchmarkConvert(b *testing.B) {
	p := published{"USD": {}, "GBP": {}}
	for d := day("2021-12-20"); d.Before(day("2026-01-01")); d = d.Add(1) {
		p["USD"][d.String()], p["GBP"][d.String()] = "1."+strconv.Itoa(1000+d.Dom), "0.8"+strconv.Itoa(d.Dom)
	}
	f := newFake(normalize.MetricImpressions, normalize.MetricClicks, normalize.MetricCost, normalize.MetricConversions)
	f.rows = many(1_000_000)
	url := serveRates(b, p, f) + "/ads/c1/report?format=table&currency=GBP&start_gte=2022-01-01&end_lt=2026-01-01&type=IMPRESSIONS,CLICKS,COST,CONVERSIONS,CTR,CPC"
	for _, dim := range []string{"&dimension=DATE", ""} {
		b.Run("days"+dim, func(b *testing.B) {
			var most uint64
			for b.Loop() {
				_, peak := download(b, url+dim)
				most = max(most, peak)
			}
			b.ReportMetric(1e6*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
		})
	}
}
