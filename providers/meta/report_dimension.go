package meta

import (
	"slices"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// The breakdowns that dimensions are made of. https://developers.facebook.com/docs/marketing-api/insights/breakdowns
const (
	byPlatform = "publisher_platform"
	byPosition = "platform_position"
	byDevice   = "impression_device"
	byCountry  = "country"
	byAge      = "age"
	byGender   = "gender"
	byHour     = "hourly_stats_aggregated_by_advertiser_time_zone"
)

//nolint:gochecknoglobals // a table
var reportDimensions = []normalize.Dimension{
	normalize.DimensionDate, normalize.DimensionWeek, normalize.DimensionMonth, normalize.DimensionHour,
	normalize.DimensionPlatform, normalize.DimensionPlatformPosition, normalize.DimensionDevice, normalize.DimensionCountry,
	normalize.DimensionAge, normalize.DimensionGender,
}

const combinations = "one of AGE, GENDER, AGE with GENDER, COUNTRY, HOUR, or any of PLATFORM, PLATFORM_POSITION and DEVICE, or none; " +
	"with one of DATE, WEEK, MONTH, or none"

// breakdown is a dimension that is not time.
type breakdown struct {
	dimension normalize.Dimension
	needs     []string // Meta's breakdowns: a position and a device are not told without the platform
	spread    int      // values that an object has on a day, for planning
	family    int      // dimensions of one family go together
	partial   bool     // rows need not add up to the level's own numbers
}

//nolint:gochecknoglobals // a table
var breakdowns = []breakdown{
	{normalize.DimensionPlatform, []string{byPlatform}, 4, 1, false},
	{normalize.DimensionPlatformPosition, []string{byPlatform, byPosition}, 4, 1, false},
	{normalize.DimensionDevice, []string{byPlatform, byDevice}, 6, 1, false},
	{normalize.DimensionCountry, []string{byCountry}, 20, 2, true},
	{normalize.DimensionAge, []string{byAge}, 7, 3, true},
	{normalize.DimensionGender, []string{byGender}, 3, 3, true},
	{normalize.DimensionHour, []string{byHour}, 24, 4, false},
}

func breakdownOf(d normalize.Dimension) (breakdown, bool) {
	i := slices.IndexFunc(breakdowns, func(b breakdown) bool { return b.dimension == d })
	if i < 0 {
		return breakdown{}, false
	}
	return breakdowns[i], true
}

const unknownValue = "UNKNOWN"

// dimensionValue is our word for the values of a dimension's breakdowns. Values never seen before are kept, so that sums
// hold.
func dimensionValue(d normalize.Dimension, values ...string) string {
	last := ""
	if len(values) > 0 {
		last = values[len(values)-1]
	}
	unknown := last == "" || strings.EqualFold(last, "unknown")
	switch d {
	case normalize.DimensionPlatform:
		return platformWord(last)
	case normalize.DimensionPlatformPosition:
		if p := platformWord(values[0]); p != unknownValue || !unknown {
			return p + "_" + upperSnake(last)
		}
		return unknownValue
	case normalize.DimensionDevice:
		return deviceWord(last, unknown)
	}
	if unknown {
		return unknownValue
	}
	if d == normalize.DimensionGender {
		return upperSnake(last)
	}
	return last // countries and ages as they are
}

func platformWord(v string) string {
	if v == "audience_network" {
		return "META_AUDIENCE_NETWORK"
	}
	return upperSnake(v)
}

func deviceWord(v string, unknown bool) string {
	switch v {
	case "desktop":
		return "DESKTOP"
	case "iphone", "ipod", "android_smartphone":
		return "MOBILE"
	case "ipad", "android_tablet":
		return "TABLET"
	}
	if unknown {
		return unknownValue
	}
	return "OTHER"
}

// hourOf reads the hour that "03:00:00 - 03:59:59" begins with.
func hourOf(v []byte) (int, bool) {
	if len(v) < 3 || v[2] != ':' || v[0] < '0' || v[0] > '2' || v[1] < '0' || v[1] > '9' {
		return 0, false
	}
	hour := int(v[0]-'0')*10 + int(v[1]-'0')
	return hour, hour < 24
}

// upperSnake is a word of Meta's in capitals.
func upperSnake(s string) string {
	if w := wire.UpperSnake(s); w != "" {
		return w
	}
	return unknownValue
}
