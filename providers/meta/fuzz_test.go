package meta

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Every decoder of what Meta sends must take any bytes: an error, never a panic and never a made-up number.

func FuzzObjects(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"act_1","account_id":"1","account_status":1,"created_time":"2021-03-02T10:11:12+0100","business":{"id":"5"}}],"paging":{"cursors":{"after":"x"},"next":"https://graph.facebook.com/?after=x"}}`))
	f.Add([]byte(`{"data":[{"id":"1","daily_budget":"5000","bid_amount":12,"targeting":{"flexible_spec":[{"interests":[{"id":"6"}],"education_statuses":[3]}],"genders":[2],"geo_locations":{"cities":[{"key":"1","radius":10}]}},"adset_schedule":[{"days":[0],"start_minute":1}]}]}`))
	f.Add([]byte(`{"data":[{"id":"1","object_story_spec":{"link_data":{"child_attachments":[{"name":"a"}]}},"asset_feed_spec":{"bodies":[{"text":"b"}]}}]}`))
	f.Add([]byte(`{"data":[{"key":6,"name":"x","type":"city","region_id":1500,"audience_size_lower_bound":3}]}`))
	f.Add([]byte(`{"error":{"code":190}}`))
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, b []byte) {
		var tr trailer
		_ = data(bytes.NewReader(b), true, func(w *adAccount, raw json.RawMessage) error { organizationOf(w, raw); return nil }, &tr)
		_ = data(bytes.NewReader(b), false, func(w *campaign, _ json.RawMessage) error {
			c, err := campaignOf(w, "EUR", now, nil)
			if err == nil && c.BudgetAmount != nil && c.BudgetAmount.IsZero() {
				t.Error("no budget is a budget of 0")
			}
			return nil
		}, &tr)
		_ = data(bytes.NewReader(b), false, func(w *adSet, _ json.RawMessage) error { _, _ = groupOf(w, "JPY", now, nil); return nil }, &tr)
		_ = data(bytes.NewReader(b), false, func(w *ad, _ json.RawMessage) error { adOf(w, now, nil); return nil }, &tr)
		_ = data(bytes.NewReader(b), false, func(w *adCreative, _ json.RawMessage) error { creativeOf(w, nil, nil); return nil }, &tr)
		_ = data(bytes.NewReader(b), false, func(w *adImage, _ json.RawMessage) error { imageOf(w, "1", nil); return nil }, &tr)
		_ = data(bytes.NewReader(b), false, func(w *adVideo, _ json.RawMessage) error { videoOf(w, "1", nil); return nil }, &tr)
		err := data(bytes.NewReader(b), false, func(w *searched, _ json.RawMessage) error {
			for _, s := range targetSources {
				targetOf(w, s.kind)
			}
			return nil
		}, &tr)
		_, _ = tr.after()
		if err == nil && !json.Valid(b) && bytes.Equal(bytes.ToValidUTF8(b, nil), b) {
			t.Errorf("%q is not JSON and was taken", b)
		}
	})
}

func FuzzErrors(f *testing.F) {
	f.Add(400, []byte(`{"error":{"message":"m","code":100,"error_data":"{\"blame_field_specs\":[[\"a\",1]]}"}}`), `{"1":[{"type":"ads_management"}]}`)
	f.Add(200, []byte(`{"error":{}}`), "")
	f.Add(503, []byte("<html>"), "{")
	f.Fuzz(func(t *testing.T, status int, b []byte, usage string) {
		h := http.Header{"X-Business-Use-Case-Usage": {usage}, "X-App-Usage": {usage}, "X-Ad-Account-Usage": {usage}, "X-Fb-Ads-Insights-Throttle": {usage}}
		e := classify(status, h, b)
		if e == nil || e.Kind < providers.Invalid || e.Kind > providers.Malformed || strings.TrimSpace(e.Message) == "" || e.RetryAfter < 0 {
			t.Errorf("%d %q: %+v", status, b, e)
		}
		l := lanesFor(&notes{})
		for _, r := range l.readings(lane{account: "1"}, quotasOf(h)) {
			if s := r.state(limitsNow); s.Block < 0 || s.Gap < 0 || s.Gap > widestGap || s.Remaining < 0 || s.Remaining > 100 {
				t.Errorf("%q: %+v", usage, s)
			}
		}
	})
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{`"2026-11-05T09:30:00-0800"`, `1763800000`, `"1763800000"`, `0`, `null`, `""`, `"x"`, `"-01"`, `"0000-01-01T00:00:00+0000"`, `1e400`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s stamp
		if s.UnmarshalJSON(b) == nil {
			if at := s.time(); at != nil && (at.Year() < 1970 || at.Year() > 9999) {
				t.Errorf("%q is %v", b, at)
			}
		}
	})
}

func FuzzPlaces(f *testing.F) {
	f.Add([]byte(`{"cities":{"1":{"key":"1","name":"x"}}}`))
	f.Add([]byte(`[{"key":"1"}]`))
	f.Add([]byte(`{"countries":[{"key":"DE"}]}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, p := range placesOf(b) {
			var s searched
			if json.Unmarshal(p, &s) == nil {
				targetOf(&s, normalize.TargetTypeCity)
			}
		}
	})
}
