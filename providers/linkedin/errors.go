package linkedin

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/rest"
)

// dataLimitWait is how long LinkedIn's window of 45 million metric values lasts, and a little more.
const dataLimitWait = 330 * time.Second

// Codes of ours for answers that come without one.
const (
	codeThrottled   = "THROTTLED"
	codeDataLimit   = "ADANALYTICS_DATA_LIMIT"
	codeDailyQuota  = "DAILY_QUOTA"
	codeDeadVersion = "NONEXISTENT_VERSION"
	codeRevoked     = "REVOKED_ACCESS_TOKEN"
)

// envelope is an error body, old and new form in one: the new one has code and errorDetails.
type envelope struct {
	Status           int    `json:"status"`
	ServiceErrorCode int    `json:"serviceErrorCode"`
	Code             string `json:"code"`
	Message          string `json:"message"`
	RequestID        string `json:"requestId"`
	ErrorDetails     struct {
		InputErrors            []inputError `json:"inputErrors"`
		ConditionalInputErrors []inputError `json:"conditionalInputErrors"`
	} `json:"errorDetails"`
}

type inputError struct {
	Code        string `json:"code"`
	Description string `json:"description"`
	Input       struct {
		InputPath struct {
			FieldPath string `json:"fieldPath"`
		} `json:"inputPath"`
	} `json:"input"`
}

// serviceCodes names the numbers of the old envelope, whose code may be absent.
var serviceCodes = map[int]string{
	100: "ACCESS_DENIED", 101: codeThrottled, 65600: "INVALID_ACCESS_TOKEN", 65601: codeRevoked, 65602: "EXPIRED_ACCESS_TOKEN",
}

// statusKinds is what a status means when no code says otherwise.
// https://learn.microsoft.com/linkedin/shared/api-guide/concepts/error-handling
var statusKinds = map[int]providers.Kind{
	400: providers.Rejected, // well formed, against a rule: 88 codes. Malformed ones are below
	401: providers.Unauthorized,
	403: providers.Forbidden,
	404: providers.NotFound,
	405: providers.Unsupported,
	408: providers.Timeout,
	409: providers.Conflict,
	411: providers.Unsupported, // a POST without a length: ours always have one
	412: providers.Conflict,
	414: providers.Unsupported, // a URL too long: ours are tunnelled before that
	422: providers.Rejected,    // an unknown field or enum symbol, a duplicate
	426: providers.Unsupported, // a version retired or not begun: the operator's setting, never the connection's fault
	429: providers.RateLimited,
	501: providers.Unsupported,
	504: providers.Timeout,
}

// codeKinds is what a code means whatever its status.
var codeKinds = map[string]providers.Kind{
	// The request is malformed.
	"PARAM_INVALID": providers.Invalid, "QUERY_PARAM_NOT_ALLOWED": providers.Invalid, "FIELD_INVALID": providers.Invalid,
	"MISSING_FIELD": providers.Invalid, "INVALID_URN_TYPE": providers.Invalid, "VERSION_MISSING": providers.Invalid,
	// The object is in a state that does not take the change.
	"STATUS_CHANGE_NOT_ALLOWED": providers.Conflict, "INVALID_STATUS_TRANSITION": providers.Conflict,
	"DELETE_ALLOWED_ONLY_FOR_DRAFT_STATUS": providers.Conflict, "DATE_IMMUTABLE_WHEN_PASSED": providers.Conflict,
	"FIELD_IMMUTABLE_FOR_NON_DRAFT_CAMPAIGNS": providers.Conflict,
	"DUPLICATE_POST": providers.Conflict,
	// These come as 429 and are no throttles: waiting does not help.
	"SEGMENT_LIMIT_EXCEEDED": providers.Rejected, "TEST_ACCOUNT_LIMIT_REACHED": providers.Rejected,
}

// missingScopes tells what a resource that a 403 names needs. The text names LinkedIn's internal resource, as in
// "partnerApiPostsExternal.CREATE.20260901".
var missingScopes = []struct{ resource, scope string }{
	{"posts", "r_organization_social"},
	{"adanalytics", "r_ads_reporting"},
	{"leadform", "r_marketing_leadgen_automation"},
	{"organizationacls", "r_organization_admin or rw_organization_admin"},
	{"organizations", "r_organization_admin or rw_organization_admin"},
}

