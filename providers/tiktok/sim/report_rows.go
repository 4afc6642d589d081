package sim

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportRow is one row of a report.
type reportRow struct {
	account *account
	entity  *entity   // of the id dimension; nil for the account or none
	part    *creative // for ad_id, a Smart+ ad's creative
	day     simkit.Day
	hour    int
	values  []string // of the breakdowns
	cell    int
	fact    simkit.Fact
	days    int // how many days it covers
	purse   purse
	goals   map[string]bool // objectives that are in it
}

// purse says by which door value and conversions came in.
type purse struct{ web, app, shop, form int64 }

func (p *purse) add(o purse) { p.web += o.web; p.app += o.app; p.shop += o.shop; p.form += o.form }

// subject is what one id of the report stands for: the ads whose numbers it has.
type subject struct {
	account *account
	entity  *entity
	part    *creative
	index   int // of the part
	ads     []*entity
}

// subjects are the report's ids in order, the newest first.
func (q *query) subjects(s *Sim) (out []subject, cut bool) {
	left := s.reports.throttle()
	for _, a := range q.accounts {
		ads := make([]*entity, 0, len(a.ads.all))
		for _, e := range a.ads.all {
			if e.ad == nil || !q.admits(e) {
				continue
			}
			if !q.async && q.level != "AUCTION_ADVERTISER" {
				if left == 0 {
					cut = true
					break
				}
				left--
			}
			ads = append(ads, e)
		}
		out = append(out, q.group(a, ads)...)
	}
	return out, cut
}

func (q *query) group(a *account, ads []*entity) []subject {
	switch q.idDim {
	case "campaign_id":
		return grouped(a, ads, kindCampaign)
	case "adgroup_id":
		return grouped(a, ads, kindAdGroup)
	case "ad_id_v2":
		return grouped(a, ads, kindAd)
	case "ad_id":
		return q.parts(a, ads)
	}
	if len(ads) == 0 {
		return nil
	}
	return []subject{{account: a, ads: ads}}
}

func grouped(a *account, ads []*entity, kind string) []subject {
	at := map[*entity]int{}
	var out []subject
	for _, e := range ads {
		x := e.at(kind)
		i, ok := at[x]
		if !ok {
			i = len(out)
			at[x] = i
			out = append(out, subject{account: a, entity: x})
		}
		out[i].ads = append(out[i].ads, e)
	}
	slices.SortFunc(out, func(x, y subject) int { return cmp.Compare(y.entity.num, x.entity.num) })
	return out
}

// parts are the ads by ad_id: a Smart+ ad's creatives one by one.
func (q *query) parts(a *account, ads []*entity) []subject {
	var out []subject
	for _, e := range ads {
		if len(e.creatives) == 0 {
			out = append(out, subject{account: a, entity: e, ads: []*entity{e}})
			continue
		}
		for i, c := range e.creatives {
			if q.admitsCreative(c.id) {
				out = append(out, subject{account: a, entity: e, part: c, index: i, ads: []*entity{e}})
			}
		}
	}
	return out
}

// buckets are the spans of days that make a row each.
func (q *query) buckets(a *account) iter.Seq2[simkit.Day, simkit.Day] {
	from, to := q.from, q.to
	today := simkit.DayOf(q.asOf.In(a.src.Loc))
	if q.lifetime {
		from, to = simkit.Date(2010, 1, 1), today+1
	}
	to = min(to, today+1)
	return func(yield func(simkit.Day, simkit.Day) bool) {
		if q.timeDim == "" {
			if from < to {
				yield(from, to)
			}
			return
		}
		for d := from; d < to; d++ {
			if !yield(d, d+1) {
				return
			}
		}
	}
}

// rows computes the report row by row: subjects in order, days within, then
// hours and the breakdowns' values. Rows in which nothing happened are left out.
func (q *query) rows(s *Sim, subjects []subject) iter.Seq[*reportRow] {
	split := s.splitter(q)
	return func(yield func(*reportRow) bool) {
		for i := range subjects {
			sub := &subjects[i]
			for from, to := range q.buckets(sub.account) {
				for _, r := range q.bucket(s, sub, from, to, split) {
					if !yield(r) {
						return
					}
				}
			}
		}
	}
}

