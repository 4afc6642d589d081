package conformance

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

//go:embed normalization.json
var normalizationJSON []byte

// Normalization is what the mapping between the contract and the platforms says of one platform: every row of it, so
// that an adapter's test can run them all, both ways. Rows come in the file's order.
type Normalization struct {
	t        testing.TB
	platform string
	root     object
}

// NormalizationOf reads the rows of a platform by its key in the file: linkedin, googleads, meta, tiktok, amazon,
// microsoft. An unknown key fails t.
func NormalizationOf(t testing.TB, platform string) *Normalization {
	t.Helper()
	n := &Normalization{t: t, platform: platform}
	if err := json.Unmarshal(normalizationJSON, &n.root); err != nil {
		t.Fatalf("normalization.json: %v", err)
	}
	if !n.root.at("about").at("platforms").has(platform) {
		t.Fatalf("normalization.json has no platform %q", platform)
	}
	return n
}

// Pair is one row of a mapping.
type Pair struct {
	Wire, Ours string // the platform's value and ours; of a write rule Wire is its first word
	Text       string // the rule as written
	Refused    bool   // of a write: 422 naming field and value
	Alias      bool   // of a write: accepted, and the answer shows what Wire is read as
	Special    bool   // Wire is words, a condition or a wildcard, not a value of the wire: the test builds the input by hand
}

// StatusRead maps own statuses of a level (organization, campaign, group, ad).
func (n *Normalization) StatusRead(level string) []Pair {
	return n.readRows(n.root.at("status").at("read_status").at(n.platform).at(level))
}

// EffectiveOwn maps own statuses that decide the effective status by themselves.
func (n *Normalization) EffectiveOwn() []Pair {
	return n.readRows(n.root.at("status").at("read_effective").at(n.platform).at("own_status"))
}

// EffectiveValues maps the platform's delivery words.
func (n *Normalization) EffectiveValues() []Pair {
	return n.readRows(n.root.at("status").at("read_effective").at(n.platform).at("values"))
}

// CreativeStatus maps what decides a creative's status, after the file's rule.
func (n *Normalization) CreativeStatus() []Pair {
	return n.readRows(n.root.at("status").at("creative_status").at(n.platform))
}

// StatusWrite maps our statuses to the platform's.
func (n *Normalization) StatusWrite() []Pair {
	return n.writeRows(n.root.at("status").at("write_status"))
}

// Precedence lists effective statuses, the strongest first; one may come twice, for different reasons.
func (n *Normalization) Precedence() []string {
	var rows [][]string
	n.into(n.root.at("status").raw("precedence"), &rows)
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r[0]
	}
	return out
}

// section finds the read and write tables of a name.
func (n *Normalization) section(name string) (read, write object) {
	switch name {
	case "goal", "optimization_goal", "billing_event", "creative_type":
		s := n.root.at(name)
		return s.at("read").at(n.platform), s.at("write")
	case "campaign.advertising_channel_type", "group.type":
		s := n.root.at("channel").at(name)
		return s.at("read").at(n.platform), s.at("write")
	case "budget.period":
		s := n.root.at("budget")
		return s.at("period_read").at(n.platform), s.at("period_write")
	}
	n.t.Fatalf("normalization: no section %q", name)
	return nil, nil
}

// Read maps the platform's values of a section: goal, optimization_goal, billing_event, creative_type,
// campaign.advertising_channel_type, group.type, budget.period.
func (n *Normalization) Read(section string) []Pair {
	read, _ := n.section(section)
	return n.readRows(read)
}

// Field is where a section's platform value stands; empty when the file does not say.
func (n *Normalization) Field(section string) string {
	read, _ := n.section(section)
	return read.text("field")
}

// Write maps our values of a section to the platform's.
func (n *Normalization) Write(section string) []Pair {
	_, write := n.section(section)
	if byPlatform := write.at(n.platform); len(byPlatform) > 0 { // platform first, as billing_event and group.type are
		out := make([]Pair, 0, len(byPlatform))
		for _, m := range byPlatform {
			out = append(out, writePair(m.key, m.text()))
		}
		return out
	}
	return n.writeRows(write)
}

// BidRow is one bidding strategy.
type BidRow struct {
	Values                     []string // of the platform; a value after the first may be a suffix ("_CONVERSIONS")
	Ours                       string   // bid_strategy
	KPI                        string   // of the goal that the platform value implies; empty: none
	Amounts, Write, Companions string   // rules in words
}

