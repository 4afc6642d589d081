package simkit

import (
	"testing"
	"time"
)

func testWorld(t testing.TB, zone string) (*World, time.Time) {
	t.Helper()
	epoch := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	return NewWorld(Options{Seed: 7, Epoch: epoch, Zone: zone}), epoch
}

func TestDayIsTheSumOfItsHours(t *testing.T) {
	t.Parallel()
	w, now := testWorld(t, "Europe/Berlin")
	for name, c := range map[string]struct {
		day   Day
		hours int
	}{
		"ordinary":    {Date(2026, 6, 3), 24},
		"clocks back": {Date(2026, 10, 25), 25},
		"forward":     {Date(2026, 3, 29), 23},
	} {
		found := 0
		for ad := range w.Accounts[0].AllAds {
			hours := w.Hours(ad, c.day, now)
			if len(hours) != c.hours {
				t.Fatalf("%s: %d hours, want %d", name, len(hours), c.hours)
			}
			var sum Fact
			for i := range hours {
				sum.Add(&hours[i])
			}
			if day := w.Day(ad, c.day, now); sum != day {
				t.Fatalf("%s: ad %d: hours %v, day %v", name, ad.ID, sum, day)
			} else if !day.IsZero() {
				found++
			}
		}
		if found == 0 {
			t.Errorf("%s: no ad delivered", name)
		}
	}
}

func TestHalfHourZoneStartsItsDaysAtHalfPast(t *testing.T) {
	t.Parallel()
	w, _ := testWorld(t, "")
	loc := w.Accounts[4].Loc
	if got := Date(2026, 1, 5).Start(loc).UTC().Minute(); got != 30 {
		t.Errorf("%s: day starts at minute %d of UTC, want 30", loc, got)
	}
}

func TestSplitsSumExactlyToTheWhole(t *testing.T) {
	t.Parallel()
	w, now := testWorld(t, "UTC")
	for _, a := range w.Accounts {
		n := 0
		for ad := range a.AllAds {
			day := Date(2026, 9, 1+n%28)
			f := w.Day(ad, day, now)
			n++
			for dim := Country; dim <= Gender; dim++ {
				var sum Fact
				for _, part := range w.SplitBy(ad, day, &f, dim) {
					sum.Add(&part)
					if part[Cost]%a.minor != 0 {
						t.Fatalf("cost %d splits below the minor unit of %s", part[Cost], a.Currency)
					}
				}
				if sum != f {
					t.Fatalf("ad %d by %d: parts %v, whole %v", ad.ID, dim, sum, f)
				}
			}
		}
	}
}

func TestConversionsArriveLateAndSettle(t *testing.T) {
	t.Parallel()
	w, now := testWorld(t, "UTC")
	day := w.Epoch() - 1
	var fresh, settled, later Fact
	for ad := range w.Accounts[0].AllAds {
		a, b, c := w.Day(ad, day, now), w.Day(ad, day, now.Add(40*24*time.Hour)), w.Day(ad, day, now.Add(400*24*time.Hour))
		fresh.Add(&a)
		settled.Add(&b)
		later.Add(&c)
		if a[Impressions] != b[Impressions] {
			t.Errorf("ad %d: impressions changed from %d to %d", ad.ID, a[Impressions], b[Impressions])
		}
	}
	if fresh.Conversions() >= settled.Conversions() {
		t.Errorf("conversions %d the day after, %d once settled: nothing arrived late", fresh.Conversions(), settled.Conversions())
	}
	if fresh[Clicks] <= settled[Clicks] || fresh[Cost] <= settled[Cost] {
		t.Errorf("clicks %d → %d, cost %d → %d: invalid clicks were not taken out", fresh[Clicks], settled[Clicks], fresh[Cost], settled[Cost])
	}
	if settled != later {
		t.Error("a settled day changed again")
	}
}

func TestTodayGrowsByTheHourAndTomorrowIsEmpty(t *testing.T) {
	t.Parallel()
	w, now := testWorld(t, "UTC")
	var noon, evening, tomorrow Fact
	for ad := range w.Accounts[0].AllAds {
		a, b := w.Day(ad, w.Epoch(), now), w.Day(ad, w.Epoch(), now.Add(6*time.Hour))
		c := w.Day(ad, w.Epoch()+1, now)
		noon.Add(&a)
		evening.Add(&b)
		tomorrow.Add(&c)
	}
	if noon[Impressions] == 0 || noon[Impressions] >= evening[Impressions] {
		t.Errorf("impressions %d at noon, %d in the evening", noon[Impressions], evening[Impressions])
	}
	if !tomorrow.IsZero() {
		t.Errorf("tomorrow already has %v", tomorrow)
	}
}