// bucket are the rows of one subject over one span of days.
func (q *query) bucket(s *Sim, sub *subject, from, to simkit.Day, split splitFunc) []*reportRow {
	cells := map[int]*reportRow{}
	var order []int
	for _, e := range sub.ads {
		if !e.ad.Delivered(from, to) {
			continue
		}
		days := int(to - from)
		if split == nil && sub.part == nil {
			f := q.sum(s, e, from, to)
			order = q.put(cells, order, sub, e, from, days, 0, nil, &f)
			continue
		}
		for d := from; d < to; d++ {
			f := s.kit.World.Day(e.ad, d, q.moment(e, d+1))
			if f.IsZero() {
				continue
			}
			f = sub.share(&f, d)
			if split == nil {
				order = q.put(cells, order, sub, e, from, days, 0, nil, &f)
				continue
			}
			for _, p := range split(sub, e, d, &f) {
				order = q.put(cells, order, sub, e, from, days, p.cell, p.values, &p.fact)
			}
		}
	}
	slices.Sort(order)
	out := make([]*reportRow, 0, len(order))
	for _, k := range order {
		if r := cells[k]; q.admitsValue(s, r) {
			out = append(out, r)
		}
	}
	return out
}

// sum is what an ad did over some days: those that are over as known now, the
// one that runs as of its last refresh.
func (q *query) sum(s *Sim, e *entity, from, to simkit.Day) simkit.Fact {
	today := simkit.DayOf(q.asOf.In(e.account.src.Loc))
	if !q.async || q.fresh || to <= today {
		return s.kit.World.Sum(e.ad, from, to, q.asOf)
	}
	f := s.kit.World.Sum(e.ad, from, today, q.asOf)
	rest := s.kit.World.Sum(e.ad, max(from, today), to, q.moment(e, to))
	f.Add(&rest)
	return f
}

// moment is when the numbers were last brought up to date: a task's numbers of
// a day that still runs wait for the next refresh.
func (q *query) moment(e *entity, end simkit.Day) time.Time {
	if q.async && !q.fresh && q.asOf.Before(end.Start(e.account.src.Loc)) {
		return q.asOf.Truncate(4 * time.Hour)
	}
	return q.asOf
}

// share is a creative's part of its ad's numbers.
func (sub *subject) share(f *simkit.Fact, d simkit.Day) simkit.Fact {
	if sub.part == nil {
		return *f
	}
	e := sub.entity
	weights := make([]int64, len(e.creatives))
	for i := range weights {
		weights[i] = int64(10 - 3*i)
	}
	return sub.account.src.Split(f, simkit.Hash(e.ad.Key(), 611, uint64(d)), weights)[sub.index]
}

func (q *query) put(cells map[int]*reportRow, order []int, sub *subject, e *entity, day simkit.Day, days, cell int, values []string, f *simkit.Fact) []int {
	if f.IsZero() {
		return order
	}
	r := cells[cell]
	if r == nil {
		r = &reportRow{account: sub.account, entity: sub.entity, part: sub.part, day: day, days: days, cell: cell, hour: cell / cellsPerHour, values: values, goals: map[string]bool{}}
		cells[cell] = r
		order = append(order, cell)
	}
	objective := e.wireObjective()
	r.goals[objective] = true
	r.fact.Add(f)
	r.purse.add(purseOf(objective, f))
	return order
}

// purseOf puts an ad's value into the one metric that has it.
func purseOf(objective string, f *simkit.Fact) purse {
	switch objective {
	case "APP_PROMOTION":
		return purse{app: f[simkit.ConversionValue]}
	case "PRODUCT_SALES":
		return purse{shop: f[simkit.ConversionValue]}
	case "LEAD_GENERATION":
		return purse{web: f[simkit.ConversionValue], form: f[simkit.Leads]}
	}
	return purse{web: f[simkit.ConversionValue]}
}
