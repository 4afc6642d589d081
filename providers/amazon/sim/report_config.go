package sim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportConfig is a checked request for a report.
type reportConfig struct {
	typeID   string
	product  string
	groupBy  []string
	columns  []string
	filters  map[string][]string
	daily    bool
	from, to simkit.Day // inclusive
	rt       *reportType
	csv      bool
}

var adProducts = map[string]string{"SPONSORED_PRODUCTS": sp, "SPONSORED_BRANDS": sb, "SPONSORED_DISPLAY": sd, "SPONSORED_TELEVISION": "st", "ALL": "all", "DEMAND_SIDE_PLATFORM": "dsp"}

// texts reads a list of strings.
func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	out := make([]string, 0, len(list))
	for _, e := range list {
		t, isText := e.(string)
		if !isText {
			return nil, false
		}
		out = append(out, t)
	}
	return out, ok
}

func (c *call) parseReport(in obj) (*reportConfig, *fault) {
	conf, ok := in["configuration"].(obj)
	if !ok {
		return nil, c.bad("configuration is required")
	}
	for k := range conf {
		if !slices.Contains([]string{"adProduct", "reportTypeId", "groupBy", "columns", "filters", "timeUnit", "format"}, k) {
			return nil, c.bad("configuration includes an unknown field: %s", k)
		}
	}
	rc := &reportConfig{filters: map[string][]string{}}
	rc.typeID, _ = conf["reportTypeId"].(string)
	product, _ := conf["adProduct"].(string)
	rc.rt, rc.product = c.s.tab.Reports[rc.typeID], adProducts[product]
	switch {
	case rc.product == "":
		return nil, c.bad("configuration adProduct is invalid: (%s)", product)
	case rc.product == "dsp":
		return nil, c.fail(http.StatusUnauthorized, "401", "Unauthorized: "+headerAdsAccount+" of a DSP advertiser is required")
	case rc.rt == nil || rc.rt.AdProduct != product:
		return nil, c.bad("configuration reportTypeId is invalid: (%s) for adProduct %s", rc.typeID, product)
	case c.prof.subType == "KDP_AUTHOR" && rc.product == sb:
		return nil, c.bad("KDP authors do not have access to Sponsored Brands functionality")
	}
	unit, _ := conf["timeUnit"].(string)
	format, _ := conf["format"].(string)
	if !slices.Contains(rc.rt.TimeUnits, unit) {
		return nil, c.bad("configuration timeUnit is invalid: (%s). Allowed values: (%s)", unit, strings.Join(rc.rt.TimeUnits, ", "))
	}
	if !slices.Contains(rc.rt.Formats, format) || format == "XLSX" { // XLSX is not built
		return nil, c.bad("configuration format is invalid: (%s). Allowed values: (%s)", format, strings.Join(rc.rt.Formats, ", "))
	}
	rc.daily, rc.csv = unit == "DAILY", format == "CSV"
	for _, check := range []func(*call, obj) *fault{rc.checkGroups, rc.checkColumns, rc.checkFilters} {
		if f := check(c, conf); f != nil {
			return nil, f
		}
	}
	return rc, rc.checkDays(c, in)
}

func (rc *reportConfig) checkGroups(c *call, conf obj) *fault {
	by, ok := texts(conf["groupBy"])
	if !ok || len(by) == 0 {
		return c.bad("configuration groupBy is required")
	}
	for _, g := range by {
		if !slices.Contains(rc.rt.GroupBy, g) {
			return c.bad("configuration groupBy includes invalid values: (%s). Allowed values: (%s)", g, strings.Join(rc.rt.GroupBy, ", "))
		}
	}
	if slices.Contains(by, "campaignPlacement") && slices.Contains(by, "adGroup") {
		return c.bad("configuration groupBy values cannot be combined: (%s)", strings.Join(by, ", "))
	}
	rc.groupBy = by
	return nil
}

