package reports

import (
	"maps"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

const maxLimit = 1_000_000

// parameters lists every parameter of the operation.
func parameters() []string {
	return []string{"type", "level", "dimension", "start_gte", "end_lt", "org_id", "campaign_id", "group_id", "ad_id",
		"attribution", "format", "currency", "round", "fields", "query", "sort", "order", "limit", "offset",
		"raw", "updated_gte", "reconcile", "partial", "wait", "cache"}
}

// attributions are the windows that can be asked for; "default" is the platform's.
func attributions() []string {
	return []string{"default", "1d_click", "7d_click", "14d_click", "28d_click", "30d_click", "1d_view",
		"1d_click_1d_view", "7d_click_1d_view", "28d_click_1d_view"}
}

// Parse reads the query string and the Accept header of a report, once. Its error is a *problem.Error that lists
// everything that is wrong.
func Parse(rawQuery, accept string) (*Request, error) {
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, problem.Invalid("query", "the query string is not URL-encoded")
	}
	p := &params{q: q}
	p.unknown()
	r := &Request{
		Metrics:     p.metrics(),
		Level:       normalize.Level(p.choice("level", words(normalize.Levels())...)),
		Dimensions:  p.dimensions(),
		Start:       p.bound("start_gte"),
		End:         p.bound("end_lt"),
		Orgs:        p.list("org_id"),
		Filter:      map[normalize.Level][]string{},
		Attribution: p.choice("attribution", attributions()...),
		Currency:    p.currency(),
		Round:       p.choice("round", "currency") != "",
		Query:       strings.ToLower(p.one("query")),
		Fields:      p.list("fields"),
		Format:      p.format(accept),
		Sort:        p.one("sort"),
		Desc:        p.choice("order", "asc", "desc") == "desc",
		Partial:     p.choice("partial", "allow", "deny") == "allow",
		Reconcile:   p.choice("reconcile", "true", "false") == "true",
		Bypass:      p.choice("cache", "use", "bypass") == "bypass",
		Wait:        p.wait(),
		Page:        stream.Page{Limit: p.number("limit", 1, maxLimit), Offset: p.number("offset", 0, 1<<31-1)},
	}
	if r.Level == "" {
		r.Level = normalize.LevelCampaign
	}
	if r.Attribution == "default" {
		r.Attribution = ""
	}
	for _, l := range []normalize.Level{normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd} {
		if ids := p.list(string(l) + "_id"); len(ids) > 0 {
			r.Filter[l] = ids
		}
	}
	p.shape(r)
	p.reconcile(r)
	p.notThere()
	if err := p.err(); err != nil {
		return nil, err
	}
	return r, nil
}

// unknown refuses parameters that there are not: a mistyped one that is passed over would answer another question.
func (p *params) unknown() {
	for i, name := range slices.Sorted(maps.Keys(p.q)) {
		if slices.Contains(parameters(), name) {
			continue
		}
		near := normalize.Closest(name, parameters())
		if len(near) == 0 {
			near = parameters()
		}
		p.bad(named(name, i), "is no parameter of a report; near it: %s", strings.Join(near, ", "))
	}
}

