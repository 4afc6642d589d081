package sim

import (
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// split cuts what an ad did by values that one or several columns show.
type split struct {
	key     uint64
	columns []string
	// values are the parts, each with a text per column.
	values func(u *unit) [][]string
}

const (
	deviceKey = iota + 500
	networkKey
	matchKey
	countryKey
	ageKey
	genderKey
	keywordKey
	knownKey
)

func fixed(values ...[]string) func(*unit) [][]string {
	return func(*unit) [][]string { return values }
}

// splits in the order in which they are cut: one order, so that every marginal
// adds up to the whole.
var splits = []*split{
	{deviceKey, []string{"DeviceType", "DeviceOS"}, fixed([]string{"Computer", "Windows"}, []string{"Smartphone", "Android"},
		[]string{"Smartphone", "iOS"}, []string{"Tablet", "iOS"}, []string{"Unknown", "Unknown"})},
	{networkKey, []string{"Network", "TopVsOther", "AdDistribution"}, networks},
	{matchKey, []string{"BidMatchType", "DeliveredMatchType"}, func(u *unit) [][]string {
		if u.kind() != "Search" {
			return [][]string{{"Unknown", "Unknown"}}
		}
		return [][]string{{"Broad", "Broad"}, {"Broad", "Phrase"}, {"Phrase", "Phrase"}, {"Exact", "Exact"}}
	}},
	{countryKey, []string{"Country", "State", "City", "MetroArea", "County", "PostalCode", "LocationType", "LocationId", "MostSpecificLocation"}, fixed(
		[]string{"Germany", "Berlin", "Berlin", "", "", "10115", "Physical location", "72", "10115"},
		[]string{"Germany", "Bavaria", "Munich", "", "", "", "Physical location", "4498", "Munich"},
		[]string{"United States", "Washington", "Seattle", "Seattle-Tacoma, WA", "King County", "98101", "Physical location", "190", "98101"},
		[]string{"Japan", "Tokyo", "Tokyo", "", "", "", "Physical location", "107", "Tokyo"},
		[]string{"United Kingdom", "England", "London", "London", "", "", "Physical location", "188", "London"},
		[]string{"Côte d'Ivoire", "", "", "", "", "", "Physical location", "51", "Côte d'Ivoire"})},
	{ageKey, []string{"AgeGroup"}, fixed([]string{"13-17"}, []string{"18-24"}, []string{"25-34"}, []string{"35-49"}, []string{"50-64"}, []string{"65+"}, []string{"Unknown"})},
	{genderKey, []string{"Gender"}, fixed([]string{"Female"}, []string{"Male"}, []string{"Unknown"})},
	{keywordKey, []string{"KeywordId", "Keyword", "KeywordStatus", "CurrentMaxCpc"}, keywords},
}

// kind is the campaign's type; the account's own rows have none, so that they
// are cut ad by ad.
func (u *unit) kind() string {
	if u.camp == nil {
		return "Search"
	}
	return u.camp.flavor.campaignType
}

func networks(u *unit) [][]string {
	const own, other = "Microsoft sites and select traffic", "Syndicated search partners"
	switch u.kind() {
	case "Audience":
		return [][]string{{"Audience", "Audience network", "Audience"}}
	case "PerformanceMax":
		return [][]string{{"Cross-network", "Unknown", "CrossNetwork"}}
	}
	return [][]string{{own, own + " - top", "Search"}, {own, own + " - other", "Search"}, {other, other + " - Top", "Search"},
		{other, other + " - Other", "Search"}, {"AOL search", "AOL search - Top", "Search"}}
}

// keywords are the seeded ones of a search group; other groups have none, and no
// row in the keyword report.
func keywords(u *unit) [][]string {
	var out [][]string
	if u.group == nil {
		return nil
	}
	for _, k := range u.group.children["Keyword"] {
		if k.parent.group == nil || len(out) == 3 {
			break
		}
		out = append(out, []string{k.id, k.str("Text"), statusText(k), "0.50"})
	}
	return out
}

func splitOf(name string) (*split, int) {
	for _, s := range splits {
		if i := slices.Index(s.columns, name); i >= 0 {
			return s, i
		}
	}
	return nil, 0
}

// cell is one row in the making: what it says of each split, and its sums.
type cell struct {
	texts [][]string // by split
	sum   simkit.Fact
}

// cells gathers a period's rows of a unit.
type cells struct {
	list  []*cell
	index map[string]*cell
}

func (c *cells) reset() { c.list, c.index = c.list[:0], nil }

func (c *cells) add(texts [][]string, f *simkit.Fact) {
	if len(texts) == 0 {
		if len(c.list) == 0 {
			c.list = append(c.list, &cell{})
		}
		c.list[0].sum.Add(f)
		return
	}
	if c.index == nil {
		c.index = map[string]*cell{}
	}
	var key strings.Builder
	for _, t := range texts {
		key.WriteString(strings.Join(t, "\x00"))
		key.WriteByte(1)
	}
	x := c.index[key.String()]
	if x == nil {
		x = &cell{texts: texts}
		c.index[key.String()], c.list = x, append(c.list, x)
	}
	x.sum.Add(f)
}

// cutter cuts one ad's fact of one day or hour by all splits of a report.
type cutter struct {
	splits []*split
	values [][][]string
	shown  [][]int // which columns of each split the report shows
}

func (sp *reportSpec) cutter(u *unit) *cutter {
	k := &cutter{}
	for _, s := range splits { // in the one order
		if !slices.Contains(sp.splits, s) {
			continue
		}
		k.splits, k.values = append(k.splits, s), append(k.values, s.values(u))
		var shown []int
		for _, c := range sp.columns {
			if c.split == s {
				shown = append(shown, c.index)
			}
		}
		k.shown = append(k.shown, shown)
	}
	return k
}

func (k *cutter) cut(w *simkit.World, ad *simkit.Ad, salt uint64, f *simkit.Fact, at int, texts [][]string, out *cells) {
	if at == len(k.splits) {
		out.add(slices.Clone(texts), f)
		return
	}
	values := k.values[at]
	if len(values) == 0 {
		return
	}
	key := k.splits[at].key
	for i, part := range ad.AccountOf().Split(f, simkit.Hash(ad.Key(), key, salt), w.Weights(ad, key, len(values))) {
		if part.IsZero() {
			continue
		}
		// Only what is shown tells rows apart.
		text := make([]string, len(values[i]))
		for _, j := range k.shown[at] {
			text[j] = values[i][j]
		}
		k.cut(w, ad, salt, &part, at+1, append(texts, text), out)
	}
}
