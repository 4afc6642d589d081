package sim

import (
	"iter"
	"strings"
	"time"

	"github.com/admux/admux/providers/google/sim/gaql"
	"github.com/admux/admux/providers/internal/simkit"
)

// Facts of an ad are cut in one order, always: by device, each part by network,
// and each of those cells by whatever else a query or a view asks for. So every
// margin of every combination adds up to the ledger.

// adInfo is what the cutting of an ad's facts needs, drawn once a query.
type adInfo struct {
	ad       *simkit.Ad
	spec     *spec
	loaded   bool
	quanta   *gaql.Sums // the step each counter moves in
	devices  []int64
	networks []string
	shares   []int64
}

func (src *source) info(ad *simkit.Ad) *adInfo {
	if x := src.who[ad]; x != nil {
		return x
	}
	x := &adInfo{ad: ad, spec: src.s.spec(ad.Group.Campaign), loaded: ad.AccountOf().Loaded, quanta: src.steps()}
	x.networks = networksOf[x.spec.channel]
	x.shares = src.s.kit.World.Weights(ad, 32, len(x.networks))
	x.shares[0] += 20_000 // the channel's own network leads
	x.devices = src.s.kit.World.Weights(ad, 31, len(deviceNames))
	x.devices[0] += 30_000
	if x.spec.channel != "VIDEO" && x.spec.channel != "DEMAND_GEN" && !x.spec.pmax() {
		x.devices[3] = 0 // television shows films only
	}
	src.who[ad] = x
	return x
}

var (
	deviceNames = []string{"MOBILE", "DESKTOP", "TABLET", "CONNECTED_TV"}
	networksOf  = map[string][]string{
		"SEARCH": {"SEARCH", "SEARCH_PARTNERS"}, "SHOPPING": {"SEARCH", "SEARCH_PARTNERS"}, "DISPLAY": {"CONTENT"},
		"VIDEO": {"YOUTUBE", "CONTENT"}, "DEMAND_GEN": {"YOUTUBE", "DISCOVER", "GMAIL"},
		"PERFORMANCE_MAX": {"SEARCH", "CONTENT", "YOUTUBE", "DISCOVER", "GMAIL", "MAPS"},
	}
)

// steps are the quanta of the account's counters: money moves in its smallest
// unit, conversions in hundredths, all else in ones.
func (src *source) steps() *gaql.Sums {
	q := &gaql.Sums{}
	for i := range q {
		q[i] = 1
	}
	money := unit(src.c.currency)
	for _, i := range []gaql.Counter{gaql.Cost, gaql.ConversionsValue, gaql.AllConversionsValue, gaql.ConversionsValueByDate,
		gaql.AllConversionsValueByDate, gaql.CrossDeviceValue, gaql.ActiveViewCost} {
		q[i] = money
	}
	for _, i := range []gaql.Counter{gaql.Conversions, gaql.AllConversions, gaql.CrossDeviceConversions, gaql.ConversionsByDate, gaql.AllConversionsByDate} {
		q[i] = simkit.Micro / 100
	}
	return q
}

// valueOf are the values that go where their conversions go.
var valueOf = [...][2]gaql.Counter{
	{gaql.ConversionsValue, gaql.Conversions}, {gaql.ConversionsValueByDate, gaql.ConversionsByDate},
}

// splitSums cuts whole into len(parts) sums in proportion; each counter adds up
// exactly, and where the odd step falls is drawn from key.
func splitSums(parts []gaql.Sums, whole, quanta *gaql.Sums, key uint64, weights []int64) {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	clear(parts)
	if total == 0 {
		parts[0] = *whole
		return
	}
	follows := func(m int) bool {
		for _, p := range valueOf {
			if int(p[0]) == m {
				return whole[p[1]] > 0
			}
		}
		return false
	}
	for m, v := range whole {
		if v == 0 || follows(m) {
			continue
		}
		q := quanta[m]
		v /= q
		off := int64(simkit.Hash(key, uint64(m)) % uint64(total))
		run, before := int64(0), int64(0)
		for i, w := range weights {
			run += w
			upTo := (v*run + off) / total
			parts[i][m] = (upTo - before) * q
			before = upTo
		}
	}
	for _, p := range valueOf {
		splitValue(parts, whole[p[0]], quanta[p[0]], p[0], p[1], whole[p[1]])
	}
}

// splitValue deals a value out in proportion to the conversions of the parts.
func splitValue(parts []gaql.Sums, v, q int64, value, conversions gaql.Counter, all int64) {
	if v == 0 || all == 0 {
		return
	}
	const hundredth = simkit.Micro / 100 // conversions move in these; less overflows less
	run, before := int64(0), int64(0)
	for i := range parts {
		run += parts[i][conversions] / hundredth
		upTo := v / q * run / (all / hundredth)
		parts[i][value] = (upTo - before) * q
		before = upTo
	}
}

