package sim_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/providers/tiktok/sim"
)

func number(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestListsTurnPages: ten a page unless asked otherwise, the newest id first, an
// empty page past the end.
func TestListsTurnPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	for path, id := range map[string]string{"/campaign/get/": "campaign_id", "/adgroup/get/": "adgroup_id", "/ad/get/": "ad_id"} {
		first := w.data(w.get(path, obj{"advertiser_id": adv}))
		if n := len(rows(first)); n > 10 || text(first, "page_info", "page_size") != "10" {
			t.Errorf("%s: %d rows on a page", path, n)
		}
		all := w.walk(path, obj{"advertiser_id": adv, "page_size": 7, "filtering": obj{"primary_status": "STATUS_ALL"}})
		last := int64(1) << 62
		for _, o := range all {
			n := number(t, text(o, id))
			if n >= last {
				t.Errorf("%s: %d after %d", path, n, last)
			}
			last = n
		}
		past := w.data(w.get(path, obj{"advertiser_id": adv, "page": 999}))
		if len(rows(past)) != 0 {
			t.Errorf("%s: rows past the end", path)
		}
		wantRefused(t, w.get(path, obj{"advertiser_id": adv, "page_size": 1001}), "40002", "page_size")
		wantRefused(t, w.get(path, obj{"advertiser_id": adv, "fields": []string{"nonsense"}}), "40002", "nonsense")
		wantRefused(t, w.get(path, obj{"advertiser_id": adv, "filtering": `[{"field_name":"x"}]`}), "40002", "filtering")
	}
	wantRefused(t, w.get("/smart_plus/ad/get/", obj{"advertiser_id": adv, "page_size": 101}), "40002", "page_size")
}

// TestDeletedObjectsAreHidden: they come only when asked for.
func TestDeletedObjectsAreHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	shown := w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000})
	gone := w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000, "filtering": obj{"primary_status": "STATUS_DELETE"}})
	all := w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000, "filtering": obj{"secondary_status": "AD_STATUS_ALL"}})
	if len(gone) == 0 || len(shown)+len(gone) != len(all) {
		t.Errorf("%d shown, %d deleted, %d in all", len(shown), len(gone), len(all))
	}
	for _, o := range gone {
		if !strings.HasSuffix(text(o, "secondary_status"), "DELETE") {
			t.Errorf("a deleted ad is %s", text(o, "secondary_status"))
		}
	}
}

// TestThreeAdIDs: a Smart+ ad's creatives have ids of their own, and
// ad_id_v2 is what Smart+ calls smart_plus_ad_id.
func TestThreeAdIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	smart := w.walk("/smart_plus/ad/get/", obj{"advertiser_id": adv, "page_size": 100})
	if len(smart) == 0 {
		t.Fatal("no Smart+ ad")
	}
	id := text(smart[0], "smart_plus_ad_id")
	byV2 := w.walk("/ad/get/", obj{"advertiser_id": adv, "filtering": obj{"ad_ids_v2": []string{id}}})
	if len(byV2) != 1 || text(byV2[0], "campaign_automation_type") != "UPGRADED_SMART_PLUS" || text(byV2[0], "ad_id_v2") != id {
		t.Errorf("by ad_ids_v2: %v", byV2)
	}
	creatives := 0
	for _, o := range w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000}) {
		if text(o, "smart_plus_ad_id") != id {
			continue
		}
		creatives++
		if _, has := o["modify_time"]; has || text(o, "ad_id") == id || text(o, "campaign_automation_type") != "UPGRADED_SMART_PLUS_CREATIVE" {
			t.Errorf("creative %v", o)
		}
	}
	list, _ := smart[0]["creative_list"].([]any)
	if creatives == 0 || creatives != len(list) {
		t.Errorf("%d creatives in the ads, %d in the Smart+ ad", creatives, len(list))
	}
	campaign := w.walk("/campaign/get/", obj{"advertiser_id": adv, "filtering": obj{"campaign_ids": []string{text(smart[0], "campaign_id")}}})
	if len(campaign) != 1 || text(campaign[0], "campaign_automation_type") != "UPGRADED_SMART_PLUS" {
		t.Errorf("campaign %v", campaign)
	}
}

// TestAccounts: currencies, zones with POSIX's sign, seconds since 1970.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	app := w.sim.App()
	listed := rows(w.data(w.get("/oauth2/advertiser/get/", obj{"app_id": app.ClientID, "secret": app.ClientSecret})))
	ids := make([]string, 0, len(listed))
	for _, o := range listed {
		ids = append(ids, text(o, "advertiser_id"))
	}
	if len(ids) != 7 || slices.Contains(ids, w.account(6)) {
		t.Fatalf("listed %v", ids)
	}
	info := rows(w.data(w.get("/advertiser/info/", obj{"advertiser_ids": ids})))
	currencies := map[string]bool{}
	for _, o := range info {
		currencies[text(o, "currency")] = true
		if _, ok := o["create_time"].(json.Number); !ok {
			t.Errorf("create_time %v", o["create_time"])
		}
	}
	if !currencies["EUR"] || !currencies["USD"] || !currencies["JPY"] || !currencies["HUF"] {
		t.Errorf("currencies %v", currencies)
	}
	if text(info[1], "timezone") != "Etc/GMT+8" || text(info[1], "display_timezone") != "America/Los_Angeles" || text(info[4], "status") != "STATUS_LIMIT" {
		t.Errorf("accounts %v %v", info[1], info[4])
	}
	few := rows(w.data(w.get("/advertiser/info/", obj{"advertiser_ids": ids[:1], "fields": []string{"name", "currency"}})))
	if len(few[0]) != 3 {
		t.Errorf("fields: %v", few[0])
	}
	wantRefused(t, w.get("/advertiser/info/", obj{"advertiser_ids": slices.Repeat(ids[:1], 101)}), "40002", "advertiser_ids")
	wantRefused(t, w.get("/advertiser/info/", obj{"advertiser_ids": []string{w.account(6)}}), "40001", w.account(6))
	wantRefused(t, w.get("/campaign/get/", obj{"advertiser_id": w.account(6)}), "40001", w.account(6))
}

// TestFiltersNarrow: each filter leaves the rows that fit.
func TestFiltersNarrow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	all := w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000})
	group := text(all[0], "adgroup_id")
	mine := w.walk("/ad/get/", obj{"advertiser_id": adv, "page_size": 1000, "filtering": obj{"adgroup_ids": []string{group}}})
	want := 0
	for _, o := range all {
		if text(o, "adgroup_id") == group {
			want++
		}
	}
	if len(mine) != want || want == 0 {
		t.Errorf("%d of the ad group, want %d", len(mine), want)
	}
	if late := w.walk("/ad/get/", obj{"advertiser_id": adv, "filtering": obj{"modified_after": "2026-11-24 12:00:00"}}); len(late) != 0 {
		t.Errorf("%d modified after now", len(late))
	}
	if top := w.walk("/campaign/get/", obj{"advertiser_id": adv, "filtering": obj{"buying_types": []string{"RESERVATION_TOP_VIEW"}}}); len(top) != 0 {
		t.Errorf("%d TopView campaigns", len(top))
	}
	wantRefused(t, w.get("/campaign/get/", obj{"advertiser_id": adv, "filtering": obj{"campaign_ids": slices.Repeat([]string{"1"}, 101)}}), "40002", "campaign_ids")
	wantRefused(t, w.get("/campaign/get/", obj{"advertiser_id": adv, "filtering": obj{"colour": "red"}}), "40002", "colour")
}
