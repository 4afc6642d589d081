package meta

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
)

// TestPayloads runs bodies that others recorded through the code that reads their like. The folder is named by
// ADMUX_PAYLOADS. Those of reports have a test of their own.
func TestPayloads(t *testing.T) {
	t.Parallel()
	bodies := conformance.Payloads(t, "meta")
	if bodies == nil {
		t.Skip("no recorded bodies: ADMUX_PAYLOADS names no folder")
	}
	names, err := fs.Glob(bodies, "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d bodies, %v", len(names), err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, "insights_") || strings.HasPrefix(name, "async_") {
			continue
		}
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

// list decodes an edge as the adapter does, with the objects' own bytes kept.
func list[W any](t *testing.T, b []byte) ([]W, trailer) {
	t.Helper()
	var out []W
	var tr trailer
	err := data(bytes.NewReader(b), true, func(w *W, raw json.RawMessage) error {
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

// records decodes the elements of a list that were recorded one a line.
func records[W any](t *testing.T, b []byte) []W {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	out, _ := list[W](t, []byte(`{"data":[`+string(bytes.Join(lines, []byte(",")))+`]}`))
	return out
}

var payloadNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var payloadChecks = map[string]func(*testing.T, []byte){
	"account_record.ndjson": func(t *testing.T, b []byte) {
		o := organizationOf(&records[adAccount](t, b)[0], nil)
		if o.ID != "212551616838260" || o.Currency != "USD" || o.Status != normalize.StatusActive || o.ParentID != "1506473679510495" || o.CreatedAt.Unix() != 1586826299 {
			t.Errorf("%+v", o)
		}
	},
	"ads_list.json": func(t *testing.T, b []byte) {
		got, tr := list[ad](t, b)
		a := adOf(&got[0], payloadNow, nil)
		// Its campaign was archived: the ad's own switch still stands on.
		if a.Status != normalize.StatusActive || a.EffectiveStatus != normalize.EffectiveStatusArchived || a.GroupID != "23853619670380398" ||
			a.CampaignID != "23853619670350398" || a.CreativeIDs[0] != "23853666124230398" || a.CreatedAt.Unix() != 1679065471 {
			t.Errorf("%+v", a)
		}
		if next, err := tr.after(); next != "" || err != nil {
			t.Errorf("a list without paging goes on: %q %v", next, err)
		}
	},
	"adsets_list.json": func(t *testing.T, b []byte) {
		got, _ := list[adSet](t, b)
		g, err := groupOf(&got[0], "USD", payloadNow, nil)
		if err != nil || g.BudgetAmount.String() != "6" || g.BudgetPeriod != normalize.BudgetPeriodDaily || g.BidStrategy.PerformanceGoalAmount.String() != "0.99" ||
			g.EffectiveStatus != normalize.EffectiveStatusArchived || g.Promoted[0].Type != normalize.PromotedTypePageID || !*g.Targeting.Optimization.AdvantageAudience ||
			g.Targeting.Geographic.Countries[0].ID != "US" || len(g.Targeting.Geographic.LocationTypes) != 2 || *g.Targeting.Demographic.AgeMax != 65 {
			t.Errorf("%+v, %v", g, err)
		}
	},
	"creative_records.ndjson": func(t *testing.T, b []byte) {
		got := records[adCreative](t, b)
		c := creativeOf(&got[0], nil, nil)
		if c.ID != "23853630774830398" || c.CreativeType != normalize.CreativeTypeAssetBased || len(c.Texts.Bodies) != 4 || c.CTA != "SIGN_UP" ||
			c.ExternalCreativeReference != "112704783733939_660115876119531" || c.ItemID != "" || c.Identity != "112704783733939" ||
			!strings.HasPrefix(c.LinkURL, "https://airbyte.com/") || len(c.AssetURLs) != 1 || c.Title != "Introducing: our free connector program" {
			t.Errorf("%+v", c)
		}
	},
	"image_records.ndjson": func(t *testing.T, b []byte) {
		got := records[adImage](t, b)
		a := imageOf(&got[0], "212551616838260", nil)
		if a.ID != "c1e94a8768a405f0f212d71fe8336647" || *a.Width != 1200 || a.Type != normalize.AssetTypeImage || a.CreatedAt == nil {
			t.Errorf("%+v", a)
		}
		if account, hash, ok := imageHash(got[0].ID); !ok || account != "212551616838260" || hash != a.ID {
			t.Errorf("the node's id %q: %s %s %v", got[0].ID, account, hash, ok)
		}
	},
	"pages_list.json": func(t *testing.T, b []byte) { // an element holds the page's token, which the adapter does not ask for
		got, tr := list[named](t, b)
		if next, err := tr.after(); len(got) != 1 || got[0].ID != "1148671018324630" || next != "" || err != nil {
			t.Errorf("%+v %q %v", got, next, err)
		}
	},
	"page_feed_next.json": func(t *testing.T, b []byte) {
		got, tr := list[named](t, b)
		if next, err := tr.after(); len(got) != 3 || next == "" || next != tr.Paging.Cursors.After || err != nil {
			t.Errorf("%d, %q %v", len(got), next, err)
		}
	},
	"empty_list.json": func(t *testing.T, b []byte) {
		got, tr := list[named](t, b)
		if next, err := tr.after(); len(got) != 0 || next != "" || err != nil {
			t.Errorf("%+v %q %v", got, next, err)
		}
	},
	"activity_audience_records.ndjson": func(t *testing.T, b []byte) {
		for _, s := range records[searched](t, b) {
			if s.ID != "" && targetOf(&s, normalize.TargetTypeUserList).ID != s.ID.String() {
				t.Errorf("%+v", s)
			}
		}
	},
	// Of calls that the adapter does not make: they only have to be JSON as its decoder knows it.
	"audience_users_delete.json": func(t *testing.T, b []byte) {
		if err := hidden(b); err != nil {
			t.Error(err)
		}
	},
	"webhook_leadgen.json": func(t *testing.T, b []byte) {
		if err := hidden(b); err != nil {
			t.Error(err)
		}
	},
	"batch_error_and_null.json": func(t *testing.T, b []byte) {
		var answers []*struct {
			Code int    `json:"code"`
			Body string `json:"body"`
		}
		if err := json.Unmarshal(b, &answers); err != nil || len(answers) != 2 || answers[1] != nil {
			t.Fatal(err)
		}
		if err := understood(answers[0].Code, nil, []byte(answers[0].Body), &struct{}{}); err == nil || err.Error() == "" {
			t.Errorf("%v", err)
		}
	},
}

// checkErrorPayload: the status of each is as its keeper noted it.
func checkErrorPayload(t *testing.T, name string, b []byte) {
	t.Helper()
	want := map[string]struct {
		status int
		kind   providers.Kind
		code   string
	}{
		"error_100_1815573_immutable.json":     {400, providers.Conflict, "100/1815573"},
		"error_100_2446386_image.json":         {400, providers.Rejected, "100/2446386"},
		"error_100_2804003_validation.json":    {400, providers.Rejected, "100/2804003"},
		"error_100_33_missing_object.json":     {400, providers.NotFound, "100/33"},
		"error_17_user_limit.json":             {400, providers.RateLimited, "17"},
		"error_190_458_not_authorized.json":    {400, providers.Unauthorized, "190/458"},
		"error_190_463_expired.json":           {400, providers.Unauthorized, "190/463"},
		"error_190_impersonate_multiline.json": {400, providers.Forbidden, "190"},
		"error_1_reduce_data.json":             {500, providers.Unavailable, "1"},
		"error_200_requires_permission.json":   {403, providers.Forbidden, "200"},
		"error_294_permission.json":            {400, providers.Forbidden, "294"},
		"error_2_transient.json":               {400, providers.Unavailable, "2"},
		"error_613_custom_limit.json":          {400, providers.RateLimited, "613/5044001"},
		"error_80000_rate_limit.json":          {400, providers.RateLimited, "80000/2446079"},
	}
	c, known := want[name]
	if !known {
		t.Fatalf("no expectation for %s", name)
	}
	e := classify(c.status, http.Header{}, b)
	if e.Kind != c.kind || e.Code != c.code || e.Message == "" || strings.Contains(e.Message, "\n") || e.Status != c.status {
		t.Errorf("%+v, want %+v", e, c)
	}
}