// classify turns a refusal into its error. young tells whether the token in use is too new to be taken for revoked.
func classify(status int, h http.Header, body []byte, young bool, now time.Time) *providers.Error {
	var env envelope
	if len(bytes.TrimSpace(body)) == 0 || rest.Unmarshal(body, &env) != nil {
		env = envelope{} // HTML or plain text of the edge: the status is all that counts
	}
	e := &providers.Error{Status: status, Code: cmp.Or(env.Code, serviceCodes[env.ServiceErrorCode]), RequestID: env.RequestID}
	if e.Code == "" && env.ServiceErrorCode != 0 {
		e.Code = strconv.Itoa(env.ServiceErrorCode)
	}
	inputs := append(env.ErrorDetails.InputErrors, env.ErrorDetails.ConditionalInputErrors...)
	e.Message = message(status, env.Message, inputs)
	e.Kind = kindOfRefusal(status, e.Code, inputs)
	e.Field = blamed(e.Code, env.Message, inputs)
	switch {
	case status == http.StatusBadRequest && e.Code == "" && len(inputs) == 0:
		e.Kind = providers.Invalid
	case status == http.StatusUnauthorized && e.Code == codeRevoked && young:
		e.Kind, e.RetryAfter = providers.Unavailable, youngWait
		e.Message = "LinkedIn refuses the new token for now: " + e.Message
	case status == http.StatusForbidden:
		e.Message = withScope(e.Message)
	case strings.Contains(e.Message, "is a duplicate of"):
		e.Kind = providers.Conflict
	case e.Kind == providers.RateLimited:
		throttled(e, h, now)
	}
	return e
}

// kindOfRefusal: a code first, then those inside MULTIPLE_VALIDATIONS_FAILED, then the status.
func kindOfRefusal(status int, code string, inputs []inputError) providers.Kind {
	if k, ok := codeKinds[code]; ok {
		return k
	}
	for _, in := range inputs {
		if k, ok := codeKinds[in.Code]; ok {
			return k
		}
	}
	if k, ok := statusKinds[status]; ok {
		return k
	}
	if status >= 500 {
		return providers.Unavailable
	}
	return providers.Rejected
}

// throttled tells the data limit of reports from the quota of calls.
func throttled(e *providers.Error, h http.Header, now time.Time) {
	if strings.Contains(strings.ToLower(e.Message), "data request limit") {
		e.Code = codeDataLimit
		e.RetryAfter = max(dataLimitWait, rest.RetryAfter(h, now))
		return
	}
	e.Code = cmp.Or(e.Code, codeThrottled)
}

func message(status int, text string, inputs []inputError) string {
	text = strings.TrimSpace(text)
	if text == "" {
		text = rest.ClassifyStatus(status, nil, nil).Message
	}
	for _, in := range inputs {
		part := cmp.Or(in.Description, in.Code)
		if p := in.Input.InputPath.FieldPath; p != "" {
			part = p + ": " + part
		}
		if part != "" && !strings.Contains(text, part) {
			text += "; " + part
		}
	}
	return text
}

func withScope(text string) string {
	lower := strings.ToLower(text)
	for _, m := range missingScopes {
		if !strings.Contains(lower, m.resource) {
			continue
		}
		if m.resource == "posts" && strings.Contains(text, ".CREATE") {
			return text + " (making a post needs the scope w_organization_social, and a role on the page)"
		}
		return fmt.Sprintf("%s (reading it needs the scope %s)", text, m.scope)
	}
	return text
}

// requestID finds the id to quote to LinkedIn's support.
func requestID(h http.Header) string {
	return cmp.Or(h.Get("X-Li-Request-Id"), h.Get("X-Li-Uuid"), h.Get("X-Restli-Request-Id"))
}

// fault is an error of ours about something the caller gave.
func fault(k providers.Kind, field, format string, args ...any) *providers.Error {
	return &providers.Error{Kind: k, Platform: platformID, Field: field, Message: fmt.Sprintf(format, args...)}
}

func notFound(what, id string) *providers.Error {
	return fault(providers.NotFound, "", "LinkedIn has no %s %q", what, id)
}