func TestFactsAreConsistent(t *testing.T) {
	t.Parallel()
	w, now := testWorld(t, "UTC")
	for _, a := range w.Accounts {
		for ad := range a.AllAds {
			f := w.Sum(ad, w.FirstDay(), w.Epoch()-5, now)
			for _, pair := range [][2]Metric{
				{Clicks, Impressions}, {VideoQ50, VideoQ25}, {VideoQ75, VideoQ50}, {VideoCompletes, VideoQ75},
				{LandingClicks, Clicks}, {Leads, LeadFormOpens}, {Opens, Impressions},
			} {
				if f[pair[0]] > f[pair[1]] {
					t.Errorf("ad %d: metric %d (%d) above %d (%d)", ad.ID, pair[0], f[pair[0]], pair[1], f[pair[1]])
				}
			}
			for m, v := range f {
				if v < 0 {
					t.Errorf("ad %d: metric %d is %d", ad.ID, m, v)
				}
			}
		}
	}
}

func TestSameSeedSameWorld(t *testing.T) {
	t.Parallel()
	a, now := testWorld(t, "UTC")
	b, _ := testWorld(t, "UTC")
	c := NewWorld(Options{Seed: 8, Epoch: now, Zone: "UTC"})
	differs := false
	for i, acc := range a.Accounts {
		next, stop := iterPull(b.Accounts[i])
		other, stopC := iterPull(c.Accounts[i])
		for ad := range acc.AllAds {
			x, y := w2(next), w2(other)
			if ad.ID != x.ID || ad.Name != x.Name || a.Day(ad, a.Epoch()-9, now) != b.Day(x, a.Epoch()-9, now) {
				t.Fatalf("ad %d differs between two worlds of one seed", ad.ID)
			}
			differs = differs || a.Day(ad, a.Epoch()-9, now) != c.Day(y, a.Epoch()-9, now)
		}
		stop()
		stopC()
	}
	if !differs {
		t.Error("another seed gives the same facts")
	}
}

func TestDenseWorldDeliversEveryDay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	w := NewWorld(Options{Dense: true, Accounts: 1, Campaigns: 2, Groups: 2, Ads: 3, HistoryDays: 50, Zone: "UTC", Epoch: now})
	rows := 0
	for ad := range w.Accounts[0].AllAds {
		for d := w.Epoch() - 50; d < w.Epoch(); d++ {
			if f := w.Day(ad, d, now); f[Impressions] > 0 {
				rows++
			}
		}
	}
	if rows != 12*50 {
		t.Errorf("%d rows, want %d", rows, 12*50)
	}
}

func TestEveryStatusAndOddityIsThere(t *testing.T) {
	t.Parallel()
	w, now := testWorld(t, "UTC")
	seen := map[string]bool{}
	past := false
	for _, a := range w.Accounts {
		for _, c := range a.Campaigns {
			seen["campaign "+string(c.Status)] = true
			past = past || c.ID > 1<<53
			for _, g := range c.Groups {
				seen["group "+string(g.Status)] = true
				for _, ad := range g.Ads {
					f := w.Sum(ad, w.FirstDay(), w.Epoch(), now)
					seen["ad "+string(ad.Status)] = true
					if f.IsZero() {
						seen["never delivered"] = true
					} else if ad.Status == Removed || ad.Status == Archived {
						seen["delivered, then "+string(ad.Status)] = true
					}
				}
			}
		}
	}
	for _, s := range []string{"ACTIVE", "PAUSED", "DRAFT", "ARCHIVED", "CANCELED", "REMOVED", "PENDING_DELETION"} {
		for _, level := range []string{"campaign ", "group ", "ad "} {
			if !seen[level+s] {
				t.Errorf("no %s%s", level, s)
			}
		}
	}
	for _, s := range []string{"never delivered", "delivered, then REMOVED", "delivered, then ARCHIVED"} {
		if !seen[s] {
			t.Errorf("nothing %s", s)
		}
	}
	if !past {
		t.Error("no id past 2^53")
	}
	if len(w.Accounts[5].Campaigns) != 0 {
		t.Error("the empty account is not empty")
	}
}

func BenchmarkDay(b *testing.B) {
	w, now := testWorld(b, "UTC")
	ad := w.Accounts[0].Campaigns[0].Groups[0].Ads[0]
	for b.Loop() {
		f := w.Day(ad, w.Epoch()-40, now)
		_ = f
	}
}
