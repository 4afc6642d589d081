package meta

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

// Signs in an *Error's Err.
var (
	// errTooMuch: the call asked for more than Meta gives at once; fewer elements may pass.
	errTooMuch = errors.New("the platform was asked for too much at once")
	// errGoAsync: a report takes longer than Meta lets a caller wait for it.
	errGoAsync = errors.New("the report has to be made asynchronously")
)

// failure is the error of an answer. Its status is no guide: 400 for nearly everything, and even 200.
// https://developers.facebook.com/docs/graph-api/guides/error-handling
type failure struct {
	Message   string          `json:"message"`
	Type      string          `json:"type"`
	Code      wire.ID         `json:"code"`
	Subcode   wire.ID         `json:"error_subcode"`
	Transient bool            `json:"is_transient"`
	UserTitle string          `json:"error_user_title"`
	UserMsg   string          `json:"error_user_msg"`
	Data      json.RawMessage `json:"error_data"` // an object, or a text that holds one
	TraceID   string          `json:"fbtrace_id"`
}

type envelope struct {
	Error *failure `json:"error"`
}

// classify turns a refusal into its error; how long to wait is told by the headers of usage.
func classify(status int, h http.Header, body []byte) *providers.Error {
	var env envelope
	if json.Unmarshal(body, &env) != nil || env.Error == nil { // HTML or plain text of the edge
		return rest.ClassifyStatus(status, h, body)
	}
	return env.Error.explain(status, h)
}

func (f *failure) explain(status int, h http.Header) *providers.Error {
	code, _ := strconv.ParseInt(f.Code.String(), 10, 64)
	sub, _ := strconv.ParseInt(f.Subcode.String(), 10, 64)
	e := &providers.Error{Status: status, Message: f.text(status), RequestID: f.TraceID, Field: f.blame()}
	if code != 0 {
		e.Code = strconv.FormatInt(code, 10)
		if sub != 0 {
			e.Code += "/" + strconv.FormatInt(sub, 10)
		}
	}
	e.Kind, e.Err = kindOfFailure(code, sub, f, status)
	switch {
	case e.Kind == providers.RateLimited:
		if h.Get("Retry-After") == "" { // Meta sends none; an edge in front of it may
			e.RetryAfter = throttleWait(code, sub, h)
		}
		if code == 613 && sub == 0 { // abuse: going on makes it worse
			e.Err = rest.ErrFinal
		}
	case code == 2635:
		e.Field = settingVersion
		e.Message = "Meta no longer answers this version: change the setting " + settingVersion + " (" + e.Message + ")"
	case sub == 1487632: // the fourth budget change of an ad set within the hour
		e.RetryAfter = time.Hour
	}
	return e
}

