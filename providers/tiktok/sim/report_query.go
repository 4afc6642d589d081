package sim

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// ReportOptions are the reports' switches.
type ReportOptions struct {
	// ThrottleAds is how many of the newest ads a synchronous report looks at; 0 is
	// 20,000.
	ThrottleAds int `json:"throttle_ads"`
	// NoAsync keeps the app off the allow-list of asynchronous reports (40118).
	NoAsync bool `json:"no_async"`
	// Polls is how often a task is looked at before it is done; 0 is 2, negative
	// never ends.
	Polls int `json:"polls"`
	// Outcome is how tasks end: SUCCESS (empty), FAILED or CANCELED.
	Outcome string `json:"outcome"`
	// Fresh gives asynchronous reports of today the newest numbers; without it they
	// stop at the last four-hourly refresh.
	Fresh bool `json:"fresh"`
	// Dashes spells as missing what has no value: the films' counts of a row without
	// a film, and how many people an unfinished day reached.
	Dashes bool `json:"dashes"`
}

// query is a report that was asked for and found sound.
type query struct {
	kind       string // report_type
	level      string // data_level
	accounts   []*account
	several    bool // asked by advertiser_ids
	idDim      string
	timeDim    string
	breakdowns []string
	dims       []string // in the order asked for
	metrics    []string
	from, to   simkit.Day // to exclusive
	lifetime   bool
	filters    []reportFilter
	order      string
	ascending  bool
	totals     bool
	async      bool
	fresh      bool
	dashes     bool
	asOf       time.Time
}

func idDimensions() []string {
	return []string{"advertiser_id", "campaign_id", "adgroup_id", "ad_id", "ad_id_v2"}
}

// basicBreakdowns and audienceBreakdowns are the dimensions beside ids and time
// that this world has numbers for; the rest of the published ones answer
// nothing (assumed).
func basicBreakdowns() []string {
	return []string{"country_code", "ad_type", "custom_event_type", "event_source_id", "page_id", "component_name", "room_id",
		"post_id", "image_id", "video_material_id", "minis_id", "search_terms", "search_keyword", "match_type", "skan_postback_sequence"}
}

func audienceBreakdowns() []string {
	return []string{"gender", "age", "country_code", "ac", "language", "platform", "placement", "province_id", "dma_id",
		"device_brand_id", "interest_category", "interest_category_v2", "interest_category_tier2", "interest_category_tier3",
		"interest_category_tier4", "behavior_id", "contextual_tag", "ad_type", "hashtag", "audience_tags", "purchase_intention",
		"additional_interests", "bucket_id"}
}

func conflict() *apiError {
	return badParam("Conflict occurs. The input params including metrics and dimensions have no relation.")
}

