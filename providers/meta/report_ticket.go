package meta

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// ticket is what is needed to go on with the report runs of a part, in another process too.
type ticket struct {
	Version int             `json:"v"`
	At      time.Time       `json:"at"`
	Part    ticketPart      `json:"part"`
	Runs    []ticketRun     `json:"runs"`
	Meta    json.RawMessage `json:"meta"`
}

type ticketPart struct {
	Org        string                       `json:"org"`
	Name       string                       `json:"name"`
	Currency   string                       `json:"currency"`
	Timezone   string                       `json:"timezone"`
	Level      normalize.Level              `json:"level"`
	Dimensions []normalize.Dimension        `json:"dimensions"`
	Metrics    []normalize.Metric           `json:"metrics"`
	Range      ticketRange                  `json:"range"`
	Filter     map[normalize.Level][]string `json:"filter,omitempty"`
	Window     string                       `json:"window,omitempty"`
	Raw        bool                         `json:"raw,omitempty"`
	Now        time.Time                    `json:"now"`
}

type ticketRange struct {
	From normalize.Day `json:"from"`
	To   normalize.Day `json:"to"`
}

// ticketRun is a report run: of some days, and of people where they are asked for by themselves.
type ticketRun struct {
	ID     string      `json:"id"`
	Days   ticketRange `json:"days"`
	People bool        `json:"people,omitempty"`
}

const ticketVersion = 1

func (t *ticket) part() providers.Part {
	org := normalize.Organization{ID: t.Part.Org, Name: t.Part.Name, Currency: t.Part.Currency, Timezone: t.Part.Timezone}
	p := providers.Part{Org: org, Query: providers.ReportQuery{
		Orgs: []normalize.Organization{org}, Level: t.Part.Level, Dimensions: t.Part.Dimensions, Metrics: t.Part.Metrics,
		Range: normalize.DayRange(t.Part.Range), Filter: t.Part.Filter, Window: t.Part.Window, Now: t.Part.Now, Raw: t.Part.Raw,
	}}
	_ = json.Unmarshal(t.Meta, &p.Meta) // written by us; a meta that is not there is only less to say
	return p
}

func readTicket(b providers.Ticket) (*ticket, error) {
	var t ticket
	if err := json.Unmarshal(b, &t); err != nil || t.Version != ticketVersion {
		return nil, fault(providers.Invalid, "", "the ticket is not one of a report of Meta's")
	}
	for _, run := range t.Runs {
		if !digitsOnly(run.ID) {
			return nil, fault(providers.Invalid, "", "the ticket is not one of a report of Meta's")
		}
	}
	return &t, nil
}

// submitReport orders the report runs of a part, one for each piece of time.
func (c *client) submitReport(ctx context.Context, part providers.Part) (providers.Ticket, error) {
	meta := part.Meta
	r, err := newRun(c, part, &meta)
	if err != nil {
		return nil, err
	}
	q := r.part.Query
	t := ticket{Version: ticketVersion, At: c.now().UTC(), Part: ticketPart{
		Org: part.Org.ID, Name: part.Org.Name, Currency: part.Org.Currency, Timezone: part.Org.Timezone, Level: q.Level, Dimensions: q.Dimensions,
		Metrics: q.Metrics, Range: ticketRange(q.Range), Filter: q.Filter, Window: q.Window, Now: q.Now, Raw: q.Raw,
	}}
	if t.Meta, err = json.Marshal(part.Meta); err != nil {
		return nil, fault(providers.Invalid, "", "the report cannot be written down: %v", err)
	}
	if q.Range.From.Before(q.Range.To) {
		if err := r.objects.load(ctx, r); err != nil {
			return nil, own(err)
		}
		for _, days := range r.s.windows(q.Range) {
			if err := r.orderBoth(ctx, &t, days); err != nil {
				_ = c.cancelRuns(ctx, &t)
				return nil, own(err)
			}
		}
	}
	return json.Marshal(t)
}

