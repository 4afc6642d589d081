package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/admux/admux/providers/tiktok/sim"
)

// TestManyAtOnce: readers, writers and a growing world do not trip each other.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	report := obj{"advertiser_id": adv, "report_type": "BASIC", "data_level": "AUCTION_CAMPAIGN", "dimensions": []string{"campaign_id"}, "metrics": []string{"spend", "campaign_name"}, "start_date": "2026-11-01", "end_date": "2026-11-20"}
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			for n := range 5 {
				w.get("/adgroup/get/", obj{"advertiser_id": adv})
				w.get("/report/integrated/get/", report)
				w.post("/campaign/create/", change(campaignBody(w), obj{"request_id": fmt.Sprint(100*i + n)}))
				w.post("/report/task/create/", daily(adv))
				if n == 2 {
					w.control(http.MethodPost, "load", strings.Replace(acme, "loaded", fmt.Sprint("loaded ", i), 1))
				}
			}
		})
	}
	wait.Wait()
	if n := len(w.walk("/campaign/get/", obj{"advertiser_id": adv, "page_size": 1000})); n < 30 {
		t.Errorf("%d campaigns", n)
	}
	if n := len(w.sim.Accounts()); n != 8+6 {
		t.Errorf("%d accounts", n)
	}
}
