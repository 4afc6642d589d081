package gaql

import (
	"slices"
	"strings"
	"testing"
)

func TestCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	c := load()
	for name, r := range c.resources {
		if c.fields[name+".resource_name"] == nil {
			t.Errorf("%s has no resource_name", name)
		}
		for _, join := range r.joins {
			if c.resources[join] == nil {
				t.Errorf("%s joins the unknown %s", name, join)
			}
		}
		for field := range r.metrics {
			if c.fields[field] == nil {
				t.Errorf("%s carries the unknown %s", name, field)
			}
		}
		for field := range r.segments {
			if c.fields[field] == nil {
				t.Errorf("%s carries the unknown %s", name, field)
			}
		}
	}
	for name := range metricTable {
		if c.fields["metrics."+name] == nil {
			t.Errorf("the unknown metric %s is computed", name)
		}
	}
	for name, f := range c.fields {
		if f.Type == TypeEnum && len(f.Enum) == 0 {
			t.Errorf("%s has no constants", name)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                             string
		typ                              Type
		repeated, optional               bool
		selectable, filterable, sortable bool
	}{
		{"campaign.id", TypeInt64, false, true, true, true, true},
		{"campaign.status", TypeEnum, false, false, true, true, true},
		{"campaign.labels", TypeResourceName, true, false, true, true, false},
		{"campaign.end_date_time", TypeDate, false, true, true, true, true},
		{"campaign.network_settings", TypeMessage, false, false, false, false, false},
		{"campaign.manual_cpm", TypeMessage, false, false, true, false, false},
		{"campaign.missing_eu_political_advertising_declaration", TypeBoolean, false, false, true, true, true},
		{"ad_group.optimized_targeting_enabled", TypeBoolean, false, false, true, true, true},
		{"ad_group_ad.ad.responsive_search_ad.headlines", TypeMessage, true, false, true, false, false},
		{"ad_group_ad.ad.image_ad.image_asset.asset", TypeString, false, true, true, true, true},
		{"ad_group_ad.policy_summary.approval_status", TypeEnum, false, false, true, true, true},
		{"ad_group_ad_asset_view.policy_summary", TypeMessage, false, false, true, false, false},
		{"change_event.old_resource", TypeMessage, false, false, true, false, false},
		{"asset.image_asset.data", TypeString, false, true, false, false, false},
		{"segments.date", TypeDate, false, true, true, true, true},
		{"segments.year", TypeInt32, false, true, true, true, true},
		{"segments.keyword.info.text", TypeString, false, true, true, true, true},
		{"metrics.cost_micros", TypeInt64, false, true, true, true, true},
		{"metrics.average_cpc", TypeDouble, false, true, true, true, true},
	}
	for _, tt := range tests {
		f, ok := Lookup(tt.name)
		if !ok {
			t.Errorf("%s is unknown", tt.name)
			continue
		}
		got := *f
		if got.Type != tt.typ || got.Repeated != tt.repeated || got.Optional != tt.optional || got.Selectable != tt.selectable ||
			got.Filterable != tt.filterable || got.Sortable != tt.sortable {
			t.Errorf("%+v\nwant %+v", got, tt)
		}
	}
	if got := Joins("ad_group_ad"); !slices.Equal(got, []string{"customer", "campaign", "ad_group"}) {
		t.Error(got)
	}
}

func TestCamel(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"video_quartile_p25_rate": "videoQuartileP25Rate", "path1": "path1", "ad_group_ad.ad.final_urls": "adGroupAd.ad.finalUrls",
	} {
		if got := Camel(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestFieldService(t *testing.T) {
	t.Parallel()
	p, err := CompileFields("SELECT name, category, data_type, selectable, is_repeated, enum_values WHERE name IN ('campaign.status', 'segments.date', 'label') ORDER BY name DESC")
	if err != nil {
		t.Fatal(err)
	}
	got := collect(t, p.Rows(FieldSource()))
	want := []string{
		`{"resourceName":"googleAdsFields/segments.date","name":"segments.date","category":"SEGMENT","dataType":"DATE","selectable":true,"isRepeated":false}`,
		`{"resourceName":"googleAdsFields/label","name":"label","category":"RESOURCE","dataType":"MESSAGE","selectable":false,"isRepeated":false}`,
		`{"resourceName":"googleAdsFields/campaign.status","name":"campaign.status","category":"ATTRIBUTE","dataType":"ENUM","selectable":true,"isRepeated":false,"enumValues":["UNSPECIFIED","UNKNOWN","ENABLED","PAUSED","REMOVED"]}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if mask := p.FieldMask(); mask != "name,category,dataType,selectable,isRepeated,enumValues" {
		t.Error(mask)
	}
	info, ok := FieldInfo("campaign")
	if !ok || !strings.Contains(string(info), `"attributeResources":["customer","campaign_budget","bidding_strategy","campaign_group"]`) ||
		!strings.Contains(string(info), `"metrics.clicks"`) || !strings.Contains(string(info), `"segments.hour"`) {
		t.Errorf("%s", info)
	}
	if info, _ := FieldInfo("metrics.clicks"); strings.Contains(string(info), `"segments.conversion_action"`) || !strings.Contains(string(info), `"ad_group_ad"`) {
		t.Errorf("%s", info)
	}
	if _, ok := FieldInfo("campaign.foo"); ok {
		t.Error("campaign.foo is known")
	}
	for query, want := range map[string]string{
		"SELECT name FROM campaign": "UNEXPECTED_FROM_CLAUSE", "SELECT campaign.id": "UNRECOGNIZED_FIELD", "SELECT foo": "UNRECOGNIZED_FIELD",
	} {
		if _, err := CompileFields(query); code(err) != "queryError."+want {
			t.Errorf("%s: %v", query, err)
		}
	}
}
