package sim

import (
	"bufio"
	"compress/gzip"
	"io"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// unit is what a report has rows for: an entity with the ads that it counts, cut
// into parts where the report looks inside.
type unit struct {
	campaign, group, ad *entity
	ads                 []*simkit.Ad
	parts               []part
}

// part is a share of a unit: a target, a placement, a search term.
type part struct {
	weight    int64
	target    *entity
	placement string
	term      string
}

// row is one line of a report, as the columns see it.
type row struct {
	*unit
	*part
	prof *profile
	rc   *reportConfig
	day  simkit.Day
	cell *cell
	key  uint64
}

var (
	placementsSP = []part{{weight: 45, placement: "Top of Search on-Amazon"}, {weight: 30, placement: "Detail Page on-Amazon"}, {weight: 20, placement: "Other on-Amazon"}, {weight: 5, placement: "Off Amazon"}}
	placementsSB = []part{{weight: 60, placement: "Top of Search on-Amazon"}, {weight: 25, placement: "Detail Page on-Amazon"}, {weight: 15, placement: "Other on-Amazon"}}
	whole        = []part{{weight: 1}}
)

// units are a report's rows-to-be. The simulator's lock is held for reading.
func (s *Sim) units(r *report) []unit {
	rc, p := r.config, r.prof
	var out []unit
	for _, c := range p.src.Campaigns {
		e := p.find(rc.product+".campaign", c.ID)
		if e == nil || e.legacy || !rc.passes("campaignStatus", e.state) {
			continue
		}
		switch rc.level() {
		case levelCampaign:
			u := unit{campaign: e, parts: whole}
			for _, g := range c.Groups {
				u.ads = append(u.ads, g.Ads...)
			}
			if slices.Contains(rc.groupBy, "campaignPlacement") {
				u.parts = placementsSP
				if rc.product == sb {
					u.parts = placementsSB
				}
			}
			out = append(out, u)
		case levelGroup:
			for _, g := range c.Groups {
				ge := p.find(rc.product+".adGroup", g.ID)
				if ge == nil || !rc.passes("adStatus", ge.state) {
					continue
				}
				out = append(out, unit{campaign: e, group: ge, ads: g.Ads, parts: s.groupParts(rc, p, ge)})
			}
		default:
			for _, g := range c.Groups {
				ge := p.find(rc.product+".adGroup", g.ID)
				for _, ad := range g.Ads {
					if ae := p.ofAd[ad]; rc.passes("adStatus", ae.state) && rc.passes("adCreativeStatus", ae.state) {
						out = append(out, unit{campaign: e, group: ge, ad: ae, ads: []*simkit.Ad{ad}, parts: whole})
					}
				}
			}
		}
	}
	return out
}

func (rc *reportConfig) passes(filter, value string) bool {
	values := rc.filters[filter]
	return values == nil || slices.Contains(values, value)
}

// level is which object a report's rows stand for.
func (rc *reportConfig) level() int {
	switch {
	case slices.Contains(rc.groupBy, "adGroup"), slices.Contains(rc.groupBy, "targeting"), slices.Contains(rc.groupBy, "searchTerm"):
		return levelGroup
	case slices.Contains(rc.groupBy, "advertiser"), slices.Contains(rc.groupBy, "ads"), slices.Contains(rc.groupBy, "asin"), slices.Contains(rc.groupBy, "purchasedAsin"):
		return levelBelow
	case rc.typeID == "sdTargeting":
		return levelGroup
	case rc.typeID == "sdAdGroup":
		return levelGroup
	}
	return levelCampaign
}

// groupParts cuts an ad group by what it targets; a group that targets nothing
// cannot deliver, so that there is always one.
func (s *Sim) groupParts(rc *reportConfig, p *profile, g *entity) []part {
	terms := slices.Contains(rc.groupBy, "searchTerm")
	if !terms && !strings.HasSuffix(rc.typeID, "Targeting") {
		return whole
	}
	var out []part
	for _, name := range []string{".keyword", ".target", ".theme"} {
		for _, t := range p.below(g, rc.product+name) {
			w := 10 + int64(simkit.Hash(uint64(t.id), uint64(g.id))%50)
			if !terms {
				out = append(out, part{weight: w, target: t})
				continue
			}
			for i, tail := range []string{"", " for men", " sale 2026"} {
				text := t.text("keywordText")
				if text == "" {
					text = "b0" + itoa(10000000+t.id%1000000)
				}
				out = append(out, part{weight: w * int64(3-i), target: t, term: text + tail})
			}
		}
	}
	if len(out) == 0 {
		return []part{{weight: 1, target: g}}
	}
	return out
}

// below are a group's objects of a kind that the seed made.
func (p *profile) below(g *entity, kind string) []*entity { return p.seeded[seededKey{g, kind}] }

// empty tells that this world has no rows for a type.
func (rc *reportConfig) empty() bool {
	return rc.product == "st" || rc.product == "all" || strings.HasSuffix(rc.typeID, "Audiences") || strings.HasSuffix(rc.typeID, "PurchasedProduct")
}

// writeReport writes the report's packed file: rows as they were known when it
// was done.
func (s *Sim) writeReport(w io.Writer, r *report) {
	z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is a good one
	out := bufio.NewWriterSize(z, 64<<10)
	e := &emitter{out: out, r: r, columns: columnsOf(r.config.columns), csv: r.config.csv}
	e.begin()
	if !r.config.empty() {
		s.mu.RLock()
		for _, u := range s.units(r) {
			s.writeUnit(e, &u)
		}
		s.mu.RUnlock()
	}
	e.end()
	out.Flush()
	z.Close()
}

func (s *Sim) writeUnit(e *emitter, u *unit) {
	rc, world := e.r.config, s.kit.World
	views, currency := perMille(u.campaign.src), e.r.prof.currency
	days := int(rc.to-rc.from) + 1
	cells := make([]cell, days*len(u.parts))
	for _, ad := range u.ads {
		if !ad.Delivered(rc.from, rc.to+1) {
			continue
		}
		for i := range days {
			f := world.Day(ad, rc.from+simkit.Day(i), e.r.done)
			if f.IsZero() {
				continue
			}
			c := cellOf(&f, views && rc.product != sp, currency)
			at := cells[i*len(u.parts) : (i+1)*len(u.parts)]
			if len(u.parts) == 1 {
				at[0].add(&c)
				continue
			}
			weights := make([]int64, len(u.parts))
			for k := range u.parts {
				weights[k] = u.parts[k].weight
			}
			c.split(at, weights, simkit.Hash(ad.Key(), uint64(rc.from)+uint64(i), uint64(len(u.parts))), currency)
		}
	}
	step := 1
	if !rc.daily {
		step = days
		for i := 1; i < days; i++ {
			for k := range u.parts {
				cells[k].add(&cells[i*len(u.parts)+k])
			}
		}
	}
	for i := 0; i < days; i += step {
		for k := range u.parts {
			s.writeRow(e, u, &u.parts[k], rc.from+simkit.Day(i), &cells[i*len(u.parts)+k])
		}
	}
}

// writeRow leaves out what had no activity, and search terms without a click.
func (s *Sim) writeRow(e *emitter, u *unit, p *part, day simkit.Day, c *cell) {
	rc := e.r.config
	if c.quiet() || p.term != "" && c[mClicks] == 0 {
		return
	}
	if p.target != nil {
		r := row{unit: u, part: p}
		if !rc.passes("keywordType", r.keywordType()) || !rc.passes("adKeywordStatus", p.target.state) {
			return
		}
	}
	e.row(&row{unit: u, part: p, prof: e.r.prof, rc: rc, day: day, cell: c, key: simkit.Hash(uint64(u.campaign.id), uint64(day), uint64(p.weight))})
}
