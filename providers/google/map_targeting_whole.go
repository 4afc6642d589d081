package google

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
)

// The closed lists, without the people or devices that Google knows nothing of.
var (
	allDevices = []string{"MOBILE", "TABLET", "DESKTOP", "CONNECTED_TV"}
	allAges    = []string{"AGE_RANGE_18_24", "AGE_RANGE_25_34", "AGE_RANGE_35_44", "AGE_RANGE_45_54", "AGE_RANGE_55_64", "AGE_RANGE_65_UP"}
	allGenders = []string{"MALE", "FEMALE"}
	allIncomes = []string{"INCOME_RANGE_0_50", "INCOME_RANGE_50_60", "INCOME_RANGE_60_70", "INCOME_RANGE_70_80", "INCOME_RANGE_80_90", "INCOME_RANGE_90_UP"}
	allParents = []string{"PARENT", "NOT_A_PARENT"}
)

// whole is the targeting of a campaign or an ad group once every criterion has been added; nil when nothing is targeted.
func (t *targeting) whole() *normalize.Targeting {
	for _, d := range t.devices.narrowed(allDevices) {
		t.device.Types = append(t.device.Types, normalize.TargetRef{ID: d})
	}
	t.agesRead()
	if g := t.genders.narrowed(allGenders); len(g) == 1 {
		switch g[0] {
		case "MALE":
			t.demographic.Male = ptr(true)
		case "FEMALE":
			t.demographic.Female = ptr(true)
		}
	}
	t.demographic.Incomes = t.incomes.narrowed(allIncomes)
	t.demographic.ParentalStatuses = t.parents.narrowed(allParents)
	t.content.Video = notZero(t.video)
	slices.SortStableFunc(t.schedule, func(a, b normalize.Schedule) int {
		if d := weekday(a.DayOfWeek) - weekday(b.DayOfWeek); d != 0 {
			return d
		}
		return int(a.StartHour - b.StartHour)
	})
	return notZero(normalize.Targeting{
		Audience: notZero(t.audience), BrandSafety: notZero(t.brandSafety), Content: notZero(t.content), Demographic: notZero(t.demographic),
		Device: notZero(t.device), Geographic: notZero(t.geographic), Language: t.language, Schedule: t.schedule,
	})
}

// notZero is a pointer to v, nil when nothing is set in it.
func notZero[T any](v T) *T {
	if reflect.ValueOf(v).IsZero() {
		return nil
	}
	return &v
}

func weekday(d normalize.DayOfWeek) int {
	return slices.Index([]normalize.DayOfWeek{
		normalize.DayOfWeekMonday, normalize.DayOfWeekTuesday, normalize.DayOfWeekWednesday, normalize.DayOfWeekThursday,
		normalize.DayOfWeekFriday, normalize.DayOfWeekSaturday, normalize.DayOfWeekSunday,
	}, d)
}

// agesRead takes neighbouring ranges as one. Others, such as the young and the old, have no place in ours.
func (t *targeting) agesRead() {
	left := t.ages.narrowed(allAges)
	if len(left) == 0 {
		return
	}
	from, to := slices.Index(allAges, left[0]), slices.Index(allAges, left[len(left)-1])
	if to-from != len(left)-1 {
		return
	}
	t.demographic.AgeMin, _ = ageBounds(left[0])
	_, t.demographic.AgeMax = ageBounds(left[len(left)-1])
}

// ageBounds are the ends of an age range, both inclusive; the last range has no upper one.
func ageBounds(name string) (low, high *int64) {
	parts := strings.Split(strings.TrimPrefix(name, "AGE_RANGE_"), "_")
	for i, p := range []**int64{&low, &high} {
		if i < len(parts) {
			if n, err := strconv.ParseInt(parts[i], 10, 64); err == nil {
				*p = &n
			}
		}
	}
	return low, high
}

// campaignTargeting adds what a campaign keeps in fields of its own: networks, and whom its places mean.
func campaignTargeting(t *normalize.Targeting, c *campaign) *normalize.Targeting {
	var out normalize.Targeting
	if t != nil {
		out = *t
	}
	var networks []string
	for _, n := range []struct {
		on   *bool
		name string
	}{
		{c.NetworkSettings.GoogleSearch, "GOOGLE_SEARCH"}, {c.NetworkSettings.SearchNetwork, "GOOGLE_SEARCH_PARTNERS"},
		{c.NetworkSettings.ContentNetwork, "GOOGLE_DISPLAY"},
	} {
		if n.on != nil && *n.on {
			networks = append(networks, n.name)
		}
	}
	if len(networks) > 0 {
		out.Placement = &normalize.PlacementTargeting{Platforms: networks}
	}
	switch p := normalize.PresenceType(c.GeoTargetTypeSetting.Positive); p {
	case normalize.PresenceTypePresence, normalize.PresenceTypePresenceOrInterest:
		if out.Geographic == nil {
			out.Geographic = &normalize.GeographicTargeting{}
		}
		out.Geographic.PresenceType = p
	}
	if m := mode(c.TargetingSetting); m != "" {
		out.Optimization = &normalize.TargetingOptimization{Mode: m}
	}
	return notZero(out)
}

// groupTargeting adds what an ad group keeps in fields of its own: how far Google may widen the audience.
func groupTargeting(t *normalize.Targeting, g *adGroup) *normalize.Targeting {
	var out normalize.Targeting
	if t != nil {
		out = *t
	}
	out.Optimization = &normalize.TargetingOptimization{AdvantageAudience: ptr(g.OptimizedTargetingEnable), Mode: mode(g.TargetingSetting)}
	return &out
}

// mode tells whether audiences narrow the delivery or are only watched.
func mode(s targetingSetting) normalize.OptimizationMode {
	for _, r := range s.TargetRestrictions {
		switch {
		case r.Dimension != "AUDIENCE" || r.BidOnly == nil:
		case *r.BidOnly:
			return normalize.OptimizationModeObservation
		default:
			return normalize.OptimizationModeTargeting
		}
	}
	return ""
}
