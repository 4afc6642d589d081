package meta

import (
	"errors"
	"net/http"
	"strings"
	"testing"

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
		{"what Meta would tell the user", `{"error":{"message":"Invalid parameter","code":100,"error_subcode":1885272,"error_user_title":"Budget Is Too Low","error_user_msg":"At least €1.00."}}`,
			400, providers.Rejected, "100/1885272", "Invalid parameter: Budget Is Too Low: At least €1.00."},
		{"a rule as the code", `{"error":{"message":"m","code":1885272}}`, 400, providers.Rejected, "1885272", "m"},
		{"a lock as the code", `{"error":{"message":"m","code":1404163}}`, 403, providers.Forbidden, "1404163", "m"},
		{"a frozen object as the code", `{"error":{"message":"m","code":1487056}}`, 400, providers.Conflict, "1487056", "m"},
		{"an audience too small", `{"error":{"message":"m","code":200,"error_subcode":1870047}}`, 403, providers.Rejected, "200/1870047", "m"},
		{"no delegate page", `{"error":{"message":"m","code":1,"error_subcode":2853001}}`, 400, providers.Forbidden, "1/2853001", "m"},
		{"too many rows", `{"error":{"message":"m","code":100,"error_subcode":1487534}}`, 400, providers.Invalid, "100/1487534", "m"},
		{"transient whatever the code", `{"error":{"message":"m","code":100,"is_transient":true}}`, 400, providers.Unavailable, "100", "m"},
		{"not loadable yet", `{"error":{"message":"m","code":2601,"error_subcode":1815107,"is_transient":true}}`, 400, providers.Unavailable, "2601/1815107", "m"},
		{"an unknown code", `{"error":{"message":"m","code":7777}}`, 400, providers.Invalid, "7777", "m"},
		{"an unknown code with 500", `{"error":{"message":"m","code":7777}}`, 500, providers.Unavailable, "7777", "m"},
		{"a text for the code", `{"error":{"message":"m","code":"190","error_subcode":"463"}}`, 400, providers.Unauthorized, "190/463", "m"},
		{"a wrong proof", `{"error":{"message":"Invalid appsecret_proof provided in the API argument","type":"GraphMethodException","code":100}}`, 400, providers.Forbidden, "100", "appsecret_proof"},
		{"HTML", "<html><h1>Sorry</h1></html>", 503, providers.Unavailable, "", "503"},
		{"nothing", "", 502, providers.Unavailable, "", "502"},
		{"not an envelope", `{"error":"x"}`, 404, providers.NotFound, "", "404"},
		{"an empty envelope", `{"error":{}}`, 200, providers.Malformed, "", "200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := classify(c.status, http.Header{}, []byte(c.body))
			if e.Kind != c.kind || e.Code != c.code || !strings.Contains(e.Message, c.says) {
				t.Errorf("%v %q %q, want %v %q with %q", e.Kind, e.Code, e.Message, c.kind, c.code, c.says)
			}
			if e.Status != c.status || strings.Contains(e.Message, "<html") {
				t.Errorf("status %d, message %q", e.Status, e.Message)
			}
		})
	}
}

func TestRunError(t *testing.T) {
	t.Parallel()
	for code, want := range map[[2]int64]providers.Kind{{-2, 2490547}: providers.Unavailable, {-3, 1504045}: providers.Invalid, {100, 1504018}: providers.Timeout} {
		if e := runError(code[0], code[1], "Title", "what happened"); e.Kind != want || !strings.Contains(e.Message, "what happened") || e.Platform != platformID {
			t.Errorf("%v: %+v", code, e)
		}
	}
	if e := runError(2, 1504038, "", ""); !errors.Is(e.Err, errGoAsync) {
		t.Errorf("%+v", e)
	}
}
