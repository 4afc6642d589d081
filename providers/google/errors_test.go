package google

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers"
)

func TestClassify(t *testing.T) {
	t.Parallel()
	failure := func(errs string) string {
		return `{"error":{"code":400,"message":"Request contains an invalid argument.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure","errors":[` + errs + `],"requestId":"body-id"}]}}`
	}
	for _, c := range []struct {
		name, body string
		status     int
		kind       providers.Kind
		code       string
		says       string
	}{
		{"query", failure(`{"errorCode":{"queryError":"UNRECOGNIZED_FIELD"},"message":"Unrecognized field in the query: 'campaign.foo'.","trigger":{"stringValue":"campaign.foo"}}`),
			400, providers.Invalid, "queryError.UNRECOGNIZED_FIELD", "'campaign.foo'"},
		{"in an array", "[" + failure(`{"errorCode":{"queryError":"BAD_VALUE"},"message":"m"}`) + "]", 400, providers.Invalid, "queryError.BAD_VALUE", "m"},
		{"a field of an operation", failure(`{"errorCode":{"campaignError":"CANNOT_TARGET"},"message":"no","location":{"fieldPathElements":[{"fieldName":"operations","index":0},{"fieldName":"create"},{"fieldName":"name"}]}}`),
			400, providers.Rejected, "campaignError.CANNOT_TARGET", "name: no"},
		{"several", failure(`{"errorCode":{"campaignError":"DUPLICATE_CAMPAIGN_NAME"},"message":"one"},{"errorCode":{"fieldError":"REQUIRED"},"message":"two"}`),
			400, providers.Conflict, "campaignError.DUPLICATE_CAMPAIGN_NAME", "one; two"},
		{"a refusal of the front end", `{"error":{"code":403,"message":"The caller does not have permission","errors":[{"reason":"forbidden"}],"status":"PERMISSION_DENIED"}}`,
			403, providers.Forbidden, "", "does not have permission"},
		{"a scope is missing", `{"error":{"code":403,"message":"Insufficient.","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`,
			403, providers.Forbidden, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "Insufficient"},
		{"bad JSON", `{"error":{"code":400,"message":"Invalid JSON payload received.","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"q","description":"Unknown name \"q\""}]}]}}`,
			400, providers.Invalid, "", `q: Unknown name "q"`},
		{"a page of the edge", "<html><title>502</title></html>", 502, providers.Unavailable, "", "502"},
		{"a version that is gone", "<!DOCTYPE html><html>404. That's an error.</html>", 404, providers.Unsupported, "", "api_version"},
		{"a version that is gone, in words", failure(`{"errorCode":{"requestError":"UNSUPPORTED_VERSION"},"message":"v20 is gone"}`), 400, providers.Unsupported, "requestError.UNSUPPORTED_VERSION", "v20"},
		{"nothing", "", 503, providers.Unavailable, "", "503"},
		{"an empty list", "[]", 500, providers.Unavailable, "", "500"},
		{"details that are none", `{"error":{"code":500,"message":"m","details":[1,null,"x",{"@type":7}]}}`, 500, providers.Unavailable, "", "m"},
		{"a code that is new", failure(`{"errorCode":{"futureError":"FUTURE"},"message":"m"}`), 400, providers.Rejected, "futureError.FUTURE", "m"},
		{"the family without a code", failure(`{"errorCode":{},"message":"m"}`), 500, providers.Unavailable, "", "m"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := classify(c.status, http.Header{}, []byte(c.body), time.Now())
			if e.Kind != c.kind || e.Code != c.code || !strings.Contains(e.Message, c.says) {
				t.Errorf("%v %q %q, want %v %q with %q", e.Kind, e.Code, e.Message, c.kind, c.code, c.says)
			}
			if e.Status != c.status || strings.Contains(e.Message, "<") {
				t.Errorf("status %d, message %q", e.Status, e.Message)
			}
			if strings.Contains(c.body, "body-id") && e.RequestID != "body-id" {
				t.Errorf("the request id is lost: %+v", e)
			}
		})
	}
}

func TestRetryDelay(t *testing.T) {
	t.Parallel()
	body := func(delay string) []byte {
		return []byte(`[{"error":{"code":429,"message":"m","details":[{"@type":"x.GoogleAdsFailure","errors":[{"errorCode":{"quotaError":"RESOURCE_EXHAUSTED"},"message":"m","details":{"quotaErrorDetails":{"rateScope":"DEVELOPER","retryDelay":"` + delay + `"}}}]}]}}]`)
	}
	for delay, want := range map[string]time.Duration{"5s": 5 * time.Second, "3600s": time.Hour, "0.5s": 500 * time.Millisecond, "": quotaWait, "soon": quotaWait, "-4s": quotaWait} {
		if e := classify(429, http.Header{}, body(delay), time.Now()); e.RetryAfter != want || e.Kind != providers.RateLimited {
			t.Errorf("%q: %v %v, want %v", delay, e.Kind, e.RetryAfter, want)
		}
	}
	if e := classify(429, http.Header{"Retry-After": {"7"}}, []byte(`{"error":{"code":429,"message":"m"}}`), time.Now()); e.RetryAfter != 0 {
		t.Errorf("the header is read twice: %v", e.RetryAfter)
	}
}
