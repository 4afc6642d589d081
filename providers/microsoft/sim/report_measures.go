package sim

import (
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// measure appends a statistic of a row; nothing is "not available".
type measure func(b []byte, f *simkit.Fact, u *unit, v2 bool) []byte

func count(m ...simkit.Metric) measure {
	return func(b []byte, f *simkit.Fact, _ *unit, _ bool) []byte {
		n := int64(0)
		for _, x := range m {
			n += f[x]
		}
		return strconv.AppendInt(b, n, 10)
	}
}

// hundredths appends n/100 with two decimals.
func hundredths(b []byte, n int64) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
}

// half divides and rounds half up.
func half(n, by int64) int64 { return (n + by/2) / by }

func money(v func(*simkit.Fact) int64) measure {
	return func(b []byte, f *simkit.Fact, _ *unit, _ bool) []byte {
		return hundredths(b, half(v(f), simkit.Micro/100))
	}
}

// grouped is money with thousands separators where the old format has them.
func grouped(v func(*simkit.Fact) int64) measure {
	return func(b []byte, f *simkit.Fact, u *unit, v2 bool) []byte {
		text := string(hundredths(nil, half(v(f), simkit.Micro/100)))
		if v2 {
			return append(b, text...)
		}
		return append(b, thousands(text)...)
	}
}

func thousands(text string) string {
	whole, frac, has := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if !has {
		return whole
	}
	return whole + "." + frac
}

// per is a ratio with two decimals, times a factor; nothing without a
// denominator.
func per(num, den func(*simkit.Fact) int64, factor int64, percent bool) measure {
	return func(b []byte, f *simkit.Fact, _ *unit, _ bool) []byte {
		d := den(f)
		if d == 0 {
			return b
		}
		b = hundredths(b, half(num(f)*factor, d))
		if percent {
			b = append(b, '%')
		}
		return b
	}
}

func cost(f *simkit.Fact) int64        { return f[simkit.Cost] }
func clicks(f *simkit.Fact) int64      { return f[simkit.Clicks] }
func impressions(f *simkit.Fact) int64 { return f[simkit.Impressions] }
func revenue(f *simkit.Fact) int64     { return f[simkit.ConversionValue] }
func conversions(f *simkit.Fact) int64 { return f.Conversions() }

// rounded is the old whole-number Conversions.
func rounded(f *simkit.Fact) int64 { return half(f.Conversions(), simkit.Micro) }

// all adds what goals outside bidding brought.
func all(f *simkit.Fact) int64 { return f.Conversions() + f[simkit.Follows]*simkit.Micro }

// viewThrough conversions are apart from Conversions, and only of the audience
// network. The kit's registrations stand for them.
func viewThrough(places int64) measure {
	return func(b []byte, f *simkit.Fact, _ *unit, _ bool) []byte {
		if places == 1 {
			return strconv.AppendInt(b, f[simkit.Registrations], 10)
		}
		return hundredths(b, f[simkit.Registrations]*places)
	}
}

func whole(v func(*simkit.Fact) int64) measure {
	return func(b []byte, f *simkit.Fact, _ *unit, _ bool) []byte {
		return strconv.AppendInt(b, half(v(f), simkit.Micro), 10)
	}
}

func zero(b []byte, _ *simkit.Fact, _ *unit, _ bool) []byte { return append(b, '0') }

func constant(text string) measure {
	return func(b []byte, _ *simkit.Fact, _ *unit, _ bool) []byte { return append(b, text...) }
}

