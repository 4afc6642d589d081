package meta

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/wire"
)

// How report runs are waited for. Meta makes most in seconds or minutes, and takes up to an hour with retries of its own;
// some never leave their first percent.
const (
	firstPoll    = 2 * time.Second
	slowestPoll  = 30 * time.Second
	unseenFor    = time.Minute      // a new run may not be found at first
	unstartedFor = 5 * time.Minute  // at 0 percent
	unfinished   = 30 * time.Minute // in all
	maxFailed    = 60               // runs of one part that come to nothing
	maxMissed    = 5                // polls that fail
	longestHold  = 10 * time.Minute // that a throttled poll waits
	maxNotYet    = 5                // times that a finished run may say that it is not
	cleanUp      = 10 * time.Second
	easyPages    = 10      // after which a page is asked for more again
	maxTable     = 200_000 // rows added up at once, before days are read apart
)

// States of a report run. https://developers.facebook.com/docs/marketing-api/insights/best-practices#asynchronous
const (
	jobCompleted = "Job Completed"
	jobFailed    = "Job Failed"
	jobSkipped   = "Job Skipped" // it has expired
)

// reportRun is the node of a report run.
type reportRun struct {
	ID           wire.ID     `json:"id"`
	Status       string      `json:"async_status"`
	Percent      int         `json:"async_percent_completion"`
	Running      bool        `json:"is_running"`
	ErrorCode    json.Number `json:"error_code"`
	ErrorSubcode json.Number `json:"error_subcode"`
	ErrorMessage string      `json:"error_message"`
	ErrorTitle   string      `json:"error_user_title"`
	ErrorUser    string      `json:"error_user_msg"`
}

const runFields = "id,async_status,async_percent_completion,is_running,error_code,error_subcode,error_message,error_user_title,error_user_msg"

// done: all percent while the job is still running is not done, the status decides.
func (n *reportRun) done() bool { return n.Status == jobCompleted && n.Percent >= 100 }

// ended tells whether the run has come to nothing.
func (n *reportRun) ended() bool { return n.Status == jobFailed || n.Status == jobSkipped }

// failure is why. A run that says nothing may fail again or not.
func (n *reportRun) failure() *providers.Error {
	if n.Status == jobSkipped {
		return &providers.Error{Kind: providers.Unavailable, Platform: platformID, Code: n.Status, Message: "Meta has let the report run expire", Err: errRun}
	}
	code, _ := n.ErrorCode.Int64()
	sub, _ := n.ErrorSubcode.Int64()
	if code == 0 && sub == 0 {
		return &providers.Error{Kind: providers.Unavailable, Platform: platformID, Code: n.Status, Message: "Meta could not make the report, and does not say why", Err: errRun}
	}
	text := n.ErrorUser
	if text == "" {
		text = n.ErrorMessage
	}
	e := runError(code, sub, n.ErrorTitle, text)
	e.Err = errors.Join(errRun, e.Err)
	return e
}

// errRun marks the failure of a report run, after which another one may be tried.
var errRun = errors.New("a report run has come to nothing")

// again tells whether a smaller piece, or another try, may succeed where a run failed. Once rows of it have left, no run
// can make up for it: they would come twice.
func (r *run) again(err error) bool {
	if err == nil || r.halfway {
		return false
	}
	if tooLarge(err) || errors.Is(err, errOverflow) {
		return true
	}
	switch providers.KindOf(err) {
	case providers.Unavailable, providers.Timeout, providers.Malformed:
		return errors.Is(err, errRun)
	}
	return false
}

// errOverflow: more rows would have to be added up than are kept at once.
var errOverflow = errors.New("more rows would have to be added up than are kept at once")

