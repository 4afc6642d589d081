package google

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// site is what criteria hang on: a campaign or an ad group.
type site struct {
	level         level
	kind, parent  string // of its criteria's operations, and the member that names it
	collection    string // of its criteria
	name, id      string // id is empty of what is being made
	places, group bool   // it has places and languages; it is an ad group
	search        bool   // of a search campaign
}

func campaignSite(a account, id string, channel normalize.Channel) site {
	return site{
		level: campaignLevel, kind: "campaignCriterion", parent: "campaign", collection: "campaignCriteria",
		name: resource(a, "campaigns", id), id: id, places: channel != normalize.ChannelNative,
	}
}

func groupSite(a account, id string, channel normalize.Channel) site {
	return site{
		level: groupLevel, kind: "adGroupCriterion", parent: "adGroup", collection: "adGroupCriteria",
		name: resource(a, "adGroups", id), id: id, places: channel == normalize.ChannelNative, group: true, search: channel == normalize.ChannelSearch,
	}
}

// newSite is the site of what is being made: nothing hangs on it yet.
func newSite(s site) site {
	s.id = ""
	return s
}

// The parts of a targeting by where they are kept. Those of both are a campaign's or, in Demand Gen, an ad group's.
var (
	placeParts = []string{
		"geographic.countries", "geographic.regions", "geographic.cities", "geographic.postal_codes", "geographic.us_dmas",
		"geographic.excluded_countries", "geographic.excluded_regions", "geographic.excluded_cities", "geographic.excluded_postal_codes",
		"geographic.excluded_us_dmas", "language",
	}
	campaignParts = []string{
		"device.types", "device.carriers", "device.user_device", "device.user_os", "schedule", "content.excluded_keywords",
		"brand_safety.excluded_content_labels",
	}
	groupParts = []string{
		"demographic", "audience.interests", "audience.excluded_interests", "audience.custom_audiences", "audience.excluded_custom_audiences",
		"content.keywords", "content.excluded_keywords", "content.topics", "content.excluded_topics", "content.urls", "content.excluded_urls",
		"content.video.youtube_channels", "content.video.excluded_youtube_channels", "content.video.youtube_videos", "content.video.excluded_youtube_videos",
	}
	// maxParts are all that a Performance Max campaign takes.
	maxParts = append([]string{"schedule", "content.excluded_keywords"}, placeParts...)
)

// writes tells whether a part is the site's to write: criteria of another part stay as they are.
func (s site) writes(part string) bool {
	switch {
	case slices.Contains(placeParts, part):
		return s.places
	case s.group:
		return slices.Contains(groupParts, part) || strings.HasPrefix(part, "demographic.")
	}
	return slices.Contains(campaignParts, part)
}

// targetFields are parts of a targeting as fields that can be given, changed and cleared.
func targetFields(parts []string) []providers.Field {
	var out []providers.Field
	for _, p := range parts {
		out = append(out, providers.Field{Name: "targeting." + p, Create: true, Update: true, Clear: true})
	}
	return out
}

// wish is a criterion that is to be.
type wish struct {
	part string // of our targeting
	key  string // what it is: two with one key are one criterion
	body fields
}

// stands is a criterion that is there.
type stands struct {
	part, key, name string
	row             *criterion
}

// criteria are the operations that make the criteria of a site what the targeting says, in the parts that were given.
// What is in other parts, and what has no place in ours, stays.
func (c *client) criteria(ctx context.Context, a account, s site, t *normalize.Targeting, changed func(string) bool) ([]operation, error) {
	if t == nil {
		t = &normalize.Targeting{}
	}
	if !changed("targeting") {
		return nil, nil
	}
	if !s.places {
		for _, p := range placeParts {
			if changed("targeting."+p) && !empty(t, p) {
				return nil, misplaced(s, p)
			}
		}
	}
	w := wisher{client: c, a: a, site: s, t: t, changed: changed}
	wishes, err := w.all(ctx)
	if err != nil {
		return nil, err
	}
	var there []stands
	if s.id != "" {
		if there, err = c.standing(ctx, a, s); err != nil {
			return nil, err
		}
	}
	if err := w.points(there); err != nil {
		return nil, err
	}
	return diff(s, wishes, there, changed), nil
}

