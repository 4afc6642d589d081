package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/openapi"
	"github.com/admux/admux/providers"
)

// TestFrom_kinds is the table of the architecture: kind → status and code.
func TestFrom_kinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[providers.Kind]struct {
		status int
		code   problem.Code
	}{
		providers.Invalid: {400, "invalid_request"}, providers.Unauthorized: {401, "connection_unauthorized"}, providers.Forbidden: {403, "forbidden"},
		providers.NotFound: {404, "not_found"}, providers.Conflict: {409, "conflict"}, providers.Rejected: {422, "rejected"},
		providers.RateLimited: {429, "rate_limited"}, providers.Unsupported: {501, "not_supported"}, providers.Malformed: {502, "bad_upstream"},
		providers.Unavailable: {503, "upstream_unavailable"}, providers.Timeout: {504, "upstream_timeout"}, 0: {502, "bad_upstream"},
	} {
		err := fmt.Errorf("wrapped: %w", &providers.Error{Kind: kind, Platform: "fakeads", Status: 418, Code: "X", Message: "said no", RequestID: "up-1", RetryAfter: 1500 * time.Millisecond, Field: "name"})
		b := problem.From(err)
		if b.Status != want.status || b.Code != want.code || b.Type != "urn:admux:problem:"+string(want.code) || b.Title == "" {
			t.Errorf("%s became %+v", kind, b)
		}
		if p := b.Provider; p == nil || *p != (problem.Provider{Name: "fakeads", Status: 418, Code: "X", Message: "said no", RequestID: "up-1"}) {
			t.Errorf("%s: the platform's words are %+v", kind, p)
		}
		if b.RetryAfter != 2 || len(b.Errors) != 1 || !strings.Contains(b.Detail, "said no") {
			t.Errorf("%s: %+v", kind, b)
		}
	}
	if b := problem.From(&providers.Error{Kind: providers.Unavailable, Code: "BUSY", Err: providers.ErrCircuitOpen}); b.Code != problem.CodeCircuitOpen {
		t.Errorf("an open circuit became %+v", b)
	}
	if b := problem.From(&providers.Error{Kind: providers.Timeout, Uncertain: true, Message: "lost"}); !strings.Contains(b.Detail, "not known") {
		t.Errorf("an uncertain write: %+v", b)
	}
}

func TestFrom_own(t *testing.T) {
	t.Parallel()
	refused := &providers.Error{Kind: providers.Unauthorized, Platform: "fakeads", Message: "revoked"}
	for _, tt := range []struct {
		err    error
		status int
		code   problem.Code
		detail string
	}{
		{problem.Invalid("a", "is odd"), 400, problem.CodeInvalid, "a: is odd."},
		{problem.InvalidFields(problem.Field{Field: "a"}, problem.Field{Field: "b"}), 400, problem.CodeInvalid, "a, b"},
		{problem.Rejected("", "too much"), 422, problem.CodeRejected, "too much"},
		{problem.MissingScope("write"), 403, problem.CodeForbidden, "write"},
		{problem.NotFound("connection"), 404, problem.CodeNotFound, "connection"},
		{problem.Method(), 405, problem.CodeInvalid, "method"},
		{problem.TooLarge(7), 413, problem.CodeInvalid, "7 bytes"},
		{problem.RateLimited("slow down", time.Second), 429, problem.CodeRateLimited, "slow down"},
		{problem.Unavailable("closed", time.Second, errors.New("database is locked")), 503, problem.CodeUnavailable, "closed"},
		{problem.Reauthorize(refused, "https://gw/again"), 401, problem.CodeConnection, "revoked"},
		{context.DeadlineExceeded, 504, problem.CodeTimeout, "longer"},
		{errors.New("password=hunter2"), 500, problem.CodeInternal, "request id"},
		{&problem.Error{Code: "made up"}, 500, problem.CodeInternal, "request id"},
	} {
		b := problem.From(fmt.Errorf("in some place: %w", tt.err))
		raw, err := json.Marshal(b)
		if err != nil || b.Status != tt.status || b.Code != tt.code || !strings.Contains(b.Detail, tt.detail) {
			t.Errorf("%v became %s", tt.err, raw)
		}
		for _, leak := range []string{"hunter2", "locked", "in some place"} {
			if strings.Contains(string(raw), leak) {
				t.Errorf("%v: %s tells of %q", tt.err, raw, leak)
			}
		}
	}
	if b := problem.From(problem.Reauthorize(refused, "https://gw/again")); b.ReauthorizeURL != "https://gw/again" || b.Provider == nil {
		t.Errorf("%+v", b)
	}
	if other := errors.New("x"); problem.Reauthorize(other, "u") != other { //nolint:errorlint // the same value is meant
		t.Error("another error was changed")
	}
}