func (p *params) metrics() []normalize.Metric {
	var out []normalize.Metric
	for i, name := range p.list("type") {
		m := normalize.Metric(strings.ToUpper(name))
		switch _, ok := normalize.Lookup(m); {
		case !ok:
			if len(p.wrong) >= maxWrong {
				return out
			}
			if near := normalize.Near(name); len(near) > 0 {
				p.bad("type", "%s is no KPI; near it: %s", named(name, i), strings.Join(near, ", "))
			} else {
				p.bad("type", "%s is no KPI, nor near one", named(name, i))
			}
		case !slices.Contains(out, m):
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		return normalize.DefaultMetrics()
	}
	return out
}

func (p *params) dimensions() []normalize.Dimension {
	all := normalize.Enums()["Dimension"]
	var out []normalize.Dimension
	var dated []string // of DATE, WEEK and MONTH
	for i, name := range p.list("dimension") {
		d := normalize.Dimension(strings.ToUpper(name))
		switch {
		case !slices.Contains(all, string(d)):
			p.bad("dimension", "%s is none of %s", named(name, i), strings.Join(all, ", "))
		case !slices.Contains(out, d):
			out = append(out, d)
			if stream.IsCalendar(d) && d != normalize.DimensionHour {
				dated = append(dated, string(d))
			}
		}
	}
	if len(dated) > 1 {
		p.bad("dimension", "%s exclude one another", strings.Join(dated, " and "))
	}
	return out
}

// bound reads a date or an instant.
func (p *params) bound(name string) Bound {
	v := p.one(name)
	if v == "" {
		return Bound{}
	}
	var b Bound
	var err error
	if len(v) <= len(time.DateOnly) {
		b.Day, err = normalize.ParseDay(v)
	} else {
		// A plus sign that was not encoded arrives as a space.
		b.At, err = time.Parse(time.RFC3339, strings.Replace(v, " ", "+", 1))
		b.Day = normalize.DayOf(b.At)
	}
	switch {
	case err != nil:
		p.bad(name, "is neither a date (YYYY-MM-DD) nor a timestamp with its offset (RFC 3339, as in 2026-11-01T00:00:00Z)")
		return Bound{}
	case b.Day.Year < 2000 || b.Day.Year > 2100:
		p.bad(name, "is not within the years 2000 to 2100")
		return Bound{}
	}
	if !b.At.IsZero() {
		b.Day = normalize.Day{}
	}
	return b
}

func (p *params) currency() string {
	v := p.one("currency")
	if v != "" && (len(v) != 3 || strings.Trim(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		p.bad("currency", "is not an ISO 4217 code such as EUR")
		return ""
	}
	return v
}

// maxWait is the longest wait, in seconds.
const maxWait = 300

func (p *params) wait() time.Duration {
	if p.one("wait") == "" {
		return -1
	}
	return time.Duration(p.number("wait", 0, maxWait)) * time.Second
}

// format reads format=, or else what the client accepts.
func (p *params) format(accept string) Format {
	switch f := Format(p.one("format")); f {
	case "":
		f, ok := accepted(accept)
		if !ok {
			p.bad("format", "is left out, and the Accept header takes none of application/json, application/x-ndjson, text/csv, application/vnd.apache.parquet")
		}
		return f
	case FormatJSON, FormatTable, FormatNDJSON, FormatCSV, FormatParquet:
		return f
	default:
		p.bad("format", "is none of json, table, ndjson, csv, parquet")
	}
	return FormatJSON
}

// accepted is the shape that an Accept header likes best; of equals, the first. An empty header takes everything.
func accepted(accept string) (best Format, ok bool) {
	if strings.TrimSpace(accept) == "" {
		return FormatJSON, true
	}
	most := 0.0
	for item := range strings.SplitSeq(accept, ",") {
		media, param, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		q := 1.0
		if v, err := strconv.ParseFloat(param["q"], 64); err == nil {
			q = v
		}
		f, known := map[string]Format{
			"*/*": FormatJSON, "application/*": FormatJSON, "application/json": FormatJSON, "application/x-ndjson": FormatNDJSON,
			"application/ndjson": FormatNDJSON, "text/csv": FormatCSV, "text/*": FormatCSV, "application/vnd.apache.parquet": FormatParquet,
		}[media]
		if known && q > most {
			best, most, ok = f, q, true
		}
	}
	if !ok {
		best = FormatJSON
	}
	return best, ok
}

// shape checks what depends on the shape of the answer.
func (p *params) shape(r *Request) {
	names, sorts := stream.ReportFields(), []string{sortName}
	flat := r.Format != FormatJSON
	r.Raw = slices.Contains(r.Fields, stream.ColumnRaw)
	if r.Raw && (r.Format == FormatCSV || r.Format == FormatParquet) {
		p.bad("fields", "raw needs format=json, table or ndjson: the other shapes have no place for lists")
	}
	if flat {
		names = nil
		for _, c := range r.Schema().Columns() {
			names = append(names, c.Name)
		}
		sorts = append(sorts, slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == stream.ColumnFinal })...)
	} else if others := r.besides(); others > 1 {
		p.bad("dimension", "the default shape gives a number one dimension besides DATE, WEEK or MONTH; %d need another format, such as table", others)
	}
	if r.Partial && !r.Format.totals() {
		p.bad("partial", "allow needs format=table or parquet: the other shapes have no place to name what was left out")
	}
	// The contract has these fields of an AdsReport, and they are never set here.
	unset := []string{"created_at", "updated_at"}
	for i, f := range r.Fields {
		switch {
		case f == stream.ColumnRaw:
		case !slices.Contains(names, f) && (flat || !slices.Contains(unset, f)):
			p.bad("fields", "%s is none of %s", named(f, i), strings.Join(names, ", "))
		}
	}
	if r.Sort != "" && !slices.Contains(sorts, r.Sort) {
		p.bad("sort", "a report in this shape is sorted by one of %s", strings.Join(sorts, ", "))
	}
}

// besides counts the dimensions besides the one that cuts objects by day, week or month.
func (r *Request) besides() int {
	n := len(r.Dimensions)
	if r.Schema().Calendar() != "" {
		n--
	}
	return n
}

// notThere names what the public API has and this version does not answer yet.
func (p *params) notThere() {
	for _, name := range []string{"raw", "updated_gte"} {
		if p.one(name) != "" {
			p.notYet("The parameter " + name + " of a report is not there yet; leave it out.")
		}
	}
}

func words[T ~string](vs []T) []string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = string(v)
	}
	return out
}