func misplaced(s site, part string) error {
	level := "campaign"
	if !s.group {
		level = "group: it is a Demand Gen campaign"
	}
	return fault(providers.Rejected, "targeting."+part, "targeting.%s is set on the %s", part, level)
}

// empty tells whether a part of places is.
func empty(t *normalize.Targeting, part string) bool {
	if part == "language" {
		return len(t.Language) == 0
	}
	if t.Geographic == nil {
		return true
	}
	if part == "geographic.cities" {
		return len(t.Geographic.Cities) == 0
	}
	if part == "geographic.excluded_cities" {
		return len(t.Geographic.ExcludedCities) == 0
	}
	return len(*placeLists(t.Geographic)[part]) == 0
}

// diff removes what is no longer wished, then makes what is not there yet. Removals go first: one criterion cannot be twice.
func diff(s site, wishes []wish, there []stands, changed func(string) bool) []operation {
	var out, made []operation
	found := map[string]bool{}
	for _, x := range there {
		found[x.key] = true
		i := slices.IndexFunc(wishes, func(w wish) bool { return w.key == x.key })
		switch {
		case x.part == "" || !touched(changed, x.part):
		case i >= 0:
			made = append(made, modified(s, wishes[i], x)...)
		case x.row.Type == "DEVICE" && (!x.row.BidModifier.OK || !x.row.BidModifier.D.IsZero()): // shown, at a bid of its own
		case settled(x, wishes, there):
		default:
			out = append(out, operation{kind: s.kind, remove: x.name})
		}
	}
	for _, w := range wishes {
		if found[w.key] || standsFor(w, wishes, there) {
			continue
		}
		found[w.key] = true
		body := fields{s.parent: s.name}
		maps.Copy(body, w.body)
		made = append(made, operation{kind: s.kind, create: body})
	}
	return append(out, made...)
}

// touched tells whether a part was given. Ages and genders are one each.
func touched(changed func(string) bool, part string) bool {
	other := map[string]string{"demographic.age_min": "demographic.age_max", "demographic.male": "demographic.female"}[part]
	return changed("targeting."+part) || other != "" && changed("targeting."+other)
}

// modified changes the bid modifier of a criterion that is there, the only thing of it that can change.
func modified(s site, w wish, x stands) []operation {
	if x.row.Type != "DEVICE" && x.row.Type != "AD_SCHEDULE" {
		return nil
	}
	is, given := w.body["bidModifier"].(normalize.Decimal)
	was := x.row.BidModifier.Decimal()
	if given == (was != nil) && (!given || is.Cmp(*was) == 0) {
		return nil
	}
	var v changes
	if given {
		v.set("bidModifier", is)
	} else {
		v.set("bidModifier", nil)
	}
	return v.update(s.kind, x.name)
}

// closed are the closed lists, which are narrowed by what is left out of them.
var closed = map[string][]string{"AGE_RANGE": allAges, "GENDER": allGenders, "INCOME_RANGE": allIncomes, "PARENTAL_STATUS": allParents}

// narrowing is the type of a key that leaves a value of a closed list out; empty of others.
func narrowing(key string) string {
	kind, _, _ := strings.Cut(key, "|")
	if closed[kind] == nil {
		return ""
	}
	return kind
}

// alike tells whether the criteria of a closed list come to what is wished already, by whichever way they say it.
func alike(kind string, wishes []wish, there []stands) bool {
	var is, was buckets
	for _, w := range wishes {
		if narrowing(w.key) == kind {
			is.add(valueOf(w.key), true)
		}
	}
	for _, x := range there {
		if narrowing(x.key) == kind {
			was.add(valueOf(x.key), x.row.Negative)
		}
	}
	return slices.Equal(is.narrowed(closed[kind]), was.narrowed(closed[kind]))
}

func valueOf(key string) string { return strings.Split(key, "|")[1] }

func settled(x stands, wishes []wish, there []stands) bool {
	kind := narrowing(x.key)
	return kind != "" && alike(kind, wishes, there)
}

func standsFor(w wish, wishes []wish, there []stands) bool {
	kind := narrowing(w.key)
	return kind != "" && alike(kind, wishes, there)
}

// keyOf is a criterion's key.
func keyOf(kind string, negative bool, values ...string) string {
	sign := "+"
	if negative {
		sign = "-"
	}
	return kind + "|" + strings.Join(values, "|") + "|" + sign
}
