package google

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// Every decoder of what Google sends must take any bytes: an error, never a panic and never a made-up number.

func FuzzRows(f *testing.F) {
	f.Add([]byte(`{"results":[{"campaign":{"id":"112","maximizeConversions":{"targetCpaMicros":"12000000"},"startDateTime":"2026-12-01 00:00:00","endDateTime":"2026-12-31 23:59:59"},"campaignBudget":{"amountMicros":"25000000","period":"DAILY"}}],"requestId":"x"}`))
	f.Add([]byte(`{"results":[{"adGroup":{"id":"1","cpcBidMicros":"800000","targetRoas":3.5},"campaign":{"id":"2","biddingStrategyType":"MANUAL_CPC"}}]}`))
	f.Add([]byte(`{"results":[{"adGroupAd":{"status":"ENABLED","ad":{"id":"3","responsiveSearchAd":{"headlines":[{"text":"a"}]},"finalUrls":["https://x.example"]}}}]}`))
	f.Add([]byte(`{"results":[{"campaignCriterion":{"type":"AD_SCHEDULE","adSchedule":{"dayOfWeek":"MONDAY","startHour":9,"endHour":24}}},{"adGroupCriterion":{"type":"AGE_RANGE","negative":true,"ageRange":{"type":"AGE_RANGE_65_UP"}}}]}`))
	f.Add([]byte(`{"results":[{"asset":{"id":"7","type":"IMAGE","imageAsset":{"fileSize":"12","fullSize":{"widthPixels":"600"}}}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := account{ID: "1", Currency: "EUR", Zone: "Europe/Berlin"}
		loc, err := zoneOf(a)
		if err != nil {
			t.Fatal(err)
		}
		readAny(b, func(r *campaignRow) {
			c := campaignOf(r, a, loc, nil)
			checkAmount(t, c.BudgetAmount)
			campaignTargeting(nil, &r.Campaign)
		})
		readAny(b, func(r *groupRow) {
			g := groupOf(r, a, nil)
			checkAmount(t, g.BidAmount)
			groupOfAssets(r, a, nil)
			groupTargeting(nil, &r.AdGroup)
		})
		readAny(b, func(r *adRow) {
			adOf(r, a, nil)
			creativeOf(r, a, nil)
			creativeOfAssets(r, a, content{}, nil)
		})
		tr := &targeting{}
		readAny(b, func(r *criterionRow) {
			tr.add(&r.CampaignCriterion)
			tr.add(&r.AdGroupCriterion)
		})
		tr.whole()
		readAny(b, func(r *assetRow) { assetOf(&r.Asset, a, nil) })
		readAny(b, func(r *targetRow) {
			for _, s := range targetSources {
				s.of(r)
			}
		})
		readAny(b, func(r *promotedRow) {
			for _, s := range promotedSources {
				s.of(r)
			}
		})
		readAny(b, func(r *customerClientRow) {
			(&tree{login: map[string]string{}, names: map[string]string{}}).add("1", *r)
		})
	})
}

// readAny reads what can be read of an answer.
func readAny[W any](b []byte, each func(*W)) {
	var tr searchTrailer
	_ = rest.Elements(bytes.NewReader(b), "results", func(w *W) error { each(w); return nil }, &tr)
}

// checkAmount: an amount of micros has at most six digits after the point more than the wire's.
func checkAmount(t *testing.T, d *normalize.Decimal) {
	t.Helper()
	if d == nil {
		return
	}
	if back, err := normalize.ParseDecimal(d.String()); err != nil || back.Cmp(*d) != 0 {
		t.Errorf("%v is not what it says: %v", d, err)
	}
}

func FuzzErrors(f *testing.F) {
	f.Add(429, []byte(`{"error":{"code":429,"message":"m","details":[{"@type":"x.GoogleAdsFailure","errors":[{"errorCode":{"quotaError":"RESOURCE_EXHAUSTED"},"details":{"quotaErrorDetails":{"retryDelay":"5s"}}}]}]}}`))
	f.Add(401, []byte(`[{"error":{"code":401,"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_EXPIRED"}]}}]`))
	f.Add(503, []byte("<html>"))
	f.Fuzz(func(t *testing.T, status int, b []byte) {
		e := classify(status, http.Header{}, b, time.Now())
		if e == nil || e.Kind < providers.Invalid || e.Kind > providers.Malformed || strings.TrimSpace(e.Message) == "" || e.RetryAfter < 0 {
			t.Errorf("%d %q: %+v", status, b, e)
		}
	})
}

// FuzzQuoting: whatever a caller writes stays inside its quotes.
func FuzzQuoting(f *testing.F) {
	for _, s := range []string{"O'Brien", `\`, `\'`, "' OR 1=1", "100%", "[x]", "a_b", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		condition, ok := contains("campaign.name", s)
		if !ok {
			return
		}
		text, found := strings.CutPrefix(condition, "campaign.name LIKE ")
		if !found || unquoted(text) == nil || len(unquoted(text)) != 1 {
			t.Fatalf("%q leaves its quotes: %s", s, condition)
		}
		if got := unquoted(gaqlString(s)); len(got) != 1 || got[0] != s {
			t.Errorf("%q is quoted as %s", s, gaqlString(s))
		}
		if list := unquoted(gaqlStrings([]string{s, s})); len(list) != 2 {
			t.Errorf("%q breaks a list: %q", s, list)
		}
	})
}

// unquoted reads the texts of a piece of GAQL; nil when it holds something between them that is not a list's.
func unquoted(s string) []string {
	var out []string
	var b strings.Builder
	in := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case in && c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case in && c == '\'':
			in = false
			out = append(out, b.String())
			b.Reset()
		case in:
			b.WriteByte(c)
		case c == '\'':
			in = true
		case !strings.ContainsRune("(), ", rune(c)):
			return nil
		}
	}
	if in {
		return nil
	}
	return out
}

func FuzzIDs(f *testing.F) {
	for _, s := range []string{"1", "assetgroup:1", "1~2", "~", "1~2~3", "assetgroup:", "9223372036854775808", "+1", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if number, asset, ok := parseGroup(s); ok && (!json.Valid([]byte(strings.TrimLeft(number, "0")+"0")) || asset && assetGroupID(number) != s || !asset && number != s) {
			t.Errorf("group %q: %q %v", s, number, asset)
		}
		if group, ad, asset, ok := parseAd(s); ok && (asset && assetGroupID(group) != s || !asset && adID(group, ad) != s) {
			t.Errorf("ad %q: %q %q %v", s, group, ad, asset)
		}
	})
}
