package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// readMetrics wants known metrics, attributes only with an id that has them.
func (s *Sim) readMetrics(c *call, q *query) *apiError {
	names, err := stringsOf(c.params, "metrics")
	if err != nil {
		return err
	}
	if len(names) == 0 {
		names = []string{"spend", "impressions"}
	}
	if len(names) > 100 {
		return badParam("metrics: Longer than maximum length 100.")
	}
	var bad []string
	for _, n := range names {
		m, ok := s.tab.metrics[n]
		if !ok || (n == "cash_spend" || n == "voucher_spend") && (q.level != "AUCTION_ADVERTISER" || q.timeDim != "stat_time_day") {
			bad = append(bad, "'"+n+"'")
			continue
		}
		if err := q.goesWith(n, m); err != nil {
			return err
		}
	}
	if bad != nil {
		return badParam("Invalid metric fields: [%s]", strings.Join(bad, ", "))
	}
	q.metrics = names
	return nil
}

// uniqueUser are the metrics that count people.
func uniqueUser() []string {
	return []string{"average_video_play_per_user", "frequency", "cost_per_1000_reached", "real_time_result", "real_time_result_rate",
		"real_time_cost_per_result", "result", "result_rate", "cost_per_result", "reach", "live_play_count"}
}

func (q *query) goesWith(name string, m metricInfo) *apiError {
	switch {
	case m.attribute && q.idDim == "" && q.level != "AUCTION_ADVERTISER":
		return conflict()
	case m.attribute && attributeDepth(name) > depthOf(q.idDim):
		return badParam("Invalid metric fields: ['%s']", name)
	case q.kind == "AUDIENCE" && (name == "reach" || name == "frequency" || name == "placement_type"):
		return conflict()
	case q.async && len(q.breakdowns) > 0 && slices.Contains(uniqueUser(), name):
		return conflict()
	case q.kind == "BASIC" && slices.Contains(q.breakdowns, "country_code") && !q.async && conversionMetric(name):
		return conflict()
	}
	return nil
}

// conversionMetric tells the metrics that a country in a synchronous basic
// report excludes; which ones exactly is assumed.
func conversionMetric(name string) bool {
	return strings.Contains(name, "conversion") || strings.HasPrefix(name, "total_") || strings.Contains(name, "payment")
}

func depthOf(dim string) int {
	return map[string]int{"": 0, "advertiser_id": 0, "campaign_id": 1, "adgroup_id": 2, "ad_id": 3, "ad_id_v2": 3}[dim]
}

// metricText spells one value; what is missing is "-".
func (s *Sim) metricText(q *query, r *reportRow, name string) string {
	m := s.tab.metrics[name]
	if m.attribute {
		return s.attribute(q, r, name)
	}
	if q.several && q.idDim == "" && m.unit == "account_currency" {
		return "-"
	}
	if q.dashes && missingValue(q, r, name) {
		return "-"
	}
	if n, ok := countOf(r, name); ok {
		return strconv.FormatInt(n, 10)
	}
	if v, ok := moneyOf(r, name); ok {
		if q.several {
			return strconv.FormatInt(v/simkit.Micro, 10) // without decimals
		}
		return fixed(v, 2)
	}
	if text, ok := ratioOf(r, name); ok {
		return text
	}
	switch {
	case strings.HasPrefix(name, "skan_"):
		return "-"
	case m.integer:
		return "0"
	}
	return "0.00"
}

// missingValue tells which values a row cannot have.
func missingValue(q *query, r *reportRow, name string) bool {
	switch name {
	case "reach", "frequency", "cost_per_1000_reached": // known sixteen hours late
		return q.timeDim != "" && q.asOf.Sub((r.day+1).Start(r.account.src.Loc)) < hours(16)
	}
	_, film := videoOf(&r.fact, name)
	return (film || name == "average_video_play") && r.fact[simkit.VideoStarts] == 0
}

// fixed spells micros with so many decimals, rounded half up.
func fixed(micros int64, places int) string {
	unit := int64(simkit.Micro)
	for range places {
		unit /= 10
	}
	v := (micros + unit/2) / unit
	digits := strconv.FormatInt(v, 10)
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	return digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}

func reachOf(r *reportRow) int64 {
	n := r.fact[simkit.Impressions]
	return (n*100 + 99) / (130 + 6*int64(min(r.days, 60)))
}