var measures = map[string]measure{
	"Impressions": count(simkit.Impressions), "Clicks": count(simkit.Clicks), "Spend": money(cost),
	"Ctr": per(clicks, impressions, 10_000, true), "AverageCpc": per(func(f *simkit.Fact) int64 { return cost(f) / 10_000 }, clicks, 1, false),
	"AverageCpm":      per(func(f *simkit.Fact) int64 { return cost(f) / 10_000 }, impressions, 1000, false),
	"AveragePosition": constant("0.00"),
	"Conversions":     whole(conversions), "ConversionsQualified": money(conversions),
	"AllConversions": whole(all), "AllConversionsQualified": money(all),
	"Revenue": grouped(revenue), "AllRevenue": grouped(revenue),
	"ConversionRate":                  per(func(f *simkit.Fact) int64 { return conversions(f) / 10_000 }, clicks, 100, true),
	"CostPerConversion":               per(func(f *simkit.Fact) int64 { return cost(f) / 10_000 }, rounded, 1, false),
	"RevenuePerConversion":            per(func(f *simkit.Fact) int64 { return revenue(f) / 10_000 }, rounded, 1, false),
	"ReturnOnAdSpend":                 per(revenue, cost, 100, false),
	"AllConversionRate":               per(func(f *simkit.Fact) int64 { return all(f) / 10_000 }, clicks, 100, true),
	"AllReturnOnAdSpend":              per(revenue, cost, 100, false),
	"Assists":                         func(b []byte, f *simkit.Fact, _ *unit, v2 bool) []byte { return assists(b, f, v2) },
	"ViewThroughConversions":          viewThrough(1),
	"ViewThroughConversionsQualified": viewThrough(100),
	"VideoViews":                      count(simkit.VideoViews), "VideoViewsAt25Percent": count(simkit.VideoQ25), "VideoViewsAt50Percent": count(simkit.VideoQ50),
	"VideoViewsAt75Percent": count(simkit.VideoQ75), "CompletedVideoViews": count(simkit.VideoCompletes),
	"TotalWatchTimeInMS":           watch,
	"AverageCPV":                   per(func(f *simkit.Fact) int64 { return cost(f) / 10_000 }, func(f *simkit.Fact) int64 { return f[simkit.VideoViews] }, 1, false),
	"AverageWatchTimePerVideoView": per(func(f *simkit.Fact) int64 { return f[simkit.VideoSeconds] * 100 }, func(f *simkit.Fact) int64 { return f[simkit.VideoViews] }, 1000, false),
	"VideoCompletionRate":          per(func(f *simkit.Fact) int64 { return f[simkit.VideoCompletes] }, func(f *simkit.Fact) int64 { return f[simkit.VideoViews] }, 10_000, true),
	"LowQualityClicks":             zero, "LowQualityImpressions": zero, "LowQualityConversions": zero, "PhoneCalls": zero, "PhoneImpressions": zero,
	"ExtendedCost": constant("0.00"), "ViewThroughRevenue": constant("0.00"), "Downloads": zero, "AppInstalls": zero, "Purchases": zero,
	"Ptr": constant(""), "QualityScore": score, "ExpectedCtr": score, "AdRelevance": score, "LandingPageExperience": score,
}

func watch(b []byte, f *simkit.Fact, _ *unit, _ bool) []byte {
	return strconv.AppendInt(b, f[simkit.VideoSeconds]*1000, 10)
}

func assists(b []byte, f *simkit.Fact, v2 bool) []byte {
	text := strconv.FormatInt(f[simkit.PageClicks], 10)
	if !v2 {
		text = thousands(text)
	}
	return append(b, text...)
}

// score is a quality score; two dashes where none was ever computed.
func score(b []byte, _ *simkit.Fact, u *unit, _ bool) []byte {
	if u.key%4 == 0 {
		return append(b, "--"...)
	}
	return append(strconv.AppendInt(b, int64(1+u.key%10), 10), ".00"...)
}

// shareOf is an impression share or rate: not additive, a percent as text, empty
// where too little was shown.
func shareOf(name string) measure {
	if !strings.HasSuffix(name, "Percent") || !strings.Contains(name, "Impression") && !strings.Contains(name, "ClickShare") {
		return nil
	}
	salt := simkit.HashString(name)
	return func(b []byte, f *simkit.Fact, u *unit, v2 bool) []byte {
		if f[simkit.Impressions] < 10 {
			return b
		}
		n := int64(500 + simkit.Hash(u.key, salt, uint64(f[simkit.Impressions]))%9000)
		if v2 || strings.Contains(name, "Rate") {
			return append(hundredths(b, n), '%')
		}
		return append(strconv.AppendInt(b, half(n, 100), 10), '%')
	}
}
