package google

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
	"github.com/admux/admux/providers/internal/rest"
)

// TestPayloads runs bodies that others recorded through the code that reads their like. The folder is named by
// ADMUX_PAYLOADS.
func TestPayloads(t *testing.T) {
	t.Parallel()
	bodies := conformance.Payloads(t, "google")
	if bodies == nil {
		t.Skip("no recorded bodies: ADMUX_PAYLOADS names no folder")
	}
	names, err := fs.Glob(bodies, "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d bodies, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := fs.ReadFile(bodies, name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "error_") {
				checkErrorPayload(t, name, b)
				return
			}
			check, known := payloadChecks[path.Base(name)]
			if !known {
				t.Fatalf("no check for %s: say what becomes of it", name)
			}
			check(t, b)
		})
	}
}

// recorded decodes the rows of an answer of either kind, as the adapter does.
func recorded[W any](t *testing.T, b []byte) []W {
	t.Helper()
	type part struct {
		Results []W `json:"results"`
	}
	var parts []part
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		if err := rest.Unmarshal(b, &parts); err != nil {
			t.Fatal(err)
		}
	} else {
		parts = make([]part, 1)
		if err := rest.Unmarshal(b, &parts[0]); err != nil {
			t.Fatal(err)
		}
	}
	var out []W
	for _, p := range parts {
		out = append(out, p.Results...)
	}
	return out
}

var recordedAccount = account{ID: "1781900691", Currency: "USD", Zone: "America/New_York"}

var payloadChecks = map[string]func(*testing.T, []byte){
	"adgroups_stream.json": func(t *testing.T, b []byte) {
		got := recorded[groupRow](t, b)
		if len(got) == 0 {
			t.Fatal("no rows")
		}
		for i := range got {
			g := groupOf(&got[i], recordedAccount, nil)
			if g.ID == "" || g.Name == "" || g.Status == normalize.StatusUnspecified {
				t.Errorf("%+v", g)
			}
		}
	},
	"budgets_stream.json": func(t *testing.T, b []byte) {
		got := recorded[campaignRow](t, b)
		for i := range got {
			if amount, _, _ := readBudget(&got[i].CampaignBudget); got[i].CampaignBudget.ID == "" || amount == nil {
				t.Errorf("%+v", got[i].CampaignBudget)
			}
		}
	},
	"campaign_criteria_search.json": func(t *testing.T, b []byte) {
		tr := &targeting{geo: map[string]geoTarget{"2840": {Name: "United States", TargetType: "Country"}, "21167": {Name: "New York", TargetType: "State"}}}
		for _, r := range recorded[criterionRow](t, b) {
			tr.add(&r.CampaignCriterion)
		}
		got := tr.whole()
		if len(got.Geographic.Countries) != 1 || got.Geographic.Countries[0].ID != "geoTargetConstants/2840" || len(got.Geographic.Regions) != 1 ||
			len(got.Content.ExcludedKeywords) != 2 || got.Content.ExcludedKeywords[0].MatchType != normalize.MatchTypeExact || len(got.Content.Keywords) != 0 {
			t.Errorf("%+v %+v", got.Geographic, got.Content)
		}
	},
	"campaigns_stream.json": func(t *testing.T, b []byte) {
		got := recorded[campaignRow](t, b)
		loc, err := zoneOf(recordedAccount)
		if err != nil {
			t.Fatal(err)
		}
		c := campaignOf(&got[0], recordedAccount, loc, nil)
		if c.ID != "24027360183" || c.BudgetAmount.String() != "0.6" || c.Status != normalize.StatusPaused || c.HasEUPoliticalAds == nil || *c.HasEUPoliticalAds ||
			c.AdvertisingChannelType != normalize.ChannelSearch || c.EndAt != nil {
			t.Errorf("%+v", c)
		}
	},
	"conversion_actions_stream.json": func(t *testing.T, b []byte) {
		got := recorded[promotedRow](t, b)
		if id, name := promotedSources[0].of(&got[0]); id != "7684893491" || name != "Nango Test Conversion 1784076888" {
			t.Errorf("%s %s", id, name)
		}
	},
	"customer_row_stream.json": func(t *testing.T, b []byte) {
		if got := recorded[json.RawMessage](t, b); len(got) != 1 {
			t.Errorf("%d rows", len(got))
		}
	},
	"customers_list_accessible.json": func(t *testing.T, b []byte) {
		var list accessible
		if err := rest.Unmarshal(b, &list); err != nil || len(list.ResourceNames) != 2 || tail(list.ResourceNames[1]) != "7202353356" {
			t.Errorf("%v %v", list, err)
		}
	},
	"geo_targets_suggest.json": func(t *testing.T, b []byte) {
		var answer struct {
			Suggestions []geoTargetRow `json:"geoTargetConstantSuggestions"`
		}
		if err := rest.Unmarshal(b, &answer); err != nil || len(answer.Suggestions) < 3 {
			t.Fatalf("%d, %v", len(answer.Suggestions), err)
		}
		for i, want := range []normalize.TargetType{normalize.TargetTypeRegion, normalize.TargetTypeCity, normalize.TargetTypeUSDma} {
			g := answer.Suggestions[i].GeoTargetConstant
			if got := targetSources[0].of(&targetRow{GeoTargetConstant: g}); got.Type != want || got.ID != g.ResourceName || got.Name == "" {
				t.Errorf("%+v, want %s", got, want)
			}
		}
	},
	"mutate_adgroup_full_resource.json": func(t *testing.T, b []byte) {
		got := recorded[groupRow](t, b)
		if g := groupOf(&got[0], recordedAccount, nil); g.ID != "199918694042" || g.Type != normalize.ChannelSearch || g.BidStrategy != nil {
			t.Errorf("%+v", g)
		}
	},
	"mutate_campaign_create.json":      anyObject,
	"partial_failure_adjustments.json": anyObject,
	"validate_only_empty.json":         anyObject,
	"report_search_terms_stream.json": func(t *testing.T, b []byte) {
		if got := recorded[groupRow](t, b); len(got) != 1 || got[0].Campaign.ID != "11331000428" || got[0].AdGroup.ID != "131396279681" {
			t.Errorf("%+v", got)
		}
	},
	"search_one_row.json": func(t *testing.T, b []byte) {
		if got := recorded[campaignRow](t, b); len(got) != 1 || got[0].Campaign.ID != "24027360183" {
			t.Errorf("%+v", got)
		}
	},
	"token_response.json": anyObject, // read by x/oauth2
}

func anyObject(t *testing.T, b []byte) {
	t.Helper()
	if !json.Valid(b) {
		t.Error("not JSON")
	}
}

func checkErrorPayload(t *testing.T, name string, b []byte) {
	t.Helper()
	want := map[string]struct {
		status int
		kind   providers.Kind
		code   string
	}{
		"error_400_field_path.json":             {400, providers.Rejected, "offlineUserDataJobError.INVALID_SHA256_FORMAT"},
		"error_401_errorinfo.json":              {401, providers.Unauthorized, "CREDENTIALS_MISSING"},
		"error_403_developer_token_stream.json": {403, providers.Forbidden, "authorizationError.DEVELOPER_TOKEN_NOT_APPROVED"},
		"error_403_legacy_errors_stream.json":   {403, providers.Forbidden, ""},
	}[name]
	e := classify(want.status, http.Header{}, b, time.Now())
	if want.kind == 0 || e.Kind != want.kind || e.Code != want.code || strings.TrimSpace(e.Message) == "" {
		t.Errorf("%+v, want %+v", e, want)
	}
}
