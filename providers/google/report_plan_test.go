package google_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

func TestReportRefusals(t *testing.T) {
	t.Parallel()
	s, script := reportScript(t, nil)
	dims := func(d ...normalize.Dimension) []normalize.Dimension { return d }
	const (
		date, hour, week, month = normalize.DimensionDate, normalize.DimensionHour, normalize.DimensionWeek, normalize.DimensionMonth
		age, gender, country    = normalize.DimensionAge, normalize.DimensionGender, normalize.DimensionCountry
		device, slot, network   = normalize.DimensionDevice, normalize.DimensionPlatformPosition, normalize.DimensionPlatform
	)
	for _, c := range []struct {
		level normalize.Level
		dims  []normalize.Dimension
		taken bool
	}{
		{normalize.LevelCampaign, dims(date, device, network, slot), true},
		{normalize.LevelKeyword, dims(month, device, network, slot), true},
		{normalize.LevelCampaign, dims(hour), true},
		{normalize.LevelGroup, dims(hour), true},
		{normalize.LevelAd, dims(hour), false},
		{normalize.LevelKeyword, dims(hour), false},
		{normalize.LevelCampaign, dims(hour, device), false},
		{normalize.LevelCampaign, dims(date, month), false},
		{normalize.LevelCampaign, dims(device, device), false},
		{normalize.LevelOrganization, dims(country, week), true},
		{normalize.LevelCampaign, dims(country, device), false},
		{normalize.LevelAd, dims(country), false},
		{normalize.LevelGroup, dims(age, device, network, month), true},
		{normalize.LevelOrganization, dims(gender), true},
		{normalize.LevelOrganization, dims(gender, age), false},
		{normalize.LevelOrganization, dims(age, country), false},
		{normalize.LevelGroup, dims(age, slot), false},
		{normalize.LevelAd, dims(age), false},
		{normalize.LevelKeyword, dims(gender), false},
		{normalize.LevelCampaign, dims("SHOE_SIZE"), false},
	} {
		_, err := s.Reports.Plan(lastWeek(c.level, c.dims, normalize.MetricClicks))
		if c.taken != (err == nil) || err != nil && (providers.KindOf(err) != providers.Rejected || !strings.Contains(err.Error(), "HOUR alone")) {
			t.Errorf("%s by %v: %v", c.level, c.dims, err)
		}
	}
	for name, c := range map[string]struct {
		change func(*providers.ReportQuery)
		kind   providers.Kind
		says   string
	}{
		"level":        {func(q *providers.ReportQuery) { q.Level = "planet" }, providers.Rejected, "keyword"},
		"empty range":  {func(q *providers.ReportQuery) { q.Range.To = q.Range.From }, providers.Invalid, "empty"},
		"injection":    {func(q *providers.ReportQuery) { q.Filter = only(normalize.LevelGroup, "1) OR (1") }, providers.Invalid, "not an id"},
		"ad injection": {func(q *providers.ReportQuery) { q.Filter = only(normalize.LevelAd, "1~2'") }, providers.Invalid, "not an id"},
		"keywords of an ad": {func(q *providers.ReportQuery) {
			q.Level, q.Filter = normalize.LevelKeyword, only(normalize.LevelAd, "1~2")
		}, providers.Rejected, "by ad"},
		"ages of an ad": {func(q *providers.ReportQuery) { q.Dimensions, q.Filter = dims(age), only(normalize.LevelAd, "1~2") }, providers.Rejected, "single ads"},
		"nothing left": {func(q *providers.ReportQuery) {
			q.Dimensions, q.Metrics = dims(slot), []normalize.Metric{normalize.MetricLeads}
		}, providers.Rejected, "PLATFORM_POSITION"},
	} {
		q := lastWeek(normalize.LevelCampaign, byDate, normalize.MetricClicks)
		c.change(&q)
		if _, err := s.Reports.Plan(q); providers.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(script.queries) != 0 {
		t.Errorf("planning asked the platform: %v", script.queries)
	}
}

func only(l normalize.Level, ids ...string) map[normalize.Level][]string {
	return map[normalize.Level][]string{l: ids}
}

// Filters go into the query; ids below the level are asked for themselves and added up.
func TestReportFilters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		level  normalize.Level
		filter map[normalize.Level][]string
		want   []string // each query's FROM and conditions
	}{
		"campaigns":      {normalize.LevelCampaign, only(normalize.LevelCampaign, "7", "9"), []string{"campaign: campaign.id IN (7, 9)"}},
		"a campaign's":   {normalize.LevelGroup, only(normalize.LevelCampaign, "7"), []string{"ad_group: campaign.id IN (7)", "asset_group: campaign.id IN (7)"}},
		"ad groups only": {normalize.LevelGroup, only(normalize.LevelGroup, "8"), []string{"ad_group: ad_group.id IN (8)"}},
		"asset groups":   {normalize.LevelAd, only(normalize.LevelGroup, "assetgroup:5"), []string{"asset_group: asset_group.id IN (5)"}},
		"both": {normalize.LevelGroup, only(normalize.LevelGroup, "8", "assetgroup:5"),
			[]string{"ad_group: ad_group.id IN (8)", "asset_group: asset_group.id IN (5)"}},
		"ads": {normalize.LevelAd, only(normalize.LevelAd, "8~1", "assetgroup:5"),
			[]string{"ad_group_ad: ad_group_ad.resource_name IN ('customers/1000000001/adGroupAds/8~1')", "asset_group: asset_group.id IN (5)"}},
		"a campaign by ad":  {normalize.LevelCampaign, only(normalize.LevelAd, "8~1"), []string{"ad_group_ad: ad_group_ad.resource_name IN ('customers/1000000001/adGroupAds/8~1')"}},
		"account by group":  {normalize.LevelOrganization, only(normalize.LevelGroup, "8"), []string{"ad_group: ad_group.id IN (8)"}},
		"keywords of group": {normalize.LevelKeyword, only(normalize.LevelGroup, "8"), []string{"keyword_view: ad_group.id IN (8)"}},
		"another account":   {normalize.LevelCampaign, only(normalize.LevelOrganization, "2"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, script := reportScript(t, nil)
			q := lastWeek(c.level, nil, normalize.MetricImpressions)
			q.Filter = c.filter
			if _, _, err := readReport(t, s, q); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range script.queries {
				_, where, _ := strings.Cut(a.text, " WHERE ")
				where, _, _ = strings.Cut(where, " AND segments.date")
				got = append(got, a.from+": "+where)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("asked %q, want %q", got, c.want)
			}
		})
	}
}
