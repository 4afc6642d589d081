package meta_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// inBatch answers the writes of a batch by what says, in turn, and reads whole.
func inBatch(t testing.TB, says func(n int) string) func(asked) (int, string) {
	t.Helper()
	n := 0
	return func(a asked) (int, string) {
		var items []map[string]string
		_ = json.Unmarshal([]byte(a.form.Get("batch")), &items)
		var out []string
		for _, it := range items {
			if id, _, _ := strings.Cut(it["relative_url"], "?"); it["method"] == http.MethodGet {
				body, _ := json.Marshal(`{"id":"` + id + `","account_id":"1","name":"made","status":"PAUSED"}`)
				out = append(out, `{"code":200,"headers":[],"body":`+string(body)+`}`)
				continue
			}
			out = append(out, says(n))
			n++
		}
		return 200, "[" + strings.Join(out, ",") + "]"
	}
}

func item(code int, header, body string) string {
	b, _ := json.Marshal(body)
	return `{"code":` + strconv.Itoa(code) + `,"headers":[` + header + `],"body":` + string(b) + `}`
}

func TestBatch_ErrorsAreEachOnesOwn(t *testing.T) {
	t.Parallel()
	refused := `{"error":{"message":"Invalid parameter","code":100,"error_subcode":1885272,"error_data":"{\"blame_field_specs\":[[\"daily_budget\"]]}","fbtrace_id":"Atrace2"}}`
	says := []string{
		item(200, `{"name":"X-FB-Trace-Id","value":"trace-of-1"}`, `{"id":"71"}`),
		item(400, "", refused),
		"null",
		item(500, "", `{"error":{"message":"An unknown error occurred","code":1,"fbtrace_id":"Atrace4"}}`),
		item(200, "", `{"error":{"message":"An unknown error occurred","code":1}}`),
		item(200, "", `{"success":true}`),
		item(503, "", `<html>`),
		item(403, "", `{"error":{"message":"(#200) Requires ads_management permission","code":200}}`),
		item(200, "", `{"id":"79"}`),
	}
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "": inBatch(t, func(n int) string { return says[n] })})
	var list []normalize.Campaign
	for range says {
		o := budgeted("made", "50")
		o.OrganizationID = "1"
		list = append(list, o)
	}
	done := batched(t, s.Campaigns, creates(list...))
	for i, want := range []struct {
		kind      providers.Kind
		uncertain bool
		id        string // of the object, or of the request
	}{
		{0, false, "71"}, {providers.Rejected, false, "Atrace2"}, {providers.Timeout, true, "trace-1"}, {providers.Unavailable, true, "Atrace4"},
		{providers.Unavailable, true, ""}, {providers.Malformed, true, "trace-1"}, {providers.Unavailable, true, "trace-1"}, {providers.Forbidden, false, "trace-1"},
		{0, false, "79"},
	} {
		r := done[i]
		if want.kind == 0 {
			if r.Err != nil || r.Written.Object.ID != want.id {
				t.Errorf("%d: %+v", i, r)
			}
			continue
		}
		e, ok := errors.AsType[*providers.Error](r.Err)
		if !ok || e.Kind != want.kind || e.Uncertain != want.uncertain || e.RequestID != want.id || e.Platform == "" {
			t.Errorf("%d: %v (%+v)", i, r.Err, e)
		}
	}
	if e, _ := errors.AsType[*providers.Error](done[1].Err); e.Field != "budget_amount" {
		t.Errorf("%+v", e)
	}
	if done[0].Written.RequestIDs[0] != "trace-of-1" || done[8].Written.RequestIDs[0] != "trace-1" {
		t.Errorf("%v, %v", done[0].Written.RequestIDs, done[8].Written.RequestIDs)
	}
	if n := len(script.calls("act_1")); n > 2 { // its facts, and its rules once for all
		t.Errorf("the account was read %d times", n)
	}
}

// A throttle within a batch ends it: what would follow would be refused too, and make the block last longer.
func TestTrap11_AThrottledBatchIsNotGoneOnWith(t *testing.T) {
	t.Parallel()
	_, throttle := refusal(17, 2446079, "User request limit reached")
	s, script := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "": inBatch(t, func(n int) string {
		if n == 49 {
			return item(400, "", throttle)
		}
		return item(200, "", `{"id":"`+strconv.Itoa(1000+n)+`"}`)
	})})
	var list []normalize.Campaign
	for range 120 {
		o := budgeted("made", "50")
		o.OrganizationID = "1"
		list = append(list, o)
	}
	done := batched(t, s.Campaigns, creates(list...))
	for i, r := range done {
		e, failed := errors.AsType[*providers.Error](r.Err)
		if failed != (i >= 49) || failed && (e.Kind != providers.RateLimited || e.Uncertain || e.RetryAfter == 0) {
			t.Fatalf("%d: %v", i, r.Err)
		}
	}
	sent := 0
	for _, a := range script.calls("") {
		if strings.Contains(a.form.Get("batch"), `"POST"`) {
			sent++
		}
	}
	if sent != 1 {
		t.Errorf("%d batches were sent", sent)
	}
}

func TestBatch_AShortAnswerIsUncertain(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "": answer(200, "["+item(200, "", `{"id":"71"}`)+"]")})
	o := budgeted("made", "50")
	o.OrganizationID = "1"
	for _, r := range batched(t, s.Campaigns, creates(o, o)) {
		if e, ok := errors.AsType[*providers.Error](r.Err); !ok || !e.Uncertain {
			t.Errorf("%v", r.Err)
		}
	}
}

// An answer that is not one for each is of no use: all are uncertain. A refusal of the whole call is one of each.
func TestBatch_TheWholeCallRefused(t *testing.T) {
	t.Parallel()
	for body, uncertain := range map[string]bool{
		`[]`: true, `{"success":true}`: true, `{"error":{"message":"An unknown error occurred","code":1}}`: true,
		`{"error":{"message":"Invalid parameter","code":100}}`: false,
	} {
		s, _ := scripted(t, map[string]func(asked) (int, string){"act_1": euro, "": answer(200, body)})
		o := budgeted("x", "50")
		o.OrganizationID = "1"
		done, err := s.Campaigns.Batch(t.Context(), []providers.Op[normalize.Campaign]{{Write: wanted(o)}, {Write: wanted(o)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range done {
			if e, ok := errors.AsType[*providers.Error](r.Err); !ok || e.Uncertain != uncertain {
				t.Errorf("%s: %+v, %v", body, r.Written, r.Err)
			}
		}
	}
}