// readQuery checks what a report asks for, in either door.
func (s *Sim) readQuery(c *call, async bool) (*query, *apiError) {
	q := &query{async: async, kind: c.str("report_type"), level: c.str("data_level"), asOf: c.now.Truncate(15 * time.Minute), fresh: s.reports.settings().Fresh,
		dashes: s.reports.settings().Dashes}
	if err := s.enums(c); err != nil {
		return nil, err
	}
	for _, step := range []func(*call) *apiError{
		func(c *call) *apiError { return s.queryAccounts(c, q) }, q.readDimensions,
		func(c *call) *apiError { return s.readMetrics(c, q) }, q.readRange, q.readRest,
		func(c *call) *apiError { return s.readReportFilters(c, q) },
	} {
		if err := step(c); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// enums holds the parameters against the gateway's own definition.
func (s *Sim) enums(c *call) *apiError {
	rules := s.tab.Endpoints[c.http.Method+" "+c.path]
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r := rules[name]
		v, ok := c.params[name].(string)
		if r.Required && !c.has(name) {
			return missing(name)
		}
		if ok && len(r.Enum) > 0 && !slices.Contains(r.Enum, v) {
			return badParam("%s: Must be one of: %s.", name, strings.Join(r.Enum, ", "))
		}
	}
	return nil
}

func (s *Sim) queryAccounts(c *call, q *query) *apiError {
	ids, err := stringsOf(c.params, "advertiser_ids")
	if err != nil {
		return err
	}
	if q.several = len(ids) > 0; !q.several {
		if c.str("advertiser_id") == "" {
			return missing("advertiser_id")
		}
		ids = []string{c.str("advertiser_id")}
	}
	if q.several && c.flag("multi_adv_report_in_utc_time") {
		return badParam("multi_adv_report_in_utc_time: not simulated.")
	}
	if len(ids) > 5 || c.has("bc_id") {
		return badParam("advertiser_ids: Longer than maximum length 5.")
	}
	for _, id := range ids {
		a := s.byID[id]
		if a == nil || !s.grants[c.token.Member.ID][id] {
			return noAdvertiser(id)
		}
		q.accounts = append(q.accounts, a)
	}
	switch q.kind {
	case "BASIC", "AUDIENCE":
		if q.level == "" {
			return missing("data_level")
		}
		if strings.HasPrefix(q.level, "RESERVATION_") {
			return badParam("data_level: %s is no longer supported.", q.level)
		}
	case "CATALOG", "PLAYABLE_MATERIAL", "BC", "TT_SHOP":
		return refuse(codePermission, "No permission for report_type %s.", q.kind) // not simulated
	}
	return nil
}

func (q *query) readDimensions(c *call) *apiError {
	dims, err := stringsOf(c.params, "dimensions")
	if err != nil {
		return err
	}
	if len(dims) == 0 {
		return missing("dimensions")
	}
	allowed := basicBreakdowns()
	if q.kind == "AUDIENCE" {
		allowed = audienceBreakdowns()
	}
	q.dims = dims
	for i, d := range dims {
		switch {
		case slices.Contains(dims[:i], d):
			return badParam("dimensions: Duplicate dimension '%s'.", d)
		case slices.Contains(idDimensions(), d) && q.idDim == "":
			q.idDim = d
		case (d == "stat_time_day" || d == "stat_time_hour") && q.timeDim == "":
			q.timeDim = d
		case slices.Contains(idDimensions(), d), d == "stat_time_day", d == "stat_time_hour":
			return conflict()
		case slices.Contains(allowed, d):
			q.breakdowns = append(q.breakdowns, d)
		default:
			return badParam("dimensions: Invalid dimension '%s'.", d)
		}
	}
	return q.pairs()
}

// pairs refuses dimensions that do not go together.
func (q *query) pairs() *apiError {
	rank := map[string]int{"": 0, "advertiser_id": 0, "campaign_id": 1, "adgroup_id": 2, "ad_id": 3, "ad_id_v2": 3}
	levels := map[string]int{"AUCTION_ADVERTISER": 0, "AUCTION_CAMPAIGN": 1, "AUCTION_ADGROUP": 2, "AUCTION_AD": 3}
	b := q.breakdowns
	switch {
	case rank[q.idDim] > levels[q.level]: // finer than the level
		return conflict()
	case q.kind == "AUDIENCE" && len(b) == 0:
		return conflict()
	case q.kind == "AUDIENCE" && len(b) > 1 && (len(b) != 2 || !slices.Contains(b, "age") || !slices.Contains(b, "gender")):
		return conflict()
	case q.kind == "BASIC" && len(b) > 1:
		return conflict()
	}
	return nil
}

func (q *query) readRange(c *call) *apiError {
	if q.lifetime = c.flag("query_lifetime"); q.lifetime {
		if q.kind != "BASIC" || q.timeDim != "" || len(q.breakdowns) > 0 {
			return badParam("query_lifetime: Not supported with a time, country or audience dimension.")
		}
		return nil
	}
	for name, at := range map[string]*simkit.Day{"start_date": &q.from, "end_date": &q.to} {
		text := c.str(name)
		if text == "" {
			return missing(name)
		}
		d, err := simkit.ParseDay(text)
		if err != nil {
			return badParam("%s: Invalid date format. Please use YYYY-MM-DD.", name)
		}
		*at = d
	}
	q.to++ // end_date is inclusive
	if q.to <= q.from {
		return badParam("end_date: Must not be earlier than start_date.")
	}
	longest := simkit.Day(365)
	switch q.timeDim {
	case "stat_time_day":
		longest = 30
	case "stat_time_hour":
		longest = 1
	}
	if !q.async && q.to-q.from > longest {
		return badParam("start_date, end_date: The time range cannot exceed %d day(s).", longest)
	}
	return nil
}

func (q *query) readRest(c *call) *apiError {
	q.order, q.ascending = c.str("order_field"), c.str("order_type") == "ASC"
	if q.order != "" && !slices.Contains(q.metrics, q.order) {
		return badParam("order_field: '%s' is not among the metrics.", q.order)
	}
	if q.totals = c.flag("enable_total_metrics"); q.totals {
		if q.kind != "BASIC" || q.idDim == "" || len(q.breakdowns) > 0 || q.timeDim == "stat_time_hour" {
			return badParam("enable_total_metrics: Not supported with these dimensions.")
		}
	}
	return nil
}
