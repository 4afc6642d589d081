package google

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// demographics leave people out: those that Google knows nothing of stay in.
func (w *wisher) demographics() error {
	d := w.t.Demographic
	if d == nil {
		return nil
	}
	if w.given("demographic.age_min") || w.given("demographic.age_max") {
		ages, err := agesBetween(d.AgeMin, d.AgeMax)
		if err != nil {
			return err
		}
		w.leaveOut("demographic.age_min", "AGE_RANGE", "ageRange", allAges, ages)
	}
	if w.given("demographic.male") || w.given("demographic.female") {
		genders := gendersOf(d)
		if len(genders) == 0 {
			return fault(providers.Rejected, "targeting.demographic", "one of male and female must be shown to")
		}
		w.leaveOut("demographic.male", "GENDER", "gender", allGenders, genders)
	}
	for _, list := range []struct {
		part, kind, member string
		all, shown         []string
	}{
		{"demographic.incomes", "INCOME_RANGE", "incomeRange", allIncomes, d.Incomes},
		{"demographic.parental_statuses", "PARENTAL_STATUS", "parentalStatus", allParents, d.ParentalStatuses},
	} {
		if !w.given(list.part) || len(list.shown) == 0 {
			continue
		}
		for _, v := range list.shown {
			if !slices.Contains(list.all, v) {
				return fault(providers.Rejected, "targeting."+list.part, "Google Ads has no %q: it has %s", v, strings.Join(list.all, ", "))
			}
		}
		w.leaveOut(list.part, list.kind, list.member, list.all, list.shown)
	}
	return nil
}

func (w *wisher) leaveOut(part, kind, member string, all, shown []string) {
	for _, v := range all {
		if !slices.Contains(shown, v) {
			w.add(part, kind, true, []string{v}, fields{member: fields{"type": v}})
		}
	}
}

// gendersOf are the genders that are asked for: those that are true, or else all that are not false.
func gendersOf(d *normalize.DemographicTargeting) []string {
	asked := map[string]*bool{"MALE": d.Male, "FEMALE": d.Female}
	some := slices.ContainsFunc(allGenders, func(g string) bool { return asked[g] != nil && *asked[g] })
	return slices.DeleteFunc(slices.Clone(allGenders), func(g string) bool {
		on := asked[g]
		return some && (on == nil || !*on) || on != nil && !*on
	})
}

// agesBetween are the age ranges from one age to another. They must fall on the ranges' own ends.
func agesBetween(low, high *int64) ([]string, error) {
	from, to := 0, len(allAges)-1
	if low != nil {
		from = slices.IndexFunc(allAges, func(a string) bool { l, _ := ageBounds(a); return l != nil && *l == *low })
	}
	if high != nil {
		to = slices.IndexFunc(allAges, func(a string) bool { _, h := ageBounds(a); return h != nil && *h == *high })
	}
	switch {
	case from < 0:
		return nil, fault(providers.Rejected, "targeting.demographic.age_min", "age_min must be 18, 25, 35, 45, 55 or 65 at Google Ads")
	case to < 0:
		return nil, fault(providers.Rejected, "targeting.demographic.age_max", "age_max must be 24, 34, 44, 54 or 64 at Google Ads, or absent")
	case from > to:
		return nil, fault(providers.Rejected, "targeting.demographic.age_max", "age_max is below age_min")
	}
	return allAges[from : to+1], nil
}

// audienceKinds are the members of a criterion by the collection of the audience's name.
var audienceKinds = map[string][2]string{
	"userLists": {"USER_LIST", "userList"}, "customAudiences": {"CUSTOM_AUDIENCE", "customAudience"},
	"combinedAudiences": {"COMBINED_AUDIENCE", "combinedAudience"}, "audiences": {"AUDIENCE", "audience"},
}

func (w *wisher) audiences() error {
	a := w.t.Audience
	if a == nil {
		return nil
	}
	for part, list := range map[string][]normalize.TargetRef{"audience.interests": a.Interests, "audience.excluded_interests": a.ExcludedInterests} {
		if !w.given(part) {
			continue
		}
		if len(list) > 0 && w.site.search {
			return fault(providers.Rejected, "targeting."+part, "groups of a search campaign take no interests")
		}
		for _, ref := range list {
			id, err := constantName(part, "customers/"+w.a.ID+"/userInterests/", ref.ID)
			if err != nil {
				return err
			}
			w.add(part, "USER_INTEREST", part != "audience.interests", []string{id}, fields{"userInterest": fields{"userInterestCategory": id}})
		}
	}
	for part, list := range map[string][]normalize.TargetRef{"audience.custom_audiences": a.CustomAudiences, "audience.excluded_custom_audiences": a.ExcludedCustomAudiences} {
		if !w.given(part) {
			continue
		}
		for _, ref := range list {
			parts := strings.Split(ref.ID, "/")
			kind, ok := audienceKinds[parts[max(0, len(parts)-2)]]
			if len(parts) != 4 || !ok || parts[0] != "customers" || !digits(parts[1]) || !digits(parts[3]) {
				return fault(providers.Rejected, "targeting."+part, "%q is no audience of Google Ads: customers/…/userLists/…, as targets show it", ref.ID)
			}
			w.add(part, kind[0], part != "audience.custom_audiences", []string{ref.ID}, fields{kind[1]: fields{kind[1]: ref.ID}})
		}
	}
	return nil
}

func (w *wisher) content() error {
	c := w.t.Content
	if c == nil {
		return nil
	}
	for part, list := range map[string][]normalize.TargetRef{"content.topics": c.Topics, "content.excluded_topics": c.ExcludedTopics} {
		if !w.given(part) {
			continue
		}
		for _, ref := range list {
			id, err := constantName(part, "topicConstants/", ref.ID)
			if err != nil {
				return err
			}
			w.add(part, "TOPIC", part != "content.topics", []string{id}, fields{"topic": fields{"topicConstant": id}})
		}
	}
	video := c.Video
	if video == nil {
		video = &normalize.VideoTargeting{}
	}
	for _, list := range []struct {
		part, kind, member, name string
		negative                 bool
		values                   []string
	}{
		{"content.urls", "PLACEMENT", "placement", "url", false, c.URLs},
		{"content.excluded_urls", "PLACEMENT", "placement", "url", true, c.ExcludedURLs},
		{"content.video.youtube_channels", "YOUTUBE_CHANNEL", "youtubeChannel", "channelId", false, video.YoutubeChannels},
		{"content.video.excluded_youtube_channels", "YOUTUBE_CHANNEL", "youtubeChannel", "channelId", true, video.ExcludedYoutubeChannels},
		{"content.video.youtube_videos", "YOUTUBE_VIDEO", "youtubeVideo", "videoId", false, video.YoutubeVideos},
		{"content.video.excluded_youtube_videos", "YOUTUBE_VIDEO", "youtubeVideo", "videoId", true, video.ExcludedYoutubeVideos},
	} {
		if !w.given(list.part) {
			continue
		}
		for _, v := range list.values {
			w.add(list.part, list.kind, list.negative, []string{v}, fields{list.member: fields{list.name: v}})
		}
	}
	return nil
}
