package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// measure is an additive number of Amazon's reports. Money is in micros.
type measure int

const (
	mImpressions measure = iota
	mClicks
	mCost
	mOrders1
	mOrders7
	mOrders14
	mOrders30
	mSales1
	mSales7
	mSales14
	mSales30
	mOrdersClicks
	mSalesClicks
	mOrdersSame
	mSalesSame
	mUnits
	mUnitsClicks
	mDetailViews
	mCart
	mList
	mBranded
	mNewOrders
	mNewSales
	mViewable
	mVideo5
	mQuarter1
	mQuarter2
	mQuarter3
	mComplete
	mUnmutes
	numMeasures
)

// cell is what was delivered, as Amazon counts it.
type cell [numMeasures]int64

func (c *cell) add(o *cell) {
	for i := range c {
		c[i] += o[i]
	}
}

// quiet tells that there was no activity: a report has no row for it.
func (c *cell) quiet() bool {
	return c[mImpressions] == 0 && c[mClicks] == 0 && c[mCost] == 0 && c[mOrders14] == 0 && c[mSales14] == 0
}

func minorOf(currency string) int64 {
	if currency == "JPY" {
		return simkit.Micro
	}
	return simkit.Micro / 100
}

func isMoney(m measure) bool {
	switch m {
	case mCost, mSales1, mSales7, mSales14, mSales30, mSalesClicks, mSalesSame, mNewSales:
		return true
	}
	return false
}

// cellOf turns a day's fact into Amazon's numbers. The ledger's conversions are
// the orders of 14 days; where the campaign pays per click they all followed a
// click, where it pays for views the post-view ones count too.
func cellOf(f *simkit.Fact, views bool, currency string) cell {
	var c cell
	minor := minorOf(currency)
	part := func(v, per100 int64) int64 { return v / minor * per100 / 100 * minor }
	orders, sales := f.Conversions()/simkit.Micro, f[simkit.ConversionValue]
	c[mImpressions], c[mClicks], c[mCost] = f[simkit.Impressions], f[simkit.Clicks], f[simkit.Cost]
	c[mOrders14], c[mSales14] = orders, sales
	c[mOrders1], c[mOrders7], c[mOrders30] = orders*62/100, orders*85/100, orders+orders/8
	c[mSales1], c[mSales7], c[mSales30] = part(sales, 62), part(sales, 85), part(sales, 112)
	c[mOrdersClicks], c[mSalesClicks] = orders, sales
	if views && orders > 0 {
		c[mOrdersClicks] = f[simkit.ClickConversions] / simkit.Micro
		c[mSalesClicks] = sales / minor * c[mOrdersClicks] / orders * minor
	}
	c[mOrdersSame], c[mSalesSame] = orders*7/10, part(sales, 70)
	c[mUnits], c[mUnitsClicks] = orders+orders/5, c[mOrdersClicks]+c[mOrdersClicks]/5
	c[mDetailViews], c[mCart], c[mList] = c[mClicks]*3/4, c[mClicks]/6, c[mClicks]/25
	c[mBranded], c[mNewOrders], c[mNewSales] = c[mClicks]/40, orders/3, part(sales, 33)
	c[mViewable] = c[mImpressions] * 7 / 10
	c[mVideo5], c[mUnmutes] = f[simkit.VideoViews], f[simkit.VideoFullscreens]
	c[mQuarter1], c[mQuarter2], c[mQuarter3], c[mComplete] = f[simkit.VideoQ25], f[simkit.VideoQ50], f[simkit.VideoQ75], f[simkit.VideoCompletes]
	return c
}

// split cuts a cell by weights so that every number sums exactly to the whole:
// each part is the difference of two rounded running sums.
func (c *cell) split(parts []cell, weights []int64, key uint64, currency string) {
	total := int64(0)
	for _, w := range weights {
		total += w
	}
	minor := minorOf(currency)
	for m := range numMeasures {
		v, q := c[m], int64(1)
		if isMoney(m) {
			q = minor
		}
		if v == 0 {
			continue
		}
		v /= q
		off, run, before := int64(simkit.Hash(key, uint64(m))%uint64(total)), int64(0), int64(0)
		for i, w := range weights {
			run += w
			upTo := (v*run + off) / total
			parts[i][m] += (upTo - before) * q
			before = upTo
		}
	}
}
