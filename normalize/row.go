package normalize

import "slices"

// Level is what a report has a row for.
type Level string

// The levels, from the payer down.
const (
	LevelOrganization Level = "organization"
	LevelCampaign     Level = "campaign"
	LevelGroup        Level = "group"
	LevelAd           Level = "ad"
	LevelCreative     Level = "creative"
	LevelKeyword      Level = "keyword"
)

// Levels lists every level, the payer first.
func Levels() []Level {
	return []Level{LevelOrganization, LevelCampaign, LevelGroup, LevelAd, LevelCreative, LevelKeyword}
}

// Above lists the levels whose ids a row of l carries, l itself last.
func (l Level) Above() []Level {
	switch l {
	case LevelCreative, LevelKeyword: // beside the ad, not under it
		return []Level{LevelOrganization, LevelCampaign, LevelGroup, l}
	default:
		all := Levels()
		return all[:slices.Index(all, l)+1]
	}
}

// Entity names one object in a report row. An empty id is "not known".
type Entity struct{ ID, Name string }

// Value is a number that may be absent. The zero value is absent: missing is never zero by accident.
type Value struct {
	D  Decimal
	OK bool

	lacks bool // it is a sum of which a part was absent
}

// Some is a present value.
func Some(d Decimal) Value { return Value{D: d, OK: true} }

// Add sums what is present, where absence says nothing; absent and absent is absent.
func (v Value) Add(o Value) Value {
	switch {
	case !o.OK:
		return v
	case !v.OK:
		return o
	}
	return Some(v.D.Add(o.D))
}

// Count adds a number to the sum v, which begins as the zero value. A number that is absent is not known: a sum of what
// is known goes without it, and one that would be zero is absent, as nothing says that it is zero. So a platform's own sum
// over many days is that of its days.
func (v Value) Count(o Value) Value {
	if v.OK && o.OK && !v.lacks {
		return Some(v.D.Add(o.D))
	}
	v.lacks = v.lacks || !o.OK
	return v.plus(o)
}

// Join adds two sums of Count up.
func (v Value) Join(o Value) Value {
	v.lacks = v.lacks || o.lacks
	return v.plus(o)
}

func (v Value) plus(o Value) Value {
	if o.OK {
		v.D = v.D.Add(o.D)
	}
	v.OK = (v.OK || o.OK) && (!v.lacks || !v.D.IsZero())
	return v
}

// Row is one line of a report: what it is about, and its numbers. Dims stands in the order of the query's dimensions,
// Values in the order of its metrics. A yielded row is valid until the next one: its slices are reused.
type Row struct {
	Organization, Campaign, Group, Ad, Creative, Keyword Entity

	Currency string
	Date     Day // the day (or first day of the week or month) that the row is of; zero when days are not told apart
	Dims     []string
	Values   []Value
	// Raw are, for each of Dims, the platform's own values that are added up in the row, where the query asks for them; none
	// of calendar ones. They are not reused.
	Raw [][]string
}

// Entity returns the row's entity at a level.
func (r *Row) Entity(l Level) Entity {
	switch l {
	case LevelOrganization:
		return r.Organization
	case LevelCampaign:
		return r.Campaign
	case LevelGroup:
		return r.Group
	case LevelAd:
		return r.Ad
	case LevelCreative:
		return r.Creative
	case LevelKeyword:
		return r.Keyword
	}
	return Entity{}
}

// Clone returns a row that outlives the next one.
func (r Row) Clone() Row {
	r.Dims = slices.Clone(r.Dims)
	r.Values = slices.Clone(r.Values)
	return r
}