// cut is one more way of cutting a cell.
type cut struct {
	key     uint64
	weights func(x *adInfo) []int64
	put     func(x *adInfo, part int, into []gaql.Value) // fills the splits; nil: none
	only    bool                                         // just item.part is wanted
	hours   bool
	split   func(parts []gaql.Sums, whole *gaql.Sums, x *adInfo, key uint64) // nil: by the weights
}

// cutter runs a query's cuts over the facts of ads.
type cutter struct {
	src    *source
	it     *item
	w      *gaql.Want
	asOf   time.Time
	cuts   []*cut
	fact   gaql.Fact
	bufs   [][]gaql.Sums
	device int // index in Splits; -1: not asked
	net    int
	plain  bool  // nothing to cut
	owners []int // indexes of the segments that name what an ad lies under
	yield  func(*gaql.Fact) bool
}

// Facts implements gaql.Object.
func (it *item) Facts(w *gaql.Want) iter.Seq[*gaql.Fact] {
	return func(yield func(*gaql.Fact) bool) {
		if len(it.ads) == 0 {
			return
		}
		c := it.src.cutter(it, w, yield)
		if len(c.cuts) == 0 && c.device < 0 && c.net < 0 {
			c.plain = true
		}
		first, last := it.span(w)
		for d := first; d <= last; d++ {
			for _, ad := range it.ads {
				if ad.Delivered(d, d+1) && !c.day(it.src.info(ad), d) {
					return
				}
			}
		}
	}
}

// span narrows the days asked for to those with facts.
func (it *item) span(w *gaql.Want) (first, last simkit.Day) {
	first, last = w.First, w.Last
	world := it.src.s.kit.World
	if lo := world.FirstDay() - 40; first < lo {
		first = lo
		for _, ad := range it.ads {
			if days := ad.Days(); len(days) > 0 {
				first = max(w.First, min(first, days[0]))
			}
		}
	}
	return first, last
}

func (src *source) cutter(it *item, w *gaql.Want, yield func(*gaql.Fact) bool) *cutter {
	c := &cutter{src: src, it: it, w: w, asOf: src.s.kit.Clock.Now(), device: -1, net: -1, yield: yield}
	c.fact.Splits = make([]gaql.Value, len(w.Splits))
	action := false
	for i, name := range w.Splits {
		switch name {
		case "segments.device":
			c.device = i
		case "segments.ad_network_type":
			c.net = i
		case "segments.conversion_action", "segments.conversion_action_name", "segments.conversion_action_category", "segments.external_conversion_source",
			"segments.conversion_lag_bucket", "segments.conversion_or_adjustment_lag_bucket":
			action = true
		case "segments.slot":
			c.cuts = append(c.cuts, slotCut(i))
		case "segments.click_type":
			c.cuts = append(c.cuts, clickTypeCut(i))
		case "segments.campaign", "segments.ad_group", "segments.asset_group":
			c.owners = append(c.owners, i)
		}
	}
	if w.Hours {
		c.cuts = append(c.cuts, &cut{key: 33, hours: true})
	}
	if it.cut != nil {
		c.cuts = append(c.cuts, it.cut)
	} else if k := keywordCut(src, w); k != nil {
		c.cuts = append(c.cuts, k)
	}
	if action {
		c.cuts = append(c.cuts, actionCut(src.c, w))
	}
	c.bufs = make([][]gaql.Sums, len(c.cuts)+2)
	for i := range c.bufs {
		c.bufs[i] = make([]gaql.Sums, 32)
	}
	return c
}

// day yields one ad's facts of one day.
func (c *cutter) day(x *adInfo, d simkit.Day) bool {
	f := c.src.s.kit.World.Day(x.ad, d, c.asOf)
	if f.IsZero() {
		return true
	}
	c.fact.Day = d
	count(x, &f, &c.fact.Sums)
	c.byDate(x, d, &c.fact.Sums)
	for _, i := range c.owners {
		c.fact.Splits[i] = owner(x.ad, x.spec, c.w.Splits[i])
	}
	if c.plain {
		complete(x, &c.fact.Sums)
		return c.yield(&c.fact)
	}
	whole := c.fact.Sums
	key := simkit.Hash(x.ad.Key(), uint64(d))
	parts := c.bufs[0][:len(deviceNames)]
	splitSums(parts, &whole, x.quanta, simkit.Hash(key, 31), x.devices)
	for i := range parts {
		if parts[i] == (gaql.Sums{}) {
			continue
		}
		if c.device >= 0 {
			c.fact.Splits[c.device] = gaql.Text(deviceNames[i])
		}
		nets := c.bufs[1][:len(x.networks)]
		splitSums(nets, &parts[i], x.quanta, simkit.Hash(key, 32, uint64(i)), x.shares)
		for k := range nets {
			if c.net >= 0 {
				c.fact.Splits[c.net] = gaql.Text(x.networks[k])
			}
			if !c.cell(x, d, &nets[k], simkit.Hash(key, uint64(i), uint64(k)), 0) {
				return false
			}
		}
	}
	return true
}

