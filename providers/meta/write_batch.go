package meta

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// A batch is one call that holds others: each counts for the limits as if it were alone, and has an answer of its own.
// https://developers.facebook.com/docs/graph-api/batch-requests
const (
	maxBatch  = 50
	maxNewAds = 10 // of one batch
)

// batchItem is one call of a batch.
type batchItem struct {
	Method string `json:"method"`
	URL    string `json:"relative_url"`
	Body   string `json:"body,omitempty"`
}

// batchAnswer is what Meta says to one of them. null stands for one that was not carried out in time.
type batchAnswer struct {
	Code    int `json:"code"`
	Headers []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"headers"`
	Body string `json:"body"`
}

func (a *batchAnswer) header() http.Header {
	h := http.Header{}
	for _, v := range a.Headers {
		h.Add(v.Name, v.Value)
	}
	return h
}

// answer is what came of one call of a batch.
type answer struct {
	raw json.RawMessage
	ids []string
	err error
}

func (c *client) batchCall(account string, items []batchItem) call {
	return call{params: url.Values{"batch": {js(items)}}, lane: lane{account: account}}
}

// writeBatch sends writes once. Where the answer of the whole is lost, nobody knows of any of them.
func (c *client) writeBatch(ctx context.Context, account string, items []batchItem) []answer {
	r := c.request(http.MethodPost, c.batchCall(account, items))
	r.Cost = writeCost * len(items)
	var list []*batchAnswer
	ids, err := c.writeRequest(ctx, r, &list)
	out := c.answers(r.Bucket, items, list, ids, err)
	for i := range out {
		if err == nil && len(list) == len(items) && list[i] == nil { // it may have begun
			e := fault(providers.Timeout, "", "Meta ran out of time before it told what became of this write")
			e.RequestID, e.Uncertain = first(ids), true
			out[i].err = e
		}
		out[i].err = unclear(out[i].err)
	}
	return out
}

// readBatch reads, and asks again as every read does.
func (c *client) readBatch(ctx context.Context, account string, items []batchItem) []answer {
	r := c.request(http.MethodPost, c.batchCall(account, items))
	r.Cost = readCost * len(items)
	var list []*batchAnswer
	h, err := c.send(ctx, r, &list)
	return c.answers(r.Bucket, items, list, asList(requestID(h)), err)
}

func asList(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

// answers takes a batch's answer apart. An error of the whole is everybody's.
func (c *client) answers(bucket string, items []batchItem, list []*batchAnswer, ids []string, err error) []answer {
	out := make([]answer, len(items))
	if err == nil && len(list) != len(items) {
		err = uncertain(first(ids), "Meta's answer to a batch of %d calls holds %d", len(items), len(list))
	}
	for i := range out {
		switch {
		case err != nil:
			out[i] = answer{err: err, ids: ids}
		case list[i] == nil:
			out[i] = answer{err: fault(providers.Unavailable, "", "Meta did not get to this call of the batch"), ids: ids}
		default:
			out[i] = c.answerOf(bucket, list[i], ids)
		}
	}
	return out
}

// answerOf is one answer. The usage of limits is told in its own headers.
func (c *client) answerOf(bucket string, a *batchAnswer, ids []string) answer {
	h := a.header()
	c.lanes.heed(bucket, h)
	out := answer{raw: json.RawMessage(a.Body), ids: ids}
	if id := requestID(h); id != "" {
		out.ids = []string{id}
	}
	if a.Code >= 200 && a.Code < 300 {
		out.err = c.hidden(out.raw)
		return out
	}
	e := classify(a.Code, h, []byte(a.Body))
	e.Platform, e.Status, e.RequestID = platformID, a.Code, cmp.Or(e.RequestID, first(out.ids))
	e.Uncertain = e.Uncertain || a.Code < 400 || a.Code == http.StatusRequestTimeout || a.Code >= 500
	if e.Kind == providers.RateLimited {
		c.lanes.Observe(bucket, providers.LimitState{Block: e.RetryAfter})
		c.lanes.refusedBy(bucket, e, e.RetryAfter)
	}
	c.rest.Scrub(e)
	out.err = e
	return out
}

// item is an order as a call of a batch.
func (o *order[T]) item() batchItem {
	it := batchItem{Method: o.method, URL: o.path}
	if o.method == http.MethodPost {
		it.Body = o.params.Encode()
	}
	return it
}

func (o *order[T]) newAd() bool { return o.id == "" && strings.HasSuffix(o.path, "/ads") }

// bundles are the orders of a list that go in one call, as positions: of one account, and no more than Meta takes.
func bundles[T any](orders []order[T], at []int) [][]int {
	var out [][]int
	open := map[string]int{} // account → its bundle that has room
	ads := map[string]int{}
	for _, i := range at {
		o := &orders[i]
		b, ok := open[o.account]
		if !ok || len(out[b]) == maxBatch || o.newAd() && ads[o.account] == maxNewAds {
			b, ads[o.account] = len(out), 0
			out, open[o.account] = append(out, nil), b
		}
		if out[b] = append(out[b], i); o.newAd() {
			ads[o.account]++
		}
	}
	return out
}

// ended tells whether an error is the account's for now: what would follow would fail as well, and make it last longer.
func ended(err error) bool {
	return slices.Contains([]providers.Kind{providers.RateLimited, providers.Unauthorized}, providers.KindOf(err))
}

// notSent is the error of a write that stood behind one of those.
func notSent(err error) error {
	e := *fault(providers.KindOf(err), "", "nothing was sent of this write, as an earlier one of the batch was refused: %v", err)
	if cause, ok := err.(*providers.Error); ok { //nolint:errorlint // the maker's own
		e.Code, e.RetryAfter = cause.Code, cause.RetryAfter
	}
	return &e
}
