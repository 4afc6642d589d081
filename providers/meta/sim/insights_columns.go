package sim

import (
	"slices"
	"strings"
)

// parseFields resolves the field names. Without any, a row has impressions and
// spend beside its ids and dates.
func (q *insightQuery) parseFields(s *Sim, fs []field) *graphError {
	if len(fs) == 0 {
		names := []string{"account_id", "campaign_id", "adset_id", "ad_id"}[:depthOf(q.level)+1]
		for _, n := range append(slices.Clone(names), "impressions", "spend") {
			q.fields = append(q.fields, s.insights.fields[n])
		}
		return nil
	}
	for _, f := range fs {
		x, err := q.field(s, f.name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(q.fields, func(y insightField) bool { return y.name == x.name }) {
			continue
		}
		q.fields = append(q.fields, x)
	}
	if len(q.actionBreakdowns) > 0 && q.actionBreakdowns[0] != "action_type" && !q.hasActions() {
		return invalidParam("action_breakdowns %s needs actions in fields", q.actionBreakdowns[0])
	}
	return q.fieldsCombine()
}

func (q *insightQuery) hasActions() bool {
	return slices.ContainsFunc(q.fields, func(f insightField) bool { return f.actions })
}

func (q *insightQuery) field(s *Sim, name string) (insightField, *graphError) {
	f, numbers := s.insights.fields[name]
	known := numbers || oneOfWords(insightMetricNames, name) || oneOfWords(insightIdentityNames, name) ||
		oneOfWords(insightMetricsSince26, name) && q.version >= "v26.0" ||
		oneOfWords(insightMetricsUntil25, name) && q.version < "v26.0"
	if !known {
		return insightField{}, invalidParam("%s is not valid for fields param. please check https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values", name)
	}
	f.name = name // a field without numbers is left out of rows
	q.width = max(q.width, f.width)
	return f, nil
}

// fieldsCombine refuses fields that do not go with the breakdowns, and leaves
// those out that have no regions: connectors ask for them by region every day.
func (q *insightQuery) fieldsCombine() *graphError {
	for _, b := range q.breakdowns {
		asset := strings.HasSuffix(b, "_asset")
		if asset && q.level == "AdAccount" {
			return noSuchData()
		}
		for _, f := range q.fields {
			if !oneOfWords(insightMetricNames, f.name) {
				continue
			}
			switch {
			case (b == hourlyAdvertiser || b == hourlyAudience) && f.video(),
				b == "frequency_value" && f.name != "reach",
				asset && !oneOfWords("impressions clicks spend reach actions action_values", f.name):
				return noSuchData()
			}
		}
	}
	if slices.Contains(q.breakdowns, "region") {
		q.fields = slices.DeleteFunc(q.fields, insightField.watched)
	}
	return nil
}

func noSuchData() *graphError {
	return &graphError{Code: 2, Subcode: 1504041, Message: "(#2) Service temporarily unavailable",
		UserTitle: "Invalid combination", UserMsg: "There is no data for this combination of breakdowns and metrics."}
}
