package sim_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/providers/google/sim"
)

// Reading goes on while others write, load and move the clock; run with -race.
func TestReadingWhileWriting(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	camp := str(w.rows(first, "SELECT campaign.resource_name FROM campaign WHERE campaign.advertising_channel_type = 'SEARCH' AND campaign.status = 'ENABLED' LIMIT 1")[0], "campaign.resourceName")
	const n = 20
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range n {
				for _, q := range []string{"SELECT ad_group.id, ad_group.name, ad_group.primary_status, campaign.name FROM ad_group", "SELECT change_status.resource_name FROM change_status WHERE change_status.last_change_date_time DURING LAST_14_DAYS LIMIT 100",
					"SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE segments.date DURING LAST_7_DAYS"} {
					if a := w.search(first, q); a.status != 200 {
						t.Errorf("%d %s", a.status, a.text)
					}
				}
				w.sim.Accounts()
			}
		})
	}
	for k := range 2 {
		all.Go(func() {
			for i := range n {
				if a := w.mutate("adGroups", fmt.Sprintf(`{"create":{"name":"g %d %d","campaign":"%s"}}`, k, i, camp), ""); a.status != 200 {
					t.Errorf("%d %s", a.status, a.text)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 5 {
			if a := w.do("POST", "/_sim/load", fmt.Sprintf(`{"account":{"name":"L%d","currency":"USD"},"campaigns":[{"name":"c","status":"active","objective":"sales","groups":[]}]}`, i)); a.status != 200 {
				t.Errorf("%d %s", a.status, a.text)
			}
		}
	})
	all.Wait()
	if rows := w.rows(first, "SELECT ad_group.id FROM ad_group WHERE ad_group.name LIKE 'g %'"); len(rows) != 2*n {
		t.Errorf("%d ad groups", len(rows))
	}
}

func TestEveryKindOfTargeting(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	seen := map[string]bool{}
	for _, from := range []string{"campaign_criterion", "ad_group_criterion"} {
		for _, r := range w.rows(first, "SELECT "+from+".type, "+from+".negative FROM "+from) {
			for _, v := range r {
				o := v.(map[string]any)
				seen[str(o, "type")] = true
			}
		}
	}
	for kind := range strings.FieldsSeq(`LOCATION PROXIMITY LANGUAGE DEVICE AD_SCHEDULE AGE_RANGE GENDER INCOME_RANGE PARENTAL_STATUS USER_INTEREST USER_LIST
		CUSTOM_AUDIENCE COMBINED_AUDIENCE AUDIENCE KEYWORD TOPIC PLACEMENT YOUTUBE_CHANNEL YOUTUBE_VIDEO MOBILE_APPLICATION CARRIER OPERATING_SYSTEM_VERSION
		MOBILE_DEVICE CONTENT_LABEL IP_BLOCK`) {
		if !seen[kind] {
			t.Errorf("no criterion is a %s", kind)
		}
	}
	types := map[string]bool{}
	for _, r := range w.rows(first, "SELECT ad_group_ad.ad.type FROM ad_group_ad") {
		types[str(r, "adGroupAd.ad.type")] = true
	}
	if len(types) < 7 {
		t.Errorf("few kinds of ads: %v", types)
	}
}
