package meta

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// Meta takes up to 50 calls in one, of which at most 10 make ads. They are answered in order, and done or refused each by
// itself. What each of several writes would send waits until all of them have come that far, and goes out in one.
// https://developers.facebook.com/docs/graph-api/batch-requests
const (
	maxCalls   = 50
	maxNewAds  = 10
	batchSeats = 8 // how many of the operations read what they depend on at once
)

// jointKey is where a context holds the place that a write has among others.
type jointKey struct{}

// parked is a write that waits for the others.
type parked struct {
	at    int // among the operations
	r     rest.Request
	reply chan answer
}

// answer is what rest.Client.Write would have given.
type answer struct {
	header http.Header
	body   json.RawMessage
	err    error
}

// joint collects the writes of one call.
type joint struct {
	c     *client
	ctx   context.Context //nolint:containedctx // of the whole batch
	seats chan struct{}

	mu      sync.Mutex
	coming  int // operations that have neither come to their write nor ended
	waiting []*parked
}

// seat is one operation's place among others.
type seat struct {
	j    *joint
	at   int
	come bool
}

// sendWrite sends a write, among others where the context has a place among such. An upload goes by itself.
func (c *client) sendWrite(ctx context.Context, r rest.Request) (http.Header, json.RawMessage, error) {
	s, ok := ctx.Value(jointKey{}).(*seat)
	if kind := r.Header.Get("Content-Type"); !ok || s.come || r.Method == http.MethodPost && kind != formType {
		var raw json.RawMessage
		h, err := c.rest.Write(ctx, r, &raw)
		return h, raw, err
	}
	a := s.send(r)
	return a.header, a.body, a.err
}

// send waits for the others, and gives away the seat meanwhile.
func (s *seat) send(r rest.Request) answer {
	p := &parked{at: s.at, r: r, reply: make(chan answer, 1)}
	<-s.j.seats
	s.arrive(p)
	a := <-p.reply
	s.j.seats <- struct{}{}
	return a
}

// arrive counts an operation that sends, or, where p is nil, has ended without. The last one sends for all.
func (s *seat) arrive(p *parked) {
	if s.come {
		return
	}
	s.come = true
	j := s.j
	j.mu.Lock()
	j.coming--
	if p != nil {
		j.waiting = append(j.waiting, p)
	}
	last := j.coming == 0
	j.mu.Unlock()
	if !last {
		return
	}
	slices.SortFunc(j.waiting, func(a, b *parked) int { return a.at - b.at })
	for _, list := range calls(j.waiting) {
		for i, a := range j.c.sendTogether(j.ctx, list) {
			list[i].reply <- a
		}
	}
}