// cell cuts a cell by what is left of the cuts, then yields it.
func (c *cutter) cell(x *adInfo, d simkit.Day, s *gaql.Sums, key uint64, depth int) bool {
	if *s == (gaql.Sums{}) {
		return true
	}
	if depth == len(c.cuts) {
		c.fact.Sums = *s
		complete(x, &c.fact.Sums)
		return c.yield(&c.fact)
	}
	k := c.cuts[depth]
	if k.hours {
		return c.hours(x, d, s, key, depth)
	}
	weights := k.weights(x)
	parts := c.bufs[depth+2][:len(weights)]
	if k.split != nil {
		k.split(parts, s, x, simkit.Hash(key, k.key))
	} else {
		splitSums(parts, s, x.quanta, simkit.Hash(key, k.key), weights)
	}
	for i := range parts {
		if k.only && i != c.it.part {
			continue
		}
		if k.put != nil {
			k.put(x, i, c.fact.Splits)
		}
		if !c.cell(x, d, &parts[i], simkit.Hash(key, k.key, uint64(i)), depth+1) {
			return false
		}
	}
	return true
}

// dayHours is how a day's activity lies over its hours.
var dayHours = [25]int64{3, 2, 1, 1, 2, 3, 7, 12, 16, 18, 19, 18, 19, 18, 17, 17, 16, 16, 18, 20, 19, 15, 9, 5, 4}

// hours cuts a cell over the hours of the account's day that have begun. A day
// on which clocks change has 23 or 25, and two of them may share a name.
func (c *cutter) hours(x *adInfo, d simkit.Day, s *gaql.Sums, key uint64, depth int) bool {
	loc := c.src.c.loc
	start := d.Start(loc)
	n := d.Hours(loc)
	if begun := int(c.asOf.Sub(start)/time.Hour) + 1; begun < n && !x.loaded {
		n = max(begun, 1)
	}
	parts := c.bufs[depth+2][:n]
	splitSums(parts, s, x.quanta, simkit.Hash(key, 33), dayHours[:n])
	for i := range parts {
		c.fact.Hour = start.Add(time.Duration(i) * time.Hour).In(loc).Hour()
		if !c.cell(x, d, &parts[i], simkit.Hash(key, 33, uint64(i)), depth+1) {
			return false
		}
	}
	return true
}

// byDate puts conversions on their own day: seven tenths come on the day of the
// click, the rest the day after.
func (c *cutter) byDate(x *adInfo, d simkit.Day, s *gaql.Sums) {
	asked := false
	for _, m := range c.w.Metrics {
		asked = asked || strings.Contains(m, "by_conversion_date")
	}
	if !asked {
		return
	}
	before := c.src.s.kit.World.Day(x.ad, d-1, c.asOf)
	var prev gaql.Sums
	count(x, &before, &prev)
	for _, p := range [...][2]gaql.Counter{{gaql.ConversionsByDate, gaql.Conversions}, {gaql.ConversionsValueByDate, gaql.ConversionsValue},
		{gaql.AllConversionsByDate, gaql.AllConversions}, {gaql.AllConversionsValueByDate, gaql.AllConversionsValue}} {
		s[p[0]] = sameDay(s[p[1]], x.quanta[p[1]]) + prev[p[1]] - sameDay(prev[p[1]], x.quanta[p[1]])
	}
}

func sameDay(v, q int64) int64 { return v / q * 7 / 10 * q }

// owner is the resource name of the campaign, ad group or asset group of an ad;
// absent when it has none.
func owner(ad *simkit.Ad, sp *spec, segment string) gaql.Value {
	id := ad.AccountOf().ID
	switch {
	case segment == "segments.campaign":
		return gaql.Text(resourceName(id, "campaign", key{a: ad.Group.Campaign.ID}))
	case segment == "segments.ad_group" && !sp.pmax():
		return gaql.Text(resourceName(id, "ad_group", key{a: ad.Group.ID}))
	case segment == "segments.asset_group" && sp.pmax():
		return gaql.Text(resourceName(id, "asset_group", key{a: ad.Group.ID}))
	}
	return gaql.Value{}
}
