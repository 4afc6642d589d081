package google

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

// quotaWait is how long a refusal by quota is waited for when Google does not say: it never sends Retry-After.
const quotaWait = 30 * time.Second

// envelope is an error body. googleAds:searchStream wraps it in an array.
type envelope struct {
	Error *status `json:"error"`
}

type status struct {
	Code    int               `json:"code"`
	Message string            `json:"message"`
	Status  string            `json:"status"`
	Details []json.RawMessage `json:"details"`
}

// failure is a GoogleAdsFailure, what the API itself says.
type failure struct {
	Type      string     `json:"@type"`
	Errors    []adsError `json:"errors"`
	RequestID string     `json:"requestId"`
}

type adsError struct {
	ErrorCode map[string]string `json:"errorCode"` // one entry: family → code
	Message   string            `json:"message"`
	Location  struct {
		FieldPathElements []struct {
			FieldName string `json:"fieldName"`
			Index     *int   `json:"index"` // nil where the field is no list
		} `json:"fieldPathElements"`
	} `json:"location"`
	Details struct {
		QuotaErrorDetails struct {
			RateScope  string `json:"rateScope"`
			RetryDelay string `json:"retryDelay"`
		} `json:"quotaErrorDetails"`
		LeastBudget struct {
			Micros wire.Amount `json:"minimumBudgetAmountMicros"`
		} `json:"budgetPerDayMinimumErrorDetails"`
	} `json:"details"`
}

// errorInfo is what Google's front end says in place of the API, and badRequest what its JSON parser says.
type errorInfo struct {
	Type   string `json:"@type"`
	Reason string `json:"reason"`
}

type badRequest struct {
	Type            string `json:"@type"`
	FieldViolations []struct {
		Field       string `json:"field"`
		Description string `json:"description"`
	} `json:"fieldViolations"`
}

// code is the family and the name of an error.
func (e *adsError) code() (family, name string) {
	for family, name = range e.ErrorCode {
		return family, name
	}
	return "", ""
}

