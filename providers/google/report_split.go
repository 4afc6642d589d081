package google

import (
	"slices"

	"github.com/admux/admux/normalize"
)

// view is a resource that numbers are read from in place of the level's own.
type view uint8

const (
	viewNone view = iota
	viewGeographic
	viewAge
	viewGender
)

// split is a dimension besides the days: a field of each row.
type split struct {
	dimension normalize.Dimension
	field     string
	place     place
	view      view
}

var splits = []split{
	{dimension: normalize.DimensionPlatform, field: "segments.ad_network_type", place: placeNetwork},
	{dimension: normalize.DimensionPlatformPosition, field: "segments.slot", place: placeSlot},
	{dimension: normalize.DimensionDevice, field: "segments.device", place: placeDevice},
	{dimension: normalize.DimensionCountry, field: "geographic_view.country_criterion_id", place: placeCountry, view: viewGeographic},
	{dimension: normalize.DimensionAge, field: "ad_group_criterion.age_range.type", place: placeAge, view: viewAge},
	{dimension: normalize.DimensionGender, field: "ad_group_criterion.gender.type", place: placeGender, view: viewGender},
}

func splitOf(d normalize.Dimension) (split, bool) {
	i := slices.IndexFunc(splits, func(s split) bool { return s.dimension == d })
	if i < 0 {
		return split{}, false
	}
	return splits[i], true
}

// unknown is the value of what is not known.
const unknown = "UNKNOWN"

// words are ours for Google's values.
var words = map[normalize.Dimension]map[string]string{
	normalize.DimensionPlatform: {
		"SEARCH": "GOOGLE_SEARCH", "SEARCH_PARTNERS": "GOOGLE_SEARCH_PARTNERS", "CONTENT": "GOOGLE_DISPLAY", "YOUTUBE": "YOUTUBE", "GMAIL": "GMAIL",
		"DISCOVER": "DISCOVER", "MAPS": "GOOGLE_MAPS", "GOOGLE_TV": "GOOGLE_TV", "GOOGLE_OWNED_CHANNELS": "GOOGLE_OWNED", "MIXED": "CROSS_NETWORK",
	},
	normalize.DimensionPlatformPosition: {
		"SEARCH_TOP": "SEARCH_TOP", "SEARCH_OTHER": "SEARCH_OTHER", "SEARCH_SIDE": "SEARCH_OTHER", "SEARCH_PARTNER_TOP": "SEARCH_PARTNER_TOP",
		"SEARCH_PARTNER_OTHER": "SEARCH_PARTNER_OTHER", "CONTENT": "DISPLAY", "MIXED": unknown,
	},
	normalize.DimensionDevice: {"MOBILE": "MOBILE", "TABLET": "TABLET", "DESKTOP": "DESKTOP", "CONNECTED_TV": "CONNECTED_TV", "OTHER": "OTHER"},
	normalize.DimensionAge: {
		"AGE_RANGE_18_24": "18-24", "AGE_RANGE_25_34": "25-34", "AGE_RANGE_35_44": "35-44", "AGE_RANGE_45_54": "45-54", "AGE_RANGE_55_64": "55-64",
		"AGE_RANGE_65_UP": "65+", "AGE_RANGE_UNDETERMINED": unknown,
	},
	normalize.DimensionGender: {"MALE": "MALE", "FEMALE": "FEMALE", "UNDETERMINED": unknown},
}

// word is ours for a value. Google leaves out an unset one; values never seen before are kept, so that sums hold.
func word(d normalize.Dimension, value string) string {
	if w, known := words[d][value]; known {
		return w
	}
	switch {
	case value == "", value == unknown, value == "UNSPECIFIED":
		return unknown
	case d == normalize.DimensionDevice:
		return "OTHER"
	}
	return value
}

// dictionary numbers the values of one split as they are met, so that a row is told apart by a number.
type dictionary struct {
	split split
	ours  func(raw string) string
	byRaw map[string]int32
	byUs  map[string]int32
	words []string
}

func newDictionary(s split, ours func(string) string) *dictionary {
	return &dictionary{split: s, ours: ours, byRaw: map[string]int32{}, byUs: map[string]int32{}}
}

// at is the number of a value, the same for all values that share our word.
func (d *dictionary) at(raw []byte) int32 {
	if i, met := d.byRaw[string(raw)]; met {
		return i
	}
	w := d.ours(string(raw))
	i, met := d.byUs[w]
	if !met {
		i = int32(len(d.words)) //nolint:gosec // values of a split are few
		d.byUs[w] = i
		d.words = append(d.words, w)
	}
	d.byRaw[string(raw)] = i
	return i
}