// countOf are the counts.
func countOf(r *reportRow, name string) (int64, bool) {
	f := &r.fact
	switch name {
	case "impressions":
		return f[simkit.Impressions], true
	case "clicks":
		return f[simkit.Clicks], true
	case "conversion", "real_time_conversion":
		return f.Conversions() / simkit.Micro, true
	case "cta_conversion":
		return f[simkit.ClickConversions] / simkit.Micro, true
	case "vta_conversion":
		return f[simkit.ViewConversions] / simkit.Micro, true
	case "engagements":
		return f.Engagements(), true
	case "likes":
		return f[simkit.Likes] + f[simkit.OtherReactions], true
	case "comments":
		return f[simkit.Comments], true
	case "shares":
		return f[simkit.Shares], true
	case "follows":
		return f[simkit.Follows], true
	case "profile_visits":
		return f[simkit.PageClicks], true
	case "total_landing_page_view":
		return f[simkit.LandingClicks], true
	case "onsite_form":
		return r.purse.form, true
	case "reach":
		return reachOf(r), true
	case "complete_payment":
		if r.purse.web > 0 {
			return f.Conversions() / simkit.Micro, true
		}
		return 0, true
	}
	return videoOf(f, name)
}

// videoOf are the counts of films.
func videoOf(f *simkit.Fact, name string) (int64, bool) {
	switch name {
	case "video_play_actions":
		return f[simkit.VideoStarts], true
	case "video_watched_2s":
		return f[simkit.VideoViews], true
	case "video_watched_6s", "engaged_view":
		return f[simkit.VideoQ25], true
	case "engaged_view_15s":
		return f[simkit.VideoQ75], true
	case "video_views_p25":
		return f[simkit.VideoQ25], true
	case "video_views_p50":
		return f[simkit.VideoQ50], true
	case "video_views_p75":
		return f[simkit.VideoQ75], true
	case "video_views_p100":
		return f[simkit.VideoCompletes], true
	}
	return 0, false
}

// moneyOf are the amounts, in micros.
func moneyOf(r *reportRow, name string) (int64, bool) {
	switch name {
	case "spend", "billed_cost", "cash_spend":
		return r.fact[simkit.Cost], true
	case "total_complete_payment_rate": // the value of web purchases, whatever its name says
		return r.purse.web, true
	case "total_purchase_value":
		return r.purse.app, true
	case "total_onsite_shopping_value":
		return r.purse.shop, true
	}
	return 0, false
}

// ratioOf are the quotients, at two decimals; percents are hundredths.
func ratioOf(r *reportRow, name string) (string, bool) {
	f := &r.fact
	cost, imp, conv := f[simkit.Cost], f[simkit.Impressions], f.Conversions()/simkit.Micro
	switch name {
	case "ctr":
		return quotient(f[simkit.Clicks]*100, imp), true
	case "cpc":
		return micros(cost, f[simkit.Clicks]), true
	case "cpm":
		return micros(cost*1000, imp), true
	case "cost_per_conversion", "real_time_cost_per_conversion":
		return micros(cost, conv), true
	case "conversion_rate", "conversion_rate_v2":
		return quotient(conv*100, imp), true
	case "complete_payment_roas":
		return quotient(r.purse.web, cost), true
	case "total_active_pay_roas":
		return quotient(r.purse.app, cost), true
	case "onsite_shopping_roas":
		return quotient(r.purse.shop, cost), true
	case "frequency":
		return quotient(imp, reachOf(r)), true
	case "cost_per_1000_reached":
		return micros(cost*1000, reachOf(r)), true
	case "average_video_play":
		return quotient(f[simkit.VideoSeconds], f[simkit.VideoStarts]), true
	case "result", "cost_per_result", "result_rate":
		return resultOf(r, name), true
	}
	return "", false
}

// resultOf follows the goal; where goals mix there is none.
func resultOf(r *reportRow, name string) string {
	if len(r.goals) != 1 {
		return "-"
	}
	n := r.fact.Conversions() / simkit.Micro
	switch {
	case r.goals["TRAFFIC"]:
		n = r.fact[simkit.Clicks]
	case r.goals["REACH"]:
		n = reachOf(r)
	case r.goals["VIDEO_VIEWS"]:
		n = r.fact[simkit.VideoQ25]
	case r.goals["ENGAGEMENT"]:
		n = r.fact[simkit.Follows]
	}
	switch name {
	case "cost_per_result":
		return micros(r.fact[simkit.Cost], n)
	case "result_rate":
		return quotient(n*100, r.fact[simkit.Impressions])
	}
	return strconv.FormatInt(n, 10)
}

func quotient(a, b int64) string {
	if b == 0 {
		return "0.00"
	}
	v := (a*100 + b/2) / b
	return fmt.Sprintf("%d.%02d", v/100, v%100)
}

func micros(a, b int64) string {
	if b == 0 {
		return "0.00"
	}
	return fixed(a/b, 2)
}