// orderBoth orders the runs of some days.
func (r *run) orderBoth(ctx context.Context, t *ticket, days normalize.DayRange) error {
	for _, a := range r.asks() {
		id, err := r.order(ctx, a, piece{days: days})
		if err != nil {
			return err
		}
		t.Runs = append(t.Runs, ticketRun{ID: id, Days: ticketRange(days), People: a.lay == r.s.people})
	}
	return nil
}

// pollReport tells how far the runs are. One that has come to nothing is done as well: Fetch makes up for it.
func (c *client) pollReport(ctx context.Context, b providers.Ticket) (providers.Progress, error) {
	t, err := readTicket(b)
	if err != nil {
		return providers.Progress{}, err
	}
	r := &run{c: c, part: t.part()}
	out := providers.Progress{Done: true, Fraction: 1}
	if len(t.Runs) == 0 {
		return out, nil
	}
	percent, age := 0, c.now().Sub(t.At)
	for _, run := range t.Runs {
		n, err := r.state(ctx, run.ID)
		switch {
		case providers.KindOf(err) == providers.NotFound && age < unstartedFor: // not found at first
			out.Done = false
			continue
		case providers.KindOf(err) == providers.NotFound:
			percent += 100
			continue
		case err != nil:
			return providers.Progress{}, err
		}
		if ended := n.done() || n.ended() || age > unfinished; !ended {
			out.Done = false
			n.Percent = min(n.Percent, 99)
		} else {
			n.Percent = 100
		}
		percent += n.Percent
	}
	out.Fraction = float64(percent) / float64(100*len(t.Runs))
	if !out.Done {
		out.Wait = min(max(firstPoll, age/4), slowestPoll)
	}
	return out, nil
}

// fetchReport reads the results; of runs that came to nothing, what Stream would have read.
func (c *client) fetchReport(ctx context.Context, b providers.Ticket, meta *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		t, err := readTicket(b)
		if err == nil {
			part := t.part()
			begin(part, meta)
			var r *run
			if r, err = newRun(c, part, meta); err == nil {
				r.yield = yield
				err = r.fetch(ctx, t)
			}
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(normalize.Row{}, own(err))
		}
	}
}

func (r *run) fetch(ctx context.Context, t *ticket) error {
	if err := r.objects.load(ctx, r); err != nil {
		return err
	}
	r.large = true
	for i, run := range t.Runs {
		r.ask = r.asks()[0]
		if run.People {
			r.ask = r.asks()[1]
		}
		p := piece{days: normalize.DayRange(run.Days)}
		n, err := r.state(ctx, run.ID)
		switch {
		case err == nil && n.done():
			err = r.result(ctx, run.ID, p)
		case err == nil && !n.ended():
			if err = r.wait(ctx, run.ID); err == nil {
				err = r.result(ctx, run.ID, p)
			}
		case err == nil:
			err = n.failure()
		default:
			err = unready(err)
		}
		if r.again(err) {
			err = r.async(ctx, p)
		}
		if err != nil {
			return err
		}
		if last := i+1 == len(t.Runs) || t.Runs[i+1].Days != run.Days; last {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
	r.close()
	for _, run := range t.Runs { // Fetch of a report that was read to its end is not for a second time
		r.forget(ctx, run.ID)
	}
	return nil
}

// cancelReport deletes the runs.
func (c *client) cancelReport(ctx context.Context, b providers.Ticket) error {
	t, err := readTicket(b)
	if err != nil {
		return err
	}
	return c.cancelRuns(ctx, t)
}

func (c *client) cancelRuns(ctx context.Context, t *ticket) error {
	var first error
	for _, run := range t.Runs {
		err := c.remove(ctx, call{path: run.ID, lane: lane{account: t.Part.Org, insights: true}})
		if err != nil && providers.KindOf(err) != providers.NotFound && first == nil {
			first = err
		}
	}
	return first
}