// text is the technical message, and after it what Meta would tell the user, which says more. Both may be there, in the
// language of who granted; the last part is never matched on.
func (f *failure) text(status int) string {
	parts := []string{oneLine(f.Message)}
	for _, p := range []string{oneLine(f.UserTitle), oneLine(f.UserMsg)} {
		if p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return rest.ClassifyStatus(status, nil, nil).Message
	}
	return strings.Join(parts, ": ")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// blame is the field of ours for the one that Meta blames; its own word where we have none.
func (f *failure) blame() string {
	data := bytes.TrimSpace(f.Data)
	var text string
	if json.Unmarshal(data, &text) == nil {
		data = []byte(text)
	}
	var d struct {
		Blame [][]any `json:"blame_field_specs"`
	}
	if json.Unmarshal(data, &d) != nil || len(d.Blame) == 0 || len(d.Blame[0]) == 0 {
		return ""
	}
	parts := make([]string, len(d.Blame[0]))
	for i, p := range d.Blame[0] {
		parts[i] = fmt.Sprint(p)
	}
	path := strings.Join(parts, ".")
	return cmp.Or(blamed[path], path)
}

// blamed names fields as ours.
var blamed = map[string]string{
	"daily_budget": "budget_amount", "lifetime_budget": "budget_amount", "spend_cap": "budget_amount", "end_time": "end_at", "start_time": "start_at",
	"stop_time": "end_at", "objective": "goal", "adset_id": "group_id", "campaign_group_id": "campaign_id", "creative": "creative_ids",
	"promoted_object": "promoted", "special_ad_categories": "category", "bid_constraints": "bid_strategy",
}

// is tells whether one of the numbers is the code or the subcode: older pages of the reference print as codes what
// answers carry as subcodes.
func is(code, sub int64, numbers ...int64) bool {
	return slices.Contains(numbers, sub) || slices.Contains(numbers, code)
}

// firstRule: numbers from here on are subcodes of rules, whichever position they stand in.
const firstRule = 1_000_000

// kindOfFailure goes from the particular to the general.
// https://developers.facebook.com/docs/marketing-api/error-reference
func kindOfFailure(code, sub int64, f *failure, status int) (providers.Kind, error) {
	message := strings.ToLower(f.Message)
	switch {
	// The account or the person is locked, not the grant: a new token would not help, and dropping the grant would hurt.
	case code == 190 && sub == 459, is(code, sub, 368, 1404078, 1404163, 2859015):
		return providers.Forbidden, nil
	// The app's secret is wrong or missing: the operator's fault, the grant may well be alive.
	case strings.Contains(message, "appsecret_proof"):
		return providers.Forbidden, nil
	// A permission matter under the token's code, on calls about pages.
	case code == 190 && strings.Contains(message, "must be granted before impersonating"):
		return providers.Forbidden, nil
	case code == 190, code == 102, code == 104:
		return providers.Unauthorized, nil
	case code == 100 && sub == 33, code == 803:
		return providers.NotFound, nil
	case sub == 1870047: // an audience too small, under a code of permissions
		return providers.Rejected, nil
	case code == 3, code == 10, code >= 200 && code <= 299, code == 100 && strings.Contains(message, "missing permission"),
		is(code, sub, 3191001, 1341012, 1815694, 2708008, 1870034, 1870090, 1885183, 2853001, 1713092):
		return providers.Forbidden, nil
	// A wait of seconds does not help against these, though they come under the codes of throttles.
	case is(code, sub, 1885172, 1487632, 1487225, 1487990):
		return providers.Rejected, nil
	case is(code, sub, 1487056, 1487566, 1885088, 1487007, 1885621, 1815573, 1340029), code == 506, code == 300:
		return providers.Conflict, nil
	case is(code, sub, 1504018, 1504038):
		return providers.Timeout, errors.Join(errGoAsync, rest.ErrFinal)
	case is(code, sub, 1504041, 1504042, 1504045, 1487534):
		return providers.Invalid, nil
	case slices.Contains([]int64{4, 17, 32, 341, 613}, code), code >= 80000 && code <= 80014:
		return providers.RateLimited, nil
	}
	return kindInGeneral(code, sub, f, status, message)
}

func kindInGeneral(code, sub int64, f *failure, status int, message string) (providers.Kind, error) {
	switch {
	// Also written as an unknown error with HTTP 500, for which asking for less has been seen to help; but so has asking again.
	case strings.Contains(message, "reduce the amount of data"):
		return providers.Unavailable, errors.Join(errTooMuch, rest.ErrFinal)
	case f.Transient, code == 1, code == 2, code == 960, code == 2601, code == 5000, code < 0:
		return providers.Unavailable, nil
	case code == 2635:
		return providers.Unsupported, nil
	case code == 100 && sub >= firstRule, code >= firstRule:
		return providers.Rejected, nil
	case code == 100, code == 105, code == 2500, code == 2606, code == 2607, code == 2615, code == 2654, code == 3018:
		return providers.Invalid, nil
	case code == 0 && f.Type == "" && f.Message == "":
		return providers.Malformed, nil
	case status < 400:
		return providers.Rejected, nil
	}
	return rest.ClassifyStatus(status, nil, nil).Kind, nil
}

// codeOf is the code of an error of Meta's, as in "100/33"; empty for others.
func codeOf(err error) string {
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		return ""
	}
	return e.Code
}

// runError is the error of a report run, which Meta tells on the run's own node.
func runError(code, subcode int64, title, msg string) *providers.Error {
	f := failure{
		Message: "Meta could not make the report", Code: wire.ID(strconv.FormatInt(code, 10)), Subcode: wire.ID(strconv.FormatInt(subcode, 10)),
		UserTitle: title, UserMsg: msg,
	}
	e := f.explain(http.StatusOK, nil)
	e.Platform = platformID
	return e
}

// requestID finds the id to quote to Meta's support.
func requestID(h http.Header) string {
	return cmp.Or(h.Get("X-Fb-Trace-Id"), h.Get("X-Fb-Request-Id"))
}

// fault is an error of ours about something the caller gave.
func fault(k providers.Kind, field, format string, args ...any) *providers.Error {
	return &providers.Error{Kind: k, Platform: platformID, Field: field, Message: fmt.Sprintf(format, args...)}
}

func notFound(what, id string) *providers.Error {
	return fault(providers.NotFound, "", "Meta has no %s %q", what, id)
}

// refused says that Meta cannot take a value of ours.
func refused(field, value string) error {
	return fault(providers.Rejected, field, "Meta has nothing for %s %s", field, value)
}