// TestCodes_equalTheDocument: the codes are those of the document,
func TestCodes_equalTheDocument(t *testing.T) {
	t.Parallel()
	doc, err := openapi.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, v := range doc.Components.Schemas["ProblemCode"].Value.Enum {
		if s, ok := v.(string); ok {
			documented = append(documented, s)
		}
	}
	ours := []string{}
	for _, c := range []problem.Code{problem.CodeInvalid, problem.CodeUnauthorized, problem.CodeConnection, problem.CodeForbidden, problem.CodeNotFound,
		problem.CodeConflict, problem.CodeNotRead, problem.CodeRejected, problem.CodeGuardrail, problem.CodeChanged, problem.CodeUnknown, problem.CodeRateLimited, problem.CodeUnsupported, problem.CodeBadUpstream, problem.CodeUnavailable,
		problem.CodeCircuitOpen, problem.CodeTimeout, problem.CodeInternal} {
		ours = append(ours, string(c))
	}
	slices.Sort(ours)
	slices.Sort(documented)
	if !slices.Equal(ours, documented) {
		t.Errorf("code %v\ndocument %v", ours, documented)
	}
}

// write answers err to a request whose context is changed first.
func write(t *testing.T, err error, change func(context.Context) context.Context, before func(*gin.Context)) (rec *httptest.ResponseRecorder, panicked any) {
	t.Helper()
	rec = httptest.NewRecorder()
	c, _ := gin.CreateTestContext(rec)
	c.Request = httptest.NewRequestWithContext(change(t.Context()), http.MethodGet, "/x", nil)
	c.Header(problem.HeaderRequestID, "req-1")
	defer func() { panicked = recover() }()
	if before != nil {
		before(c)
	}
	problem.Write(c, err)
	if !c.IsAborted() || c.Errors.Last() == nil {
		t.Error("the chain goes on, or the log learns nothing")
	}
	c.Writer.WriteHeaderNow()
	return rec, nil
}

func TestWrite(t *testing.T) {
	t.Parallel()
	same := func(ctx context.Context) context.Context { return ctx }
	rec, _ := write(t, problem.RateLimited("later", 90*time.Second), same, func(c *gin.Context) { c.Header("Link", "<x>"); c.Header("Content-Length", "4") })
	if rec.Code != 429 || rec.Header().Get("Content-Type") != "application/problem+json" || rec.Header().Get("Retry-After") != "90" ||
		rec.Header().Get("Link") != "" || rec.Header().Get("Content-Length") != "" || !strings.Contains(rec.Body.String(), `"request_id":"req-1"`) {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}

	gone := func(ctx context.Context) context.Context {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		return ctx
	}
	rec, _ = write(t, fmt.Errorf("list: %w", context.Canceled), gone, nil)
	if rec.Code != problem.StatusClientClosed || rec.Body.Len() > 0 {
		t.Errorf("a caller who left: %d %s", rec.Code, rec.Body)
	}

	limit := &problem.Error{Code: problem.CodeTimeout, Detail: "the gateway's own limit of 1s"}
	late := func(ctx context.Context) context.Context {
		ctx, cancel := context.WithTimeoutCause(ctx, -time.Second, limit)
		cancel()
		return ctx
	}
	rec, _ = write(t, &providers.Error{Kind: providers.Timeout, Platform: "fakeads", Message: "no answer", Err: context.DeadlineExceeded}, late, nil)
	if rec.Code != 504 || !strings.Contains(rec.Body.String(), "own limit of 1s") || !strings.Contains(rec.Body.String(), `"fakeads"`) {
		t.Errorf("our own limit: %d %s", rec.Code, rec.Body)
	}

	_, panicked := write(t, errors.New("late"), same, func(c *gin.Context) { _, _ = c.Writer.WriteString("part of a list") })
	if panicked != http.ErrAbortHandler { //nolint:errorlint // the same value is meant
		t.Errorf("an answer that has begun ended with %v", panicked)
	}
}

func TestDetailIsASentence(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]string{
		"is not a known value; did you mean LOCALE?": "type: is not a known value; did you mean LOCALE?",
		"is missing":  "type: is missing.",
		"is missing.": "type: is missing.",
	} {
		if got := problem.Invalid("type", message).Detail; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