// BidStrategies lists the rows of the platform.
func (n *Normalization) BidStrategies() []BidRow {
	var rows []struct {
		Platform, Ours, Amounts, Write, Companions string
		Value                                      string `json:"platform_value"`
	}
	n.into(n.root.at("bid_strategy").raw("rows"), &rows)
	var out []BidRow
	for _, r := range rows {
		if r.Platform != n.platform {
			continue
		}
		ours, kpi, _ := strings.Cut(r.Ours, " ")
		out = append(out, BidRow{Values: split(r.Value), Ours: ours, KPI: kpi, Amounts: r.Amounts, Write: r.Write, Companions: r.Companions})
	}
	return out
}

// KPIRow is the source of one KPI.
type KPIRow struct {
	Metric     normalize.Metric
	Expr       string // "computed": a ratio of ours; "SP: …; SB: …" where the platform's products differ
	Query      string // main, second or none
	Levels     []normalize.Level
	Dimensions []normalize.Dimension
}

// KPIs lists the KPIs that the platform has.
func (n *Normalization) KPIs() []KPIRow {
	var out []KPIRow
	for _, m := range n.root.at("kpis") {
		var r struct {
			Expr, Query json.RawMessage
			Levels      []normalize.Level
			Dims        []normalize.Dimension
		}
		raw := m.object().at("by").raw(n.platform)
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		n.into(raw, &r)
		out = append(out, KPIRow{Metric: normalize.Metric(m.key), Expr: words(r.Expr), Query: words(r.Query), Levels: r.Levels, Dimensions: r.Dims})
	}
	return out
}

// Unsupported lists the KPIs that the platform has no number for.
func (n *Normalization) Unsupported() []normalize.Metric {
	var out []normalize.Metric
	has := n.KPIs()
	for _, m := range n.root.at("kpis") {
		if !slices.ContainsFunc(has, func(r KPIRow) bool { return string(r.Metric) == m.key }) {
			out = append(out, normalize.Metric(m.key))
		}
	}
	return out
}

// DimensionRow is the source of one dimension.
type DimensionRow struct {
	Dimension normalize.Dimension
	Param     string // empty: the platform does not have it
	Supported bool
	Values    []Pair
}

// Dimensions lists every dimension of ours.
func (n *Normalization) Dimensions() []DimensionRow {
	var out []DimensionRow
	for _, m := range n.root.at("dimensions").at("map") {
		by := m.object().at(n.platform)
		r := DimensionRow{Dimension: normalize.Dimension(m.key), Param: by.text("param")}
		r.Supported = r.Param != ""
		r.Values = n.readRows(by.without("param"))
		out = append(out, r)
	}
	return out
}

// LevelPivots says what a level is to the platform's reports; empty: not there.
func (n *Normalization) LevelPivots() map[normalize.Level]string {
	out := map[normalize.Level]string{}
	for _, m := range n.root.at("dimensions").at("levels") {
		out[normalize.Level(m.key)] = m.object().text(n.platform)
	}
	return out
}

// Targeting lists our targeting fields: Ours is the path, Text the rule.
func (n *Normalization) Targeting() []Pair {
	out := n.writeRows(n.root.at("targeting"))
	for i := range out {
		out[i].Wire, out[i].Special = "", false
	}
	return out
}

// Section is a top-level section as it is in the file, nil when absent.
func (n *Normalization) Section(name string) json.RawMessage { return n.root.raw(name) }

// ErrorRow is how one class of the platform's errors is met.
type ErrorRow struct {
	Text                    string // as written
	Cases                   []ErrorCase
	Kind                    providers.Kind
	Status                  int // of ours
	Retry, Connection, Note string
}

// ErrorCase is one status of the platform and the codes named with it; none means every code.
type ErrorCase struct {
	Status int // 0: the row names no status
	Codes  []string
}

// Errors lists the rows of the platform.
func (n *Normalization) Errors() []ErrorRow {
	var rows []struct {
		Platform, Code, Kind, Retry, Connection, Note string
		Status                                        int
	}
	n.into(n.root.raw("errors"), &rows)
	var out []ErrorRow
	for _, r := range rows {
		if r.Platform != n.platform {
			continue
		}
		kind := kindOf(r.Kind)
		if kind == 0 {
			n.t.Fatalf("normalization: errors: kind %q is none of ours", r.Kind)
		}
		out = append(out, ErrorRow{
			Text: r.Code, Cases: errorCases(r.Code), Kind: kind, Status: r.Status,
			Retry: r.Retry, Connection: r.Connection, Note: r.Note,
		})
	}
	return out
}

func kindOf(name string) providers.Kind {
	name = strings.ReplaceAll(name, "_", " ")
	for k := providers.Invalid; k <= providers.Malformed; k++ {
		if k.String() == name {
			return k
		}
	}
	return 0
}