// path is where in a request the error is, without the operation around it.
func (e *adsError) path() string {
	var parts []string
	for i, p := range e.Location.FieldPathElements {
		switch name := p.FieldName; {
		case isOperations(name), name == "operation", name == "create", name == "update":
		case i == 1 && (strings.HasSuffix(name, "_operation") || strings.HasSuffix(name, "Operation")):
		default:
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, ".")
}

func isOperations(name string) bool {
	return name == "operations" || name == "mutate_operations" || name == "mutateOperations"
}

// operation is the place of the operation that the error is about.
func (e *adsError) operation() (at int, ok bool) {
	for _, p := range e.Location.FieldPathElements {
		if isOperations(p.FieldName) && p.Index != nil {
			return *p.Index, true
		}
	}
	return 0, false
}

// classify turns a refusal into its error. Only codes decide, never texts: one text comes with several codes.
func classify(httpStatus int, h http.Header, body []byte, now time.Time) *providers.Error {
	s := envelopeOf(body)
	if s == nil {
		return edge(httpStatus, h, body)
	}
	return refusalOf(httpStatus, s, h, now)
}

// envelopeOf reads an error body in both shapes; nil when it is none.
func envelopeOf(body []byte) *status {
	body = bytes.TrimSpace(body)
	if bytes.HasPrefix(body, []byte("[")) {
		var list []envelope
		if json.Unmarshal(body, &list) != nil || len(list) == 0 {
			return nil
		}
		return list[len(list)-1].Error
	}
	var one envelope
	if json.Unmarshal(body, &one) != nil {
		return nil
	}
	return one.Error
}

// edge is a refusal without an envelope: a page of Google's front end. A 404 page stands for a version that is gone.
func edge(httpStatus int, h http.Header, body []byte) *providers.Error {
	e := rest.ClassifyStatus(httpStatus, h, body)
	if httpStatus == http.StatusNotFound {
		e.Kind, e.Field = providers.Unsupported, settingVersion
		e.Message = "Google Ads has no such path: the API version is gone, or not there yet (setting " + settingVersion + ")"
	}
	return e
}

// said is what the details of an envelope say.
type said struct {
	errors       []adsError
	requestID    string
	reason       string   // of Google's front end
	violations   []string // of its JSON parser
	family, name string   // of the first error
	quota        quotaError
	delay        time.Duration
}

func detailsOf(list []json.RawMessage) said {
	var out said
	for _, raw := range list {
		var f failure
		var info errorInfo
		var bad badRequest
		switch {
		case json.Unmarshal(raw, &f) == nil && strings.HasSuffix(f.Type, ".GoogleAdsFailure"):
			out.errors, out.requestID = append(out.errors, f.Errors...), cmp.Or(out.requestID, f.RequestID)
		case json.Unmarshal(raw, &info) == nil && strings.HasSuffix(info.Type, "google.rpc.ErrorInfo"):
			out.reason = info.Reason
		case json.Unmarshal(raw, &bad) == nil && strings.HasSuffix(bad.Type, "google.rpc.BadRequest"):
			for _, v := range bad.FieldViolations {
				out.violations = append(out.violations, strings.TrimPrefix(v.Field+": "+v.Description, ": "))
			}
		}
	}
	for i := range out.errors {
		q := out.errors[i].Details.QuotaErrorDetails
		if d, err := time.ParseDuration(q.RetryDelay); err == nil && d > out.delay {
			out.delay = d
		}
		out.quota = cmp.Or(out.quota, quotaError(q.RateScope))
	}
	if len(out.errors) > 0 {
		out.family, out.name = out.errors[0].code()
	}
	return out
}

func refusalOf(httpStatus int, s *status, h http.Header, now time.Time) *providers.Error {
	return refusalBy(httpStatus, s.Message, detailsOf(s.Details), h, now)
}

// refusalBy is refusalOf for details that are read already.
func refusalBy(httpStatus int, general string, d said, h http.Header, now time.Time) *providers.Error {
	e := &providers.Error{
		Kind: kindOfRefusal(httpStatus, d), Status: httpStatus, RequestID: cmp.Or(h.Get(headerRequestID), d.requestID),
		Code: d.reason, Message: d.message(general, httpStatus),
	}
	if d.name != "" {
		e.Code, e.Field = d.family+"."+d.name, fieldOf(&d.errors[0])
	}
	name := cmp.Or(d.name, d.reason)
	switch {
	case e.Kind == providers.RateLimited && len(d.errors) > 0:
		e.RetryAfter = cmp.Or(d.delay, rest.RetryAfter(h, now), quotaWait)
		e.Err = errors.Join(asCause(d.quota), e.Err)
	case e.Kind == providers.Unsupported && name == "UNSUPPORTED_VERSION":
		e.Field = settingVersion
	}
	if final[name] {
		e.Err = errors.Join(rest.ErrFinal, e.Err)
	}
	return e
}

func asCause(s quotaError) error {
	if s == "" {
		return nil
	}
	return s
}

// kindOfRefusal: a code first, then what kind of code it is, then its family, then the status.
func kindOfRefusal(httpStatus int, d said) providers.Kind {
	name := cmp.Or(d.name, d.reason)
	if k, ok := codeKinds[name]; ok {
		return k
	}
	switch {
	case strings.HasPrefix(name, "DEVELOPER_TOKEN_"):
		return providers.Forbidden
	case strings.HasPrefix(name, "DUPLICATE_"), strings.HasSuffix(name, "_ALREADY_EXISTS"):
		return providers.Conflict
	}
	if k, ok := familyKinds[d.family]; ok {
		return k
	}
	if k, ok := statusKinds[httpStatus]; ok && (httpStatus != http.StatusBadRequest || d.family == "") {
		return k
	}
	if httpStatus >= 500 {
		return providers.Unavailable
	}
	return providers.Rejected
}

// maxMessages is how many errors of one answer are told in full.
const maxMessages = 5

// message is what the API says, else what its front end does: the envelope's own text is the same for all.
func (d said) message(general string, httpStatus int) string {
	var parts []string
	for i := range d.errors {
		if len(parts) == maxMessages {
			parts = append(parts, fmt.Sprintf("and %d more", len(d.errors)-i))
			break
		}
		text := cmp.Or(strings.TrimSpace(d.errors[i].Message), d.name)
		if p := d.errors[i].path(); p != "" {
			text = p + ": " + text
		}
		if least := fromMicros(d.errors[i].Details.LeastBudget.Micros); least != nil {
			text += " (the least is " + least.String() + ")"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		parts = append([]string{strings.TrimSpace(general)}, d.violations...)
	}
	return cmp.Or(strings.Join(parts, "; "), rest.ClassifyStatus(httpStatus, nil, nil).Message)
}

// headerRequestID holds the id to quote to Google's support.
const headerRequestID = "request-id"

func requestID(h http.Header) string { return h.Get(headerRequestID) }

// fault is an error of ours about something the caller gave.
func fault(k providers.Kind, field, format string, args ...any) *providers.Error {
	return &providers.Error{Kind: k, Platform: platformID, Field: field, Message: fmt.Sprintf(format, args...)}
}

func notFound(what, id string) *providers.Error {
	return fault(providers.NotFound, "", "Google Ads has no %s %q", what, id)
}

// own names the platform on an error of the kit.
func own(err error) error {
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Platform == "" {
		named := *e
		named.Platform = platformID
		return &named
	}
	return err
}
