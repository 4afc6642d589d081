package sim

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// insightQuery is a parsed request for insights.
type insightQuery struct {
	node    *entity
	level   string // AdAccount, Campaign, AdSet, Ad
	version string
	today   simkit.Day
	asOf    time.Time
	async   bool

	fields  []insightField
	ranges  []span // as asked for
	spans   []span // one row per entity each
	windows []string

	breakdowns       []string
	actionBreakdowns []string
	steps            []breakdown
	barren           bool // columns that nothing of this world falls under
	hourly           bool
	noOffMeta        bool // columns that conversions off Meta never come with
	noReach          bool // reach that is left out in silence

	filters filters
	sort    *sorting
	summary []insightField // nil: none asked for
	count   bool           // summary=total_count
	width   int
	limit   int
	after   string
	before  string
	id      uint64 // what a cursor belongs to
}

const defaultInsightLimit = 25

var insightLevels = [...]struct{ name, kind string }{
	{"account", "AdAccount"}, {"campaign", "Campaign"}, {"adset", "AdSet"}, {"ad", "Ad"},
}

func depthOf(kind string) int {
	return slices.IndexFunc(insightLevels[:], func(l struct{ name, kind string }) bool { return l.kind == kind })
}

// insightParams are the parameters of insights; `breakdown` is ignored without
// a word, as report time and unified attribution are since 2025-06-10.
const insightParams = `access_token appsecret_proof appsecret_time fields method locale pretty debug format suppress_http_code
level time_range time_ranges date_preset time_increment breakdowns breakdown action_breakdowns action_attribution_windows
action_report_time use_unified_attribution_setting use_account_attribution_setting filtering sort limit after before
default_summary summary summary_action_breakdowns product_id_limit export_format export_columns export_name graph_cache
include_headers cpas_only`

func (s *Sim) parseInsights(c *call, node *entity, p params, fs []field) (*insightQuery, *graphError) {
	q := &insightQuery{
		node: node, level: node.kind, version: c.version, asOf: c.now, today: simkit.DayOf(c.now.In(node.account.loc)),
		async: c.method == http.MethodPost, width: narrow, limit: defaultInsightLimit, after: unquote(p.get("after")), before: unquote(p.get("before")),
	}
	for name := range p {
		if !oneOfWords(insightParams, name) {
			return nil, invalidParam("Unknown parameter %s", name)
		}
	}
	for _, step := range []func() *graphError{
		func() *graphError { return q.parseLevel(p) },
		func() *graphError { return q.parseTime(p) },
		func() *graphError { return q.parseColumns(s, p) },
		func() *graphError { return q.parseFields(s, fs) },
		func() *graphError { return q.parseWindows(p) },
		func() *graphError { return q.parseFilters(s, p) },
		func() *graphError { return q.parseSort(s, p) },
		func() *graphError { return q.parseSummary(s, p) },
		func() *graphError { return q.parseLimit(p) },
		q.retained,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	q.identify(p)
	return q, nil
}

func (q *insightQuery) parseLevel(p params) *graphError {
	if !p.has("level") {
		return nil
	}
	want := unquote(p.get("level"))
	for _, l := range insightLevels {
		if l.name != want {
			continue
		}
		if depthOf(l.kind) < depthOf(q.node.kind) {
			return invalidParam("level %s is above the object of the request", want)
		}
		q.level = l.kind
		return nil
	}
	return invalidParam("level must be one of the following values: ad, adset, campaign, account")
}

// parseColumns reads the breakdowns and checks how they combine.
func (q *insightQuery) parseColumns(s *Sim, p params) *graphError {
	list, _, err := p.list("breakdowns")
	if err != nil {
		return err
	}
	for _, b := range list {
		if !oneOfWords(insightBreakdownNames, b) {
			return invalidParam("%s is not valid for breakdowns param. please check https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values", b)
		}
	}
	q.breakdowns = list
	actions, ok, err := p.list("action_breakdowns")
	if err != nil {
		return err
	}
	if !ok || len(actions) == 0 {
		actions = []string{"action_type"}
	}
	for _, b := range actions {
		if !oneOfWords(insightActionBreakdownNames, b) {
			return invalidParam("action_breakdowns[0] must be one of the following values: %s", strings.Join(strings.Fields(insightActionBreakdownNames), ", "))
		}
	}
	q.actionBreakdowns = actions
	if err := q.checkBreakdowns(s); err != nil {
		return err
	}
	q.hourly = slices.Contains(list, hourlyAdvertiser) || slices.Contains(list, hourlyAudience)
	q.noOffMeta = q.hourly || slices.Contains(list, "region")
	if slices.Contains(list, "mmm") && !q.async {
		return &graphError{Code: 100, Message: "(#100) mmm is only available through asynchronous requests"}
	}
	return nil
}

func (q *insightQuery) parseWindows(p params) *graphError {
	list, _, err := p.list("action_attribution_windows")
	if err != nil {
		return err
	}
	for i, w := range list {
		if !oneOfWords(insightWindowNames, w) {
			return invalidParam("action_attribution_windows[%d] must be one of the following values: %s", i, strings.Join(strings.Fields(insightWindowNames), ", "))
		}
	}
	q.windows = list
	return nil
}

func (q *insightQuery) parseSummary(s *Sim, p params) *graphError {
	all, err := p.boolean("default_summary", false)
	if err != nil {
		return err
	}
	if all {
		q.summary = q.fields
	}
	names, ok, err := p.list("summary")
	if err != nil || !ok {
		return err
	}
	for _, n := range names {
		if n == "total_count" {
			q.count = true
			continue
		}
		f, err := q.field(s, n)
		if err != nil {
			return err
		}
		q.summary = append(slices.Clone(q.summary), f)
	}
	return nil
}

func (q *insightQuery) parseLimit(p params) *graphError {
	n, ok, err := p.integer("limit")
	if err != nil {
		return err
	}
	if ok && (n < 1 || n > 1<<31) {
		return invalidParam("Param limit must be a positive integer")
	}
	if ok {
		q.limit = int(n)
	}
	return nil
}

// retained applies what numbers are kept for less than 37 months.
func (q *insightQuery) retained() *graphError {
	if len(q.breakdowns) == 0 || q.first() >= monthsBefore(q.today, monthsOfUniques) {
		return nil
	}
	for _, f := range q.fields {
		if f.unique {
			return invalidParam("breakdowns for unique-count fields are only available for the last 13 months")
		}
	}
	q.noReach = true
	return nil
}

// identify hashes what a cursor is valid for: all but the page.
func (q *insightQuery) identify(p params) {
	h := simkit.HashString(q.node.id)
	for _, name := range []string{"level", "time_range", "time_ranges", "date_preset", "time_increment", "breakdowns", "filtering", "sort"} {
		h = simkit.Hash(h, simkit.HashString(p.get(name)))
	}
	q.id = h
}

// actionColumns are the action breakdowns beside action_type, which is always
// there: none, one, or two that say the same in other words.
func (q *insightQuery) actionColumns() []string {
	var own []string
	for _, a := range q.actionBreakdowns {
		if a != "action_type" && !slices.Contains(own, a) {
			own = append(own, a)
		}
	}
	return own
}
