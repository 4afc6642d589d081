package linkedin

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/conformance"
)

// TestPayloads runs bodies that others recorded through the code that reads their like. The folder is named by
// ADMUX_PAYLOADS.
func TestPayloads(t *testing.T) {
	t.Parallel()
	bodies := conformance.Payloads(t, "linkedin")
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

// read decodes a list as the adapter does, with the objects' own bytes kept.
func read[W any](t *testing.T, b []byte) ([]W, trailer) {
	t.Helper()
	var out []W
	var tr trailer
	err := elements(bytes.NewReader(b), true, func(w *W, raw json.RawMessage) error {
		if !json.Valid(raw) {
			t.Errorf("raw is not the object: %q", raw)
		}
		out = append(out, *w)
		return nil
	}, &tr)
	if err != nil {
		t.Fatal(err)
	}
	return out, tr
}

var payloadChecks = map[string]func(*testing.T, []byte){
	"accounts_search_fields.json": func(t *testing.T, b []byte) {
		got, _ := read[adAccount](t, b)
		o := organizationOf(&got[0], nil)
		if len(got) != 2 || o.ID != "1234567" || o.Name != "Ad Account A" || o.Timezone != "UTC" || o.Status != normalize.StatusUnspecified {
			t.Errorf("%+v", o)
		}
	},
	"campaign_get.json": func(t *testing.T, b []byte) {
		var w campaign
		if err := json.Unmarshal(b, &w); err != nil {
			t.Fatal(err)
		}
		checkCampaignGet(t, groupOf(&w, "506289162", map[string]string{"urn:li:geo:103644278": "United States", "urn:li:locale:en_US": "English"}, nil))
	},
	"campaigns_search.json": func(t *testing.T, b []byte) {
		got, tr := read[campaign](t, b)
		if len(got) != 2 || tr.Metadata.NextPageToken != "" {
			t.Fatalf("%d campaigns, token %q", len(got), tr.Metadata.NextPageToken)
		}
		for i := range got {
			g := groupOf(&got[i], "1", nil, nil)
			if g.ID == "" || g.CampaignID == "" || g.BudgetAmount == nil || g.EffectiveStatus == "" {
				t.Errorf("%+v", g)
			}
		}
		// The keeper of this body has put words into enumerations that LinkedIn does not have.
		if g := groupOf(&got[0], "1", nil, nil); g.CreativeSelection != "" || g.Type != normalize.ChannelText || g.OptimizationGoal != normalize.OptimizationGoalLinkClicks {
			t.Errorf("an unknown word of an enumeration: %+v", g)
		}
	},
	"campaigns_fields_page_links.json": func(t *testing.T, b []byte) {
		got, tr := read[campaign](t, b)
		if len(got) != 4 || got[0].ID != "12345" || !tr.more(4, 4) {
			t.Errorf("%d campaigns; the link to another page is missed", len(got))
		}
	},
	"creatives_search_page.json": func(t *testing.T, b []byte) {
		got, tr := read[creative](t, b)
		ad := adOf(&got[0], "520866471", nil, contentOf(&got[0], nil), nil)
		c := creativeOf(&got[0], "520866471", nil, nil, nil)
		if tr.Metadata.NextPageToken == "" || ad.ID != "119962155" || ad.GroupID != "360035215" || ad.Status != normalize.StatusDraft ||
			ad.EffectiveStatus != normalize.EffectiveStatusPending || c.Status != normalize.StatusDraft ||
			c.ExternalCreativeReference != "urn:li:share:6778045555198214144" || c.ItemID != "6778045555198214144" || !ad.CreatedAt.Equal(time.UnixMilli(1624249280000)) {
			t.Errorf("%+v\n%+v", ad, c)
		}
	},
	"conversions_list.json": func(t *testing.T, b []byte) {
		got, tr := read[named](t, b)
		if len(got) != 4 || got[2].ID != "10991460" || got[2].title() != "Online Test" || tr.more(4, 4) {
			t.Errorf("%+v, total -1 taken for more: %v", got, tr.more(4, 4))
		}
	},
	"lead_forms.json": func(t *testing.T, b []byte) {
		got, tr := read[named](t, b)
		if len(got) != 1 || got[0].ID != "7992706" || got[0].title() != "swedish - Jul 26, 2023" || !tr.more(1, 1) {
			t.Errorf("%+v; the list was cut to one of four by its keeper, total says so: %v", got, tr.more(1, 1))
		}
	},
	"account_users_authenticated.json": func(t *testing.T, b []byte) { // not read by the adapter; its paging is
		got, tr := read[json.RawMessage](t, b)
		if len(got) != 3 || tr.more(3, 3) {
			t.Errorf("a count of 2147483647: %d elements, more %v", len(got), tr.more(3, 3))
		}
	},
	"analytics_by_country.json": func(t *testing.T, b []byte) {
		r := &run{s: &shape{source: levelSources[0]}, entities: newEntities(normalize.LevelOrganization, normalize.Organization{ID: "1"}), dims: newDimensions(), stage: newTable(1)}
		a := ask{granularity: daily, pivots: []string{"MEMBER_COUNTRY_V2"}, columns: []string{"costInUsd"}}
		var costs []string
		w := newAnalytics(a.columns)
		rows, tr, err := w.read(bytes.NewReader(b), func() error {
			// The connector that recorded it left pivotValues out of fields: such rows cannot be told apart, and must fail.
			if err := r.put(w, a, 0); err == nil {
				t.Error("a row that does not say what it is of is taken")
			}
			if d, err := w.begins(); err != nil || d.String() != "2023-01-02" {
				t.Errorf("day %v, %v", d, err)
			}
			costs = append(costs, w.values[0].D.String())
			return nil
		})
		if err != nil || rows != 2 || cutShort(rows, &tr) || strings.Join(costs, " ") != "0 100" {
			t.Errorf("%d rows, costs %v (dust is 0), %v", rows, costs, err)
		}
	},
	// Of resources that the adapter does not read: they only have to be lists and objects as its decoder knows them.
	"audience_counts.json":         func(t *testing.T, b []byte) { read[json.RawMessage](t, b) },
	"conversion_events_batch.json": func(t *testing.T, b []byte) { read[json.RawMessage](t, b) },
	"lead_form_response.json": func(t *testing.T, b []byte) {
		var w named // its id is no number
		if err := json.Unmarshal(b, &w); err != nil || w.ID.String() != "249592fc-d272-44ba-a7db-c2bdce579507-6" {
			t.Errorf("%+v %v", w, err)
		}
	},
}

func checkCampaignGet(t *testing.T, g normalize.Group) {
	t.Helper()
	switch {
	case g.ID != "141049524", g.CampaignID != "602277684", g.Status != normalize.StatusActive, g.EffectiveStatus != normalize.EffectiveStatusNotEligible:
		t.Errorf("identity and status: %+v", g)
	case g.BudgetAmount.String() != "1800", g.BudgetPeriod != normalize.BudgetPeriodDaily, g.Currency != "USD":
		t.Errorf("budget: %+v", g)
	case g.BidStrategy.Type != normalize.BidStrategyTypeFixedBid, g.BidAmount.String() != "15", g.BillingEvent != normalize.BillingEventLinkClicks,
		g.OptimizationGoal != normalize.OptimizationGoalLinkClicks:
		t.Errorf("bid: %+v", g.BidStrategy)
	case *g.FrequencyCap.MaxImpressions != 10, *g.FrequencyCap.TimeUnitCount != 7, g.FrequencyCap.TimeUnit != normalize.TimeUnitDays:
		t.Errorf("frequency: %+v", g.FrequencyCap)
	case g.EndAt.Year() != 2282, g.LanguageLocale != "en-US", g.HasEUPoliticalAds != nil, g.Type != "":
		t.Errorf("the rest: %+v", g)
	case g.Targeting.Geographic.Countries[0] != normalize.TargetRef{ID: "urn:li:geo:103644278", Name: "United States"},
		len(g.Targeting.Professional.Companies) != 1, g.Targeting.Language[0].ID != "urn:li:locale:en_US",
		strings.Join(g.Targeting.Placement.Platforms, " ") != onLinkedIn, *g.Targeting.Optimization.AdvantageAudience:
		t.Errorf("targeting: %+v", g.Targeting)
	}
}

// checkErrorPayload: the name of an error body begins with its status.
func checkErrorPayload(t *testing.T, name string, b []byte) {
	t.Helper()
	want := map[string]providers.Kind{
		"error_400_no_code.json": providers.Invalid, "error_400_too_many_entities.json": providers.Invalid, "error_401_revoked.json": providers.Unauthorized,
		"error_422_duplicate_post.json": providers.Conflict, "error_422_index_lines.json": providers.Rejected, "error_429_rate_limit.json": providers.RateLimited,
	}
	status, err := strconv.Atoi(strings.Split(name, "_")[1])
	if err != nil {
		t.Fatal(err)
	}
	e := classify(status, http.Header{}, b, false, time.Now())
	kind, known := want[name]
	if !known {
		t.Fatalf("no expectation for %s", name)
	}
	if e.Kind != kind || e.Message == "" || e.Status != status {
		t.Errorf("%+v, want %v", e, kind)
	}
	if name == "error_401_revoked.json" {
		if young := classify(status, http.Header{}, b, true, time.Now()); young.Kind != providers.Unavailable || young.RetryAfter == 0 {
			t.Errorf("of a young token: %+v", young)
		}
	}
}
