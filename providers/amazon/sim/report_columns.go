package sim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// column writes a row's value; it answers false to leave the column out.
type column struct {
	name  string
	write func(b []byte, r *row) ([]byte, bool)
}

// emitter writes rows as one JSON array, or as CSV.
type emitter struct {
	out     *bufio.Writer
	r       *report
	columns []column
	csv     bool
	n       int
	buf     []byte
}

func (e *emitter) begin() {
	if !e.csv {
		e.out.WriteByte('[')
		return
	}
	for i, c := range e.columns {
		if i > 0 {
			e.out.WriteByte(',')
		}
		e.out.WriteString(c.name)
	}
	e.out.WriteByte('\n')
}

func (e *emitter) end() {
	if !e.csv {
		e.out.WriteByte(']')
	}
}

func (e *emitter) row(r *row) {
	b := e.buf[:0]
	if !e.csv {
		if e.n > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
	}
	first := true
	for _, c := range e.columns {
		mark := len(b)
		if !first {
			b = append(b, ',')
		}
		if !e.csv {
			b = append(append(append(b, '"'), c.name...), '"', ':')
		}
		full, ok := c.write(b, r)
		if !ok && !e.csv {
			b = b[:mark]
			continue
		}
		b, first = full, false
	}
	if e.csv {
		b = append(b, '\n')
	} else {
		b = append(b, '}')
	}
	e.n++
	e.out.Write(b)
	e.buf = b
}

func columnsOf(names []string) []column {
	out := make([]column, 0, len(names))
	for _, n := range names {
		out = append(out, column{n, columnFunc(n)})
	}
	return out
}

// columnFunc finds what a name stands for: something of the row's entities, a
// count, money, or a quotient.
func columnFunc(name string) func([]byte, *row) ([]byte, bool) {
	if f := dimensionColumns[name]; f != nil {
		return func(b []byte, r *row) ([]byte, bool) { return appendValue(b, f(r)), true }
	}
	if m, ok := metricColumns[name]; ok {
		late := attributed(m)
		if isMoney(m) {
			return func(b []byte, r *row) ([]byte, bool) {
				// What nothing is attributed to is now and then left out of the row.
				return appendMoney(b, r.cell[m]), !late || r.cell[m] != 0 || r.key%7 != 3
			}
		}
		return func(b []byte, r *row) ([]byte, bool) {
			return strconv.AppendInt(b, r.cell[m], 10), !late || r.cell[m] != 0 || r.key%7 != 3
		}
	}
	if q, ok := quotients[name]; ok {
		return func(b []byte, r *row) ([]byte, bool) {
			over, under := r.cell[q[0]], r.cell[q[1]]
			if under == 0 {
				return append(b, "null"...), true
			}
			return strconv.AppendFloat(b, float64(over)/float64(under), 'g', 12, 64), true
		}
	}
	return func(b []byte, _ *row) ([]byte, bool) { return append(b, '0'), true }
}

func attributed(m measure) bool {
	return m != mImpressions && m != mClicks && m != mCost && m != mViewable
}

// appendMoney is a decimal in major units with at least one place.
func appendMoney(b []byte, micros int64) []byte {
	n := len(b)
	b = simkit.AppendMicros(b, micros)
	if !strings.Contains(string(b[n:]), ".") {
		b = append(b, '.', '0')
	}
	return b
}

func appendValue(b []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...)
	case int64:
		return strconv.AppendInt(b, x, 10)
	case json.Number:
		return append(b, x...)
	}
	text, _ := json.Marshal(v) // texts always marshal
	return append(b, text...)
}

var metricColumns = map[string]measure{
	"impressions": mImpressions, "clicks": mClicks, "cost": mCost, "spend": mCost,
	"purchases1d": mOrders1, "purchases7d": mOrders7, "purchases14d": mOrders14, "purchases30d": mOrders30,
	"sales1d": mSales1, "sales7d": mSales7, "sales14d": mSales14, "sales30d": mSales30,
	"purchases": mOrders14, "sales": mSales14, "purchasesClicks": mOrdersClicks, "salesClicks": mSalesClicks, "orders14d": mOrders14,
	"purchasesSameSku14d": mOrdersSame, "purchasesPromoted": mOrdersSame, "purchasesPromotedClicks": mOrdersSame, "salesPromoted": mSalesSame, "salesPromotedClicks": mSalesSame, "attributedSalesSameSku14d": mSalesSame,
	"unitsSold": mUnits, "unitsSoldClicks": mUnitsClicks, "unitsSoldClicks14d": mUnits, "detailPageViews": mDetailViews, "detailPageViewsClicks": mDetailViews,
	"addToCart": mCart, "addToCartClicks": mCart, "addToList": mList, "addToListFromClicks": mList, "brandedSearches": mBranded, "brandedSearchesClicks": mBranded,
	"newToBrandPurchases": mNewOrders, "newToBrandPurchasesClicks": mNewOrders, "newToBrandSales": mNewSales, "newToBrandSalesClicks": mNewSales,
	"viewableImpressions": mViewable, "impressionsViews": mViewable, "video5SecondViews": mVideo5, "videoFirstQuartileViews": mQuarter1, "videoMidpointViews": mQuarter2,
	"videoThirdQuartileViews": mQuarter3, "videoCompleteViews": mComplete, "videoUnmutes": mUnmutes, "grossImpressions": mImpressions, "grossClickThroughs": mClicks,
}

var quotients = map[string][2]measure{
	"clickThroughRate": {mClicks, mImpressions}, "viewabilityRate": {mViewable, mImpressions}, "video5SecondViewRate": {mVideo5, mImpressions}, "viewClickThroughRate": {mClicks, mViewable},
	"addToCartRate": {mCart, mImpressions}, "roasClicks14d": {mSales14, mCost}, "acosClicks14d": {mCost, mSales14}, "roasClicks7d": {mSales7, mCost}, "acosClicks7d": {mCost, mSales7},
}

// keywordType is what a target is called in reports.
func (r *row) keywordType() string {
	t := r.target
	switch {
	case t.text("keywordText") != "":
		return strings.ToUpper(t.text("matchType"))
	case t.text("themeType") != "":
		return "THEME"
	case strings.EqualFold(t.text("expressionType"), "AUTO") && t.kind.product == sp:
		return "TARGETING_EXPRESSION_PREDEFINED"
	}
	return "TARGETING_EXPRESSION"
}

var autoNames = map[string]string{"QUERY_HIGH_REL_MATCHES": "close-match", "QUERY_BROAD_REL_MATCHES": "loose-match", "ASIN_SUBSTITUTE_RELATED": "substitutes", "ASIN_ACCESSORY_RELATED": "complements"}

// targetingText is the keyword, or the expression in reports' own spelling.
func (r *row) targetingText() string {
	t := r.target
	if k := t.text("keywordText"); k != "" {
		return k
	}
	if k := t.text("themeType"); k != "" {
		return k
	}
	list, _ := t.fields["expression"].([]any)
	if list == nil {
		list, _ = t.fields["expressions"].([]any)
	}
	var out []string
	for _, e := range list {
		m, _ := e.(obj)
		kind, _ := m["type"].(string)
		if n := autoNames[kind]; n != "" {
			out = append(out, n)
			continue
		}
		name := strings.ReplaceAll(strings.ToLower(kind), "_same_as", "")
		out = append(out, fmt.Sprintf("%s=\"%v\"", strings.ReplaceAll(name, "_", "-"), m["value"]))
	}
	return strings.Join(out, " ")
}
