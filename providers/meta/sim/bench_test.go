package sim_test

import (
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

func TestALargeAccountIsMadeAndListedQuickly(t *testing.T) {
	t.Parallel()
	start := time.Now()
	w := newWorld(t, sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true})
	made := time.Since(start)
	start = time.Now()
	ads, pages := w.walk(accountID(w, 0)+"/ads", "limit", "500", "fields", "id,name,status,effective_status,adset_id,campaign_id,creative{id}")
	listed := time.Since(start)
	if len(ads) != 2000 || pages != 4 {
		t.Errorf("%d ads on %d pages", len(ads), pages)
	}
	if made > time.Second || listed > 5*time.Second {
		t.Errorf("made in %s, listed in %s", made, listed)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		sim.New(sim.Options{Accounts: 1, Campaigns: 10, Groups: 10, Ads: 20, HistoryDays: 1095, Dense: true, Now: func() time.Time { return noon }})
	}
}