// async reads a piece by report runs: one, a second where the first one failed by chance, and then one for each of the
// pieces that the piece can be cut into.
func (r *run) async(ctx context.Context, p piece) error {
	err := r.job(ctx, p)
	if r.again(err) && !tooLarge(err) && !errors.Is(err, errStuck) && !errors.Is(err, errOverflow) {
		err = r.job(ctx, p)
	}
	if !r.again(err) || r.failed > maxFailed {
		return err
	}
	parts, serr := r.split(ctx, p)
	if serr != nil {
		return serr
	}
	if len(parts) == 0 {
		return err
	}
	r.c.log.LogAttrs(ctx, slog.LevelDebug, "report run came to nothing: its piece is cut", slog.String("platform", platformID),
		slog.Int("pieces", len(parts)), slog.String("code", codeOf(err)))
	for _, part := range parts {
		if err := r.async(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// job makes one report run and reads its result.
func (r *run) job(ctx context.Context, p piece) error {
	id, err := r.order(ctx, r.ask, p)
	if err != nil {
		r.failed++
		return err
	}
	defer r.forget(ctx, id)
	for n := 1; ; n++ {
		err = r.wait(ctx, id)
		if err == nil {
			err = r.result(ctx, id, p)
		}
		if !errors.Is(err, errNotYet) || r.halfway || n == maxNotYet {
			break
		}
	}
	if err != nil {
		r.failed++
	}
	return err
}

// lane is what calls of a report count for.
func (r *run) lane() lane { return lane{account: r.part.Org.ID, insights: true} }

// order makes a report run. It changes nothing of the account, so that it is tried again where the answer is lost.
func (r *run) order(ctx context.Context, a ask, p piece) (string, error) {
	var made struct {
		ID wire.ID `json:"report_run_id"` // a number or a text
	}
	h, err := r.c.submit(ctx, call{path: node(r.part.Org.ID) + "/insights", lane: r.lane(), params: r.params(a, p)}, &made)
	if err != nil {
		return "", err
	}
	r.note(requestID(h))
	if !digitsOnly(made.ID.String()) {
		return "", fault(providers.Malformed, "", "Meta took the report run and did not say which it is")
	}
	return made.ID.String(), nil
}

// state reads a run's node.
func (r *run) state(ctx context.Context, id string) (reportRun, error) {
	var n reportRun
	_, err := get(ctx, r.c, call{path: id, lane: r.lane(), params: url.Values{"fields": {runFields}}}, &n)
	return n, err
}

var errStuck = errors.New("the report run does not go on")

// wait returns when the result is there, or by an error that marks why there is none.
func (r *run) wait(ctx context.Context, id string) error {
	began, pause, waited := r.c.now(), firstPoll, time.Duration(0)
	for missed := 0; ; {
		if err := r.c.sleep(ctx, pause); err != nil {
			return r.gone(ctx, err)
		}
		waited += pause
		elapsed := max(waited, r.c.now().Sub(began))
		pause = min(2*pause, slowestPoll)
		n, err := r.state(ctx, id)
		switch {
		case providers.KindOf(err) == providers.NotFound && elapsed < unseenFor:
			continue
		case providers.KindOf(err) == providers.NotFound:
			return fault(providers.Unavailable, "", "Meta made a report run and does not know it: %v", err)
		case err != nil:
			e, ok := errors.AsType[*providers.Error](err)
			if missed++; !ok || !e.Retryable() || missed > maxMissed || ctx.Err() != nil {
				return err
			}
			pause = max(pause, min(e.RetryAfter, longestHold)) // the run goes on without us
			continue
		case n.done():
			return nil
		case n.ended():
			return n.failure()
		case n.Percent == 0 && elapsed > unstartedFor, elapsed > unfinished:
			return &providers.Error{Kind: providers.Timeout, Platform: platformID, Code: n.Status,
				Message: "Meta's report run does not go on", Err: errors.Join(errRun, errStuck)}
		}
	}
}

// gone explains why waiting has ended: the caller has left.
func (r *run) gone(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &providers.Error{Kind: providers.Timeout, Platform: platformID, Message: "waiting for Meta's report run has ended: " + err.Error(), Err: err}
}

// errNotYet: the run says that it is done, and does not give its result.
var errNotYet = errors.New("the result is not there yet")

// unready tells a result that is not there from other errors: not yet (2601/1815107), or no longer.
func unready(err error) error {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		return err
	}
	out := *e
	switch {
	case strings.HasPrefix(e.Code, "2601"):
		out.Err = errors.Join(errRun, errNotYet, e.Err)
	case e.Kind == providers.NotFound:
		out.Kind, out.Err = providers.Unavailable, errors.Join(errRun, e.Err)
	default:
		return err
	}
	return &out
}

// result reads a finished run.
func (r *run) result(ctx context.Context, id string, p piece) error {
	k := call{path: id + "/insights", lane: r.lane()}
	pg := r.page(r.ask.lay)
	r.stage.reset()
	for at, good := (cursor{Limit: pageRows}), 0; ; {
		pg.cut(0)
		info, err := fetchPage(ctx, r.c, k, at, func(body io.Reader, tr *trailer) error { pg.cut(0); return pg.read(body, p.days, tr) })
		if err != nil {
			r.halfway = !r.s.merged && at.After != ""
			return unready(err)
		}
		r.noted(info)
		if err := r.settle(ctx, pg, r.stage); err != nil {
			return err
		}
		if !info.More {
			break
		}
		if len(r.stage.keys) > maxTable && len(r.s.periods(p.days)) > 1 {
			return &providers.Error{Kind: providers.Unavailable, Platform: platformID, Message: errOverflow.Error(), Err: errOverflow}
		}
		if good++; info.Next.Limit < at.Limit {
			good = 0
		}
		if at = info.Next; good == easyPages { // the heavy page may have been the only one
			at.Limit, good = min(2*at.Limit, pageRows), 0
		}
	}
	r.rows.merge(r.stage)
	return nil
}

// forget deletes a run: its result, or a run that nobody waits for any more.
func (r *run) forget(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	if err := r.c.remove(ctx, call{path: id, lane: r.lane()}); err != nil {
		r.c.log.LogAttrs(ctx, slog.LevelDebug, "report run was not deleted", slog.String("platform", platformID), slog.String("code", codeOf(err)))
	}
}
