package simkit

// Dimension is a way to split a fact.
type Dimension int

// The neutral dimensions. Their values are neutral too; a platform renames
// them, or splits by values of its own with Account.Split.
const (
	Country Dimension = iota
	Device
	Placement
	Position
	Age
	Gender
)

var dimensionValues = map[Dimension][]string{
	Country:   {"US", "DE", "GB", "JP", "IN", "FR", "HU", "BR"},
	Device:    {"MOBILE_APP", "DESKTOP_WEB", "MOBILE_WEB", "UNDETECTED"},
	Placement: {"ON_SITE", "OFF_SITE"},
	Position:  {"FEED", "RIGHT_RAIL", "MESSAGING", "PARTNER_APP"},
	Age:       {"18-24", "25-34", "35-54", "55+"},
	Gender:    {"FEMALE", "MALE", "UNKNOWN"},
}

// Values are the dimension's values, in order. The caller must not change them.
func (d Dimension) Values() []string { return dimensionValues[d] }

// SplitBy splits what an ad did on a day by one dimension, a fact per value.
// The parts sum exactly to f, metric by metric.
func (w *World) SplitBy(ad *Ad, day Day, f *Fact, dim Dimension) []Fact {
	return ad.AccountOf().Split(f, Hash(ad.shape.key, 100+uint64(dim), uint64(day)), w.Weights(ad, uint64(dim), len(dim.Values())))
}

// Weights are an ad's own shares over n values of a dimension numbered key.
// They add up to less than 100,000.
func (w *World) Weights(ad *Ad, key uint64, n int) []int64 {
	ws := make([]int64, n)
	for i := range ws {
		h := Hash(ad.shape.key, 200+key, uint64(i))
		ws[i] = between(h, 1, 60_000/int64(n)) / int64(1+i/3)
	}
	ws[0]++
	return ws
}

// Key is the ad's own hash, for splits by values that only one platform knows.
func (a *Ad) Key() uint64 { return a.shape.key }

// Split cuts f into len(weights) facts in proportion, so that each metric sums
// exactly to the whole: part i is the difference of two rounded running sums,
// and where the odd unit falls is drawn from key, a metric at a time. The value
// goes where the conversions go, so that no part has a value without one.
func (a *Account) Split(f *Fact, key uint64, weights []int64) []Fact {
	parts := make([]Fact, len(weights))
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	if total == 0 {
		if len(parts) > 0 {
			parts[0] = *f
		}
		return parts
	}
	for m := range NumMetrics {
		v := f[m]
		if v == 0 || m == ConversionValue && f.Conversions() > 0 {
			continue
		}
		q := quantum(m, a)
		v /= q
		off := int64(mix(key+uint64(m)) % uint64(total))
		run, before := int64(0), int64(0)
		for i, w := range weights {
			run += w
			upTo := (v*run + off) / total
			parts[i][m] = (upTo - before) * q
			before = upTo
		}
	}
	if all := f.Conversions(); all > 0 && f[ConversionValue] > 0 {
		q := quantum(ConversionValue, a)
		run, before := int64(0), int64(0)
		for i := range parts {
			run += parts[i].Conversions()
			upTo := mulDiv(f[ConversionValue]/q, run, all)
			parts[i][ConversionValue] = (upTo - before) * q
			before = upTo
		}
	}
	return parts
}
