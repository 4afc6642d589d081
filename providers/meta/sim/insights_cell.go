package sim

import (
	"github.com/admux/admux/providers/internal/simkit"
)

// A cell holds everything additive that reports count, so that rows of any
// level, step and breakdown add up to the ledger. It is flat: the plain
// measures first, then events, each as components that do not overlap (channel
// × attribution category). The views that Meta shows of an event, which do
// overlap, are sums of components: they stay nested however a cell is cut. Its
// length is how much of all that a report needs: one of the widths.
type cell []int64

// The plain measures. spend is in micros, watched in seconds.
const (
	mImpressions = iota
	mClicks
	mSpend
	mLinkClicks
	mPlain // measures up to here need no drawing

	mOutbound = iota - 1
	mLandingViews
	mReactions
	mComments
	mShares
	mPageLikes
	mSaves
	mPhotoViews
	mRegistrations
	mPlays
	mViews3s
	mThruPlays
	mP25
	mP50
	mP75
	mP95
	mP100
	mViews30s
	mViews15s
	mViews2s
	mWatched
	mEvents // the events start here
)

// The attribution categories of an event. The first four make up `value`
// under the ad set's own setting; the rest shows in windows only.
const (
	aClick1  = iota // within a day of the click
	aClick7         // later, within seven, and inside the setting
	aClick28        // later, within 28, and inside the setting
	aView1          // within a day of a view, inside the setting
	aClick7Out
	aClick28Out
	aView1Out
	aEngaged // within a day of an engaged view
	attributions
)

const valueCats = aView1 + 1 // categories that make up `value`

// The channels of an event.
const (
	chWeb    = iota // the pixel
	chOnsite        // on Meta itself: shop, instant form
	chApp
	chOther // in the store, by messenger …
	channels
)

// The events.
const (
	evPurchase = iota
	evLead
	evInstall
	evCart
	evContent
	evCheckout
	events
)

const (
	perChannel = attributions * 2 // counts, then values in micros
	perEvent   = channels * perChannel
)

func eventAt(ev, ch int) int { return mEvents + ev*perEvent + ch*perChannel }

// widths: how much of a cell a report needs.
const (
	narrow = mPlain
	middle = mEvents
	wide   = mEvents + events*perEvent
)

func (c cell) add(o cell) {
	for i, v := range o {
		c[i] += v
	}
}

func (c cell) isZero() bool {
	for _, v := range c {
		if v != 0 {
			return false
		}
	}
	return true
}

// money tells whether a place of the cell holds micros.
func money(i int) bool {
	return i == mSpend || i >= mEvents && (i-mEvents)%perChannel >= attributions
}

// split cuts c in proportion to the weights; every place sums to the whole.
// What events were worth goes where the events go; other money moves in steps of
// minor, and where the odd unit falls is drawn from key.
func (c cell) split(key uint64, weights []int64, minor int64) []cell {
	parts := make([]cell, len(weights))
	room := make([]int64, len(weights)*len(c))
	for i := range parts {
		parts[i] = room[i*len(c) : (i+1)*len(c)]
	}
	if sum(weights) == 0 {
		copy(parts[0], c)
		return parts
	}
	out, counts := make([]int64, len(weights)), make([]int64, len(weights))
	for m, v := range c {
		if v == 0 {
			continue
		}
		by, q := weights, int64(1)
		if money(m) && v%minor == 0 {
			q = minor
		}
		if m >= mEvents && money(m) && c[m-attributions] > 0 {
			for i, p := range parts {
				counts[i] = p[m-attributions]
			}
			by = counts
		}
		apportion(v/q, by, simkit.Hash(key, uint64(m)), out)
		for i, n := range out {
			parts[i][m] = n * q
		}
	}
	return parts
}

func sum(weights []int64) (total int64) {
	for _, w := range weights {
		total += w
	}
	return total
}

// apportion cuts n into len(weights) whole parts that sum to it.
func apportion(n int64, weights []int64, h uint64, out []int64) {
	total := sum(weights)
	off, run, before := int64(h%uint64(total)), int64(0), int64(0)
	for i, w := range weights {
		run += w
		upTo := mulDiv(n, run, total, off)
		out[i] = upTo - before
		before = upTo
	}
}

// drawn is ppm millionths of n, rounded up or down by chance.
func drawn(n, ppm int64, h uint64) int64 {
	return (n*ppm + int64(h%1_000_000)) / 1_000_000
}
