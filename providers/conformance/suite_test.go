package conformance

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/admux/admux/providers"
)

// brokenEnv names what is wrong with the toy's adapter, in a process of TestSuiteCatches.
const brokenEnv = "ADMUX_TOY_BROKEN"

func toyHarness(broken string) Harness {
	return Harness{
		Provider:   func() providers.Provider { return toy{broken: broken} },
		Sim:        func(t testing.TB, o Options) Sim { return newToySim(t, o) },
		APIPath:    "/v1/",
		ReportPath: "/report",
		Refusal: func(status int, message, id string) Fault {
			return Fault{Status: status, Headers: map[string]string{"X-Request-Id": id}, Body: text(`{"code":"TOY","message":"` + message + `"}`)}
		},
	}
}

// The suite passes an adapter that is right.
func TestToy(t *testing.T) {
	t.Parallel()
	Run(t, toyHarness(os.Getenv(brokenEnv)))
}

// And fails one that is wrong, in the subject that it is wrong in.
func TestSuiteCatches(t *testing.T) {
	if os.Getenv(brokenEnv) != "" {
		t.Skip("this is the process of a broken adapter")
	}
	if testing.Short() {
		t.Skip("left out: -short")
	}
	t.Parallel()
	for broken, where := range map[string]string{
		"short list":       "TestToy/truncation/N2_list",
		"dropped page":     "TestToy/memory/N2_100000",
		"float money":      "TestToy/money",
		"zero for missing": "TestToy/reports/campaign",
		"float ids":        "TestToy/lists/equal_the_ledger",
		"unsent filter":    "TestToy/filters/ad_by_status",
		"wrong day":        "TestToy/reports/each_day_alone",
		"endless retry":    "TestToy/errors/list:_500",
		"leaky errors":     "TestToy/errors/report:_429",
		"any id":           "TestToy/ids/ad",
		"large pages":      "TestToy/lists/ad",
	} {
		t.Run(broken, func(t *testing.T) {
			t.Parallel()
			run := "^" + strings.ReplaceAll(where, "/", "$/^")                    // the last part is a prefix
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+run) //nolint:gosec // ourselves
			cmd.Env = append(os.Environ(), brokenEnv+"="+broken)
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("the suite passes an adapter with %s:\n%s", broken, out)
			}
			if !strings.Contains(string(out), "--- FAIL: "+where) {
				t.Errorf("not found in %s:\n%.4000s", where, out)
			}
		})
	}
}
