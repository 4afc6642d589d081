package google

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// errFull says that an answer holds more than a window may: the range is cut, and asked for again.
var errFull = errors.New("the window holds too much")

// fetch reads the queries of a window into the table.
func (r *run) fetch(ctx context.Context, days normalize.DayRange) error {
	for _, p := range r.passes {
		if err := r.divide(ctx, p, days, r.s.periodsIn(days) == 1); err != nil {
			return err
		}
	}
	return nil
}

// divide asks one query. Where the window is one row's period, which cannot be cut, what Google finds too large is asked
// for in halves, whose numbers are added up.
func (r *run) divide(ctx context.Context, p *pass, days normalize.DayRange, last bool) error {
	if p.left {
		return nil
	}
	err := r.ask(ctx, p, days)
	if again, perr := r.prune(ctx, p, err); again || perr != nil {
		if perr != nil {
			return perr
		}
		return r.divide(ctx, p, days, last)
	}
	if !last || !tooLarge(ctx, err) || days.Len() < 2 || r.committed {
		return err
	}
	r.rows.join()
	r.stage = newTable(r.s.width, true)
	half := days.From.Add(days.Len() / 2)
	for _, part := range []normalize.DayRange{{From: days.From, To: half}, {From: half, To: days.To}} {
		if err := r.divide(ctx, p, part, true); err != nil {
			return err
		}
	}
	return nil
}

// tooLarge tells errors that a smaller range may not end in: Google's time, its budget for one query, or an answer that
// broke off again and again.
func tooLarge(ctx context.Context, err error) bool {
	e, ok := errors.AsType[*providers.Error](err)
	switch {
	case !ok || ctx.Err() != nil:
		return false
	case e.Kind == providers.Timeout, strings.HasSuffix(e.Code, ".EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"):
		return true
	}
	return e.Kind == providers.Malformed && errors.Is(err, io.ErrUnexpectedEOF)
}

// ask sends one query and takes its rows. They are handed on only when the answer is whole: a broken one is read again
// from its beginning. An answer larger than a window may be is handed on as it comes, if the window cannot be cut;
// should it break off then, the report ends in an error, as no row may come twice.
func (r *run) ask(ctx context.Context, p *pass, days normalize.DayRange) error {
	req, err := r.request(ctx, p, days)
	if err != nil {
		return err
	}
	req.Final = func() bool { return r.committed }
	attempts := 0
	req.Enough = func(e *providers.Error) bool { // the same again would take as long, or break off as before
		attempts++
		smaller := r.s.periodsIn(days) > 1 || days.Len() > 1 && !r.s.indivisible()
		return smaller && (e.Kind == providers.Timeout || attempts > 1 && tooLarge(ctx, e))
	}
	r.committed = false
	mark := len(r.rows.keys)
	var ids []string
	h, err := r.c.stream.Read(ctx, req, func(body io.Reader) error {
		ids = ids[:0]
		r.stage.reset()
		if r.rows.index == nil {
			r.rows.cut(mark)
		}
		err := decodeReport(body, p, &r.wire, func() error { return r.take(p, days) }, func(c chunk) error { return r.refuse(c, &ids) })
		switch {
		case errors.Is(err, errFull), errors.Is(err, errStop):
			r.stopped = err
			return rest.ErrStop
		}
		return err
	})
	r.note(h, ids)
	switch {
	case errors.Is(err, rest.ErrStop):
		return r.stopped
	case err != nil:
		if r.rows.index == nil && !r.committed {
			r.rows.cut(mark) // what came of it must not stay
		}
		return r.c.forget(err)
	}
	r.merge()
	return nil
}

// request is the call for a query's days. White space would be a third of the answer.
// https://cloud.google.com/apis/docs/system-parameters
func (r *run) request(ctx context.Context, p *pass, days normalize.DayRange) (rest.Request, error) {
	login, err := r.c.loginFor(ctx, r.part.Org.ID)
	if err != nil {
		return rest.Request{}, err
	}
	return r.c.request("customers/"+r.part.Org.ID+"/googleAds:searchStream?prettyPrint=false", r.part.Org.ID, login, searchBody{Query: p.text(days)})
}