// allowed are the columns of the chosen groups.
func (rc *reportConfig) allowed() []string {
	out := slices.Clone(rc.rt.Columns)
	matched := slices.Contains(rc.groupBy, "matchedTarget")
	for _, g := range rc.groupBy {
		if matched && g != "matchedTarget" {
			continue // what belongs to the campaign is not had by matched target
		}
		out = append(out, rc.rt.Groups[g].Columns...)
	}
	if slices.Contains(rc.groupBy, "campaignPlacement") {
		out = slices.DeleteFunc(out, func(n string) bool { return n == "topOfSearchImpressionShare" })
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (rc *reportConfig) checkColumns(c *call, conf obj) *fault {
	columns, ok := texts(conf["columns"])
	if !ok || len(columns) == 0 {
		return c.bad("configuration columns is required")
	}
	allowed := rc.allowed()
	var wrong []string
	for _, n := range columns {
		if !slices.Contains(allowed, n) {
			wrong = append(wrong, n)
		}
	}
	switch {
	case len(wrong) > 0:
		return c.bad("configuration columns includes invalid values: (%s). Allowed values: (%s)", strings.Join(wrong, ", "), strings.Join(allowed, ", "))
	case !rc.daily && slices.Contains(columns, "date"):
		return c.bad("configuration date is not a supported column for SUMMARY time unit. Please use startDate and/or endDate instead.")
	case rc.daily && (slices.Contains(columns, "startDate") || slices.Contains(columns, "endDate")):
		return c.bad("configuration startDate and endDate are not supported columns for DAILY time unit. Please use date instead.")
	}
	for _, n := range columns {
		if !slices.Contains(rc.columns, n) {
			rc.columns = append(rc.columns, n)
		}
	}
	return nil
}

func (rc *reportConfig) checkFilters(c *call, conf obj) *fault {
	if conf["filters"] == nil {
		return nil
	}
	list, ok := conf["filters"].([]any)
	if !ok {
		return c.bad("configuration filters must be a list")
	}
	for _, e := range list {
		m, _ := e.(obj)
		field, _ := m["field"].(string)
		values, ok := texts(m["values"])
		if field == "" || !ok || len(values) == 0 {
			return c.bad("configuration filters must have a field and values")
		}
		for _, g := range rc.groupBy {
			have := rc.rt.Groups[g].Filters
			allowed := have[field]
			if allowed == nil || slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(allowed, v) }) {
				return c.bad("configuration filters includes fields: (%s) which are invalid for groupBys: %s. Allowed filters for groupBy %s: (%s)", field, g, g, filterText(have))
			}
		}
		rc.filters[field] = values
	}
	return nil
}

func filterText(have map[string][]string) string {
	out := make([]string, 0, len(have))
	for f, values := range have {
		out = append(out, "field: "+f+", values: "+strings.Join(values, ", "))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func (rc *reportConfig) checkDays(c *call, in obj) *fault {
	start, _ := in["startDate"].(string)
	end, _ := in["endDate"].(string)
	from, err := simkit.ParseDay(start)
	to, err2 := simkit.ParseDay(end)
	if err != nil || err2 != nil {
		return c.bad("startDate and endDate must be in the format YYYY-MM-DD")
	}
	today := dayIn(c.now, c.prof.loc)
	retention := rc.rt.Retention
	if c.s.opts.RetentionDays > 0 {
		retention = c.s.opts.RetentionDays
	}
	edge := today - simkit.Day(retention)
	switch {
	case to < from:
		return c.bad("endDate (%s) must be equal to or after startDate (%s)", to, from)
	case to > today:
		return c.bad("endDate (%s) must not be in the future", to)
	case int(to-from) > rc.rt.Range:
		return c.bad("startDate to endDate range (%d days) must not exceed maximum range (%d days)", int(to-from), rc.rt.Range)
	case from < edge:
		return c.bad("startDate (%s) must be equal to or after report type data retention start date (%s)", from, edge)
	}
	rc.from, rc.to = from, to
	return nil
}