// calls puts writes together that may go out in one: of one account, and no more than Meta takes.
func calls(waiting []*parked) [][]*parked {
	var out [][]*parked
	ads := map[int]int{}
	for _, p := range waiting {
		makesAd := p.r.Method == http.MethodPost && strings.HasSuffix(p.r.URL, "/ads")
		i := slices.IndexFunc(out, func(l []*parked) bool { return l[0].r.Bucket == p.r.Bucket && len(l) < maxCalls })
		for i >= 0 && makesAd && ads[i] == maxNewAds {
			next := slices.IndexFunc(out[i+1:], func(l []*parked) bool { return l[0].r.Bucket == p.r.Bucket && len(l) < maxCalls })
			if next < 0 {
				i = -1
				break
			}
			i += 1 + next
		}
		if i < 0 {
			i = len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
		if makesAd {
			ads[i]++
		}
	}
	return out
}

// called is what became of one call among others. null is one that was not finished in time.
type called struct {
	Code    int `json:"code"`
	Headers []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"headers"`
	Body string `json:"body"`
}

// sendTogether sends writes as one call, once.
func (c *client) sendTogether(ctx context.Context, list []*parked) (out []answer) {
	out = make([]answer, len(list))
	all := func(err error) []answer {
		for i := range out {
			out[i].err = err
		}
		return out
	}
	defer func() { // the others wait for their answers
		if p := recover(); p != nil {
			all(uncertain("", "sending several writes in one broke off: %v", p))
		}
	}()
	ops := make([]map[string]string, len(list))
	for i, p := range list {
		ops[i] = map[string]string{"method": p.r.Method, "relative_url": strings.TrimPrefix(p.r.URL, "https://"+apiHost+"/"+c.version+"/")}
		if p.r.Body != nil {
			ops[i]["body"] = string(p.r.Body)
		}
	}
	r := c.request(http.MethodPost, call{params: url.Values{"batch": {js(ops)}, "include_headers": {"true"}}})
	r.Bucket, r.Cost = list[0].r.Bucket, writeCost*len(list)
	var raw json.RawMessage
	h, err := c.rest.Write(ctx, r, &raw)
	if err == nil {
		err = hidden(raw)
	}
	if err != nil {
		return all(err)
	}
	var got []*called
	if err := rest.Unmarshal(raw, &got); err != nil || len(got) != len(list) {
		return all(uncertain(requestID(h), "Meta was sent %d writes in one, and its answer to them cannot be understood", len(list)))
	}
	for i, a := range got {
		out[i] = c.answered(list[i].r.Bucket, a, h)
	}
	return out
}

// answered is the answer to one call among others. It is judged as if it had come alone.
func (c *client) answered(bucket string, got *called, outer http.Header) answer {
	if got == nil {
		e := fault(providers.Timeout, "", "Meta ran out of time before it told what became of this")
		e.RequestID, e.Uncertain = requestID(outer), true
		return answer{err: e}
	}
	h := http.Header{}
	for _, x := range got.Headers {
		h.Add(x.Name, x.Value)
	}
	if requestID(h) == "" && requestID(outer) != "" {
		h.Set("X-Fb-Trace-Id", requestID(outer))
	}
	c.lanes.heed(bucket, h)
	if s := got.Code; s < 200 || s > 299 {
		e := classify(s, h, []byte(got.Body))
		if e.RequestID == "" {
			e.RequestID = requestID(h)
		}
		e.Uncertain = e.Uncertain || s < 400 || s == http.StatusRequestTimeout || s >= 500 && s != http.StatusNotImplemented
		if e.Kind == providers.RateLimited {
			c.lanes.refusedBy(bucket, e, e.RetryAfter)
		}
		return answer{header: h, err: e}
	}
	return answer{header: h, body: json.RawMessage(got.Body)}
}

// batch carries operations out together. Those on one object go out one after the other.
func batch[T any](c *client, of func(*client) providers.Collection[T]) func(context.Context, []providers.Op[T]) ([]providers.Done[T], error) {
	return func(ctx context.Context, ops []providers.Op[T]) ([]providers.Done[T], error) {
		out := make([]providers.Done[T], len(ops))
		for from := 0; from < len(ops); {
			n := together(ops[from:])
			runTogether(ctx, c, of(c), ops[from:from+n], out[from:from+n])
			from += n
		}
		return out, nil
	}
}

// together is how many of the next operations may go out in one call.
func together[T any](ops []providers.Op[T]) int {
	seen := map[string]bool{}
	for i, o := range ops {
		if i == maxCalls || o.Ref.ID != "" && seen[o.Ref.ID] {
			return i
		}
		seen[o.Ref.ID] = true
	}
	return len(ops)
}

func runTogether[T any](ctx context.Context, c *client, of providers.Collection[T], ops []providers.Op[T], out []providers.Done[T]) {
	j := &joint{c: c, ctx: ctx, seats: make(chan struct{}, batchSeats), coming: len(ops)}
	var all sync.WaitGroup
	for i := range ops {
		all.Go(func() {
			j.seats <- struct{}{}
			s := &seat{j: j, at: i}
			defer func() {
				if p := recover(); p != nil {
					out[i].Err = uncertain("", "the operation broke off: %v", p)
				}
				<-j.seats
				s.arrive(nil)
			}()
			out[i] = single(context.WithValue(ctx, jointKey{}, s), of, ops[i])
		})
	}
	all.Wait()
}

// single carries one operation out.
func single[T any](ctx context.Context, of providers.Collection[T], o providers.Op[T]) (done providers.Done[T]) {
	switch {
	case o.Remove && of.Delete != nil:
		done.Removal, done.Err = of.Delete(ctx, o.Ref, o.Write.DryRun)
	case !o.Remove && o.Ref.ID == "" && of.Create != nil:
		done.Written, done.Err = of.Create(ctx, o.Write)
	case !o.Remove && o.Ref.ID != "" && of.Update != nil:
		done.Written, done.Err = of.Update(ctx, o.Ref, o.Write)
	default:
		done.Err = fault(providers.Unsupported, "", "Meta does not do this")
	}
	return done
}