// indivisible tells whether there are numbers that halves of a period do not add up to.
func (s *shape) indivisible() bool {
	for c, at := range s.slots {
		if at >= 0 && columnSources[c].join == joinNever {
			return true
		}
	}
	return false
}

// refuse makes an error of one inside an answer, and keeps the id of the request.
func (r *run) refuse(c chunk, ids *[]string) error {
	if c.requestID != "" && len(*ids) == 0 {
		*ids = append(*ids, c.requestID)
	}
	if c.err == nil {
		return nil
	}
	e := refusalOf(c.err.Code, c.err, http.Header{}, r.c.now())
	if e.RequestID == "" {
		e.RequestID = c.requestID
	}
	return e
}

// note keeps the first request ids, enough to quote to Google's support.
func (r *run) note(h http.Header, ids []string) {
	const enough = 20
	if id := requestID(h); id != "" {
		ids = []string{id}
	}
	if len(ids) > 0 && len(r.meta.RequestIDs) < enough {
		r.meta.RequestIDs = append(r.meta.RequestIDs, ids[0])
	}
}

var errAnonymous = errors.New("a row does not say what it is of")

// take puts a row of an answer into the table.
func (r *run) take(p *pass, days normalize.DayRange) error {
	w := &r.wire
	if !w.delivered(p) {
		return nil
	}
	if p.category {
		if err := w.byCategory(); err != nil {
			return err
		}
		if !w.delivered(p) {
			return nil
		}
	}
	w.convert(p)
	r.assets = r.assets || p.asset
	k, err := r.key(p, days)
	if err != nil {
		return err
	}
	into := r.rows
	if r.rows.index != nil {
		into = r.stage
	}
	values, shown := into.row(k), normalize.Some(w.columns[colImpressions].D)
	for _, c := range p.numbers {
		if at := r.s.slots[c]; at >= 0 && p.kept[c] && w.columns[c].OK {
			r.add(values[at:], c, w.columns[c], shown)
		}
	}
	if into.bytes() < mostBytes {
		return nil
	}
	return r.overflow(p, days)
}

// overflow is what becomes of a window that holds too much.
func (r *run) overflow(p *pass, days normalize.DayRange) error {
	switch {
	case r.s.periodsIn(days) > 1:
		return errFull
	case r.rows.index != nil: // what is added up is no larger than the report's own rows of a period
		return nil
	}
	r.committed = true
	return r.flush()
}

// key is what a row is of.
func (r *run) key(p *pass, days normalize.DayRange) (key, error) {
	var k key
	var err error
	w := &r.wire
	if k.entity, err = r.entities.find(r.s.level, p.asset, w); err != nil {
		return k, err
	}
	if r.s.grain != "" {
		if k.period, err = r.periodOf(days); err != nil {
			return k, err
		}
	}
	for i, d := range r.dictionaries {
		at := d.at(w.text(d.split.place))
		if at >= mostWords {
			return k, fmt.Errorf("more than %d values of %s", mostWords, d.split.dimension)
		}
		k.values |= at << (valueBits * i)
	}
	r.noteOwn(k)
	return k, nil
}

// periodOf reads the day and hour of a row, which must be asked for.
func (r *run) periodOf(days normalize.DayRange) (int32, error) {
	d, err := parseDay(r.wire.text(placeDate))
	if err != nil {
		return 0, err
	}
	if first := r.s.begin(days.From); d.Before(first) || !d.Before(days.To) {
		return 0, fmt.Errorf("a row is of %s, which was not asked for", d)
	}
	if r.s.grain != normalize.DimensionHour {
		return packPeriod(d, -1), nil
	}
	hour, err := strconv.Atoi(string(r.wire.text(placeHour)))
	if err != nil || hour < 0 || hour > 23 {
		return 0, errors.New("a row has no hour")
	}
	return packPeriod(d, hour), nil
}
