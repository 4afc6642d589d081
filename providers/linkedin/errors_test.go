package linkedin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		status     int
		kind       providers.Kind
		code       string
		says       string
	}{
		{"old envelope", `{"serviceErrorCode":100,"status":403,"message":"Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901"}`,
			403, providers.Forbidden, "ACCESS_DENIED", "partnerApiPostsExternal.CREATE.20260901 (making a post needs the scope w_organization_social, and a role on the page)"},
		{"old envelope of a read", `{"serviceErrorCode":100,"status":403,"message":"Not enough permissions to access: partnerApiPostsExternal.BATCH_GET.20260901"}`,
			403, providers.Forbidden, "ACCESS_DENIED", "partnerApiPostsExternal.BATCH_GET.20260901 (reading it needs the scope r_organization_social)"},
		{"new envelope", `{"status":400,"code":"MULTIPLE_VALIDATIONS_FAILED","message":"Multiple errors.","errorDetails":{"inputErrors":[` +
			`{"code":"FIELD_VALUE_TOO_LOW","description":"dailyBudget value 1.00 can't be lower than 10.00","input":{"inputPath":{"fieldPath":"dailyBudget/amount"}}}]}}`,
			400, providers.Rejected, "MULTIPLE_VALIDATIONS_FAILED", "dailyBudget/amount: dailyBudget value 1.00 can't be lower than 10.00"},
		{"inner code decides", `{"code":"MULTIPLE_VALIDATIONS_FAILED","message":"m","errorDetails":{"inputErrors":[{"code":"STATUS_CHANGE_NOT_ALLOWED"}]}}`,
			400, providers.Conflict, "MULTIPLE_VALIDATIONS_FAILED", "STATUS_CHANGE_NOT_ALLOWED"},
		{"number without a name", `{"serviceErrorCode":65999,"status":401,"message":"m"}`, 401, providers.Unauthorized, "65999", "m"},
		{"no code", `{"message":"Request would return too many entities. ","status":400}`, 400, providers.Invalid, "", "Request would return too many entities."},
		{"enum symbol", `{"status":422,"message":"ERROR :: /objectiveType :: \"X\" is not an enum symbol\n"}`, 422, providers.Rejected, "", "is not an enum symbol"},
		{"duplicate", `{"status":422,"message":"Content is a duplicate of urn:li:share:1"}`, 422, providers.Conflict, "", "duplicate"},
		{"HTML", "<html><h1>414 Request-URI Too Large</h1></html>", 414, providers.Unsupported, "", "414"},
		{"HTML of the edge", "<html>bad gateway</html>", 502, providers.Unavailable, "", "502"},
		{"nothing", "", 503, providers.Unavailable, "", "503"},
		{"a list", "[1]", 500, providers.Unavailable, "", "500"},
		{"rate limit without a code", `{"message": "Rate limit exceeded"}`, 429, providers.RateLimited, codeThrottled, "Rate limit"},
		{"maintenance", `{"status":503,"code":"UNDER_MAINTENANCE","message":"m"}`, 503, providers.Unavailable, "UNDER_MAINTENANCE", "m"},
		{"downstream", `{"status":500,"code":"FAILED_TO_RETRIEVE_AUDIENCE_SIZE","message":"m"}`, 500, providers.Unavailable, "FAILED_TO_RETRIEVE_AUDIENCE_SIZE", "m"},
		{"not there", `{"status":501,"code":"NOT_IMPLEMENTED","message":"m"}`, 501, providers.Unsupported, "NOT_IMPLEMENTED", "m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := classify(c.status, http.Header{}, []byte(c.body), false, time.Now())
			if e.Kind != c.kind || e.Code != c.code || !strings.Contains(e.Message, c.says) {
				t.Errorf("%v %q %q, want %v %q with %q", e.Kind, e.Code, e.Message, c.kind, c.code, c.says)
			}
			if e.Status != c.status || strings.Contains(e.Message, "<html") {
				t.Errorf("status %d, message %q", e.Status, e.Message)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	now := day(2026, 11, 24)
	for i := 1; i < len(knownVersions); i++ {
		if knownVersions[i-1].name <= knownVersions[i].name || knownVersions[i-1].sunset.Before(knownVersions[i].sunset) {
			t.Errorf("%s stands before %s", knownVersions[i-1].name, knownVersions[i].name)
		}
	}
	v := &versions{}
	if got := v.use("202610", now); got != "202610" {
		t.Errorf("an untried version is replaced by %s", got)
	}
	if !v.refuse("202511", now) || v.refuse("202511", now.Add(time.Minute)) {
		t.Error("a refusal is news once")
	}
	if got := v.use("202511", now.Add(time.Hour)); got != "202609" {
		t.Errorf("the dead version falls forward to %s", got)
	}
	if got := v.use("202511", now.Add(forgetRefusal+2*time.Minute)); got != "202511" {
		t.Errorf("a refusal is remembered for ever: %s", got)
	}
	for _, k := range knownVersions {
		v.refuse(k.name, now)
	}
	if got := v.use("202511", now); got != "202511" {
		t.Errorf("with nothing left: %s", got)
	}
	for s, want := range map[string]bool{"202609": true, "202609.01": true, "2026": false, "202613": false, "202600": false, "20260901": false, "202609.1": false, "": false, "latest": false} {
		if plausibleVersion(s) != want {
			t.Errorf("%q: %v", s, !want)
		}
	}
}
