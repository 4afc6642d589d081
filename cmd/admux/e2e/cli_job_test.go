package e2e

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCLI_reportJob: a report that the gateway makes in the background is that of a plain call.
func TestCLI_reportJob(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	args := []string{"report", "all", "--dimension", "DATE", "--start", ago(130), "--end", ago(95)}
	var files [][]string
	for _, more := range [][]string{{"--format", "csv"}, {"--format", "csv", "--wait", "0"}, {"--format", "ndjson", "--wait", "0"}} {
		file := filepath.Join(t.TempDir(), "report")
		got := admux(t, demo.env(), slices.Concat(args, more, []string{"-o", file})...)
		if got.code != 0 || strings.Contains(got.stderr, "job_") != slices.Contains(more, "0") || !strings.Contains(got.stderr, "left out: ") {
			t.Fatalf("%v: exit %d: %s", more, got.code, got.stderr)
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, linesOf(rowsOf(t, more[1], body)))
	}
	if len(files[0]) < 500 {
		t.Fatalf("%d rows: nothing is proved", len(files[0]))
	}
	same(t, "the job's CSV", files[1], files[0])
	same(t, "the job's NDJSON", files[2], files[0])
}

// TestCLI_reportInterrupted: Ctrl-C cancels the job, removes the part of the file, and ends with an error.
func TestCLI_reportInterrupted(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	fault(t, demo.announced, map[string]any{"path": "/rest/adAnalytics", "stall": true, "times": -1})
	connection, dir := demo.announced.connection("linkedinads"), t.TempDir()
	p, err := start(t.Context(), demo.announced.env(), "report", connection, "--wait", "0", "--format", "csv", "-o", filepath.Join(dir, "f.csv"))
	if err != nil {
		t.Fatal(err)
	}
	job := ""
	eventually(t, "it is a job", func() error {
		if _, after, told := strings.Cut(p.stderr.all(), "in the background: job "); told && strings.Contains(after, "\n") {
			job = strings.TrimSpace(after)
			return nil
		}
		return stillError(0)
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != "f.csv.part" {
		t.Errorf("while it is made there is %v %v", left, err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := p.wait(20 * time.Second); err == nil || p.cmd.ProcessState.ExitCode() != 1 || !strings.Contains(p.stderr.all(), "the job is cancelled") {
		t.Errorf("%v: %s", err, p.stderr.all())
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	var now struct{ State string }
	newAPI(t, demo.announced).get(ads(connection, "report/"+url.PathEscape(job)), nil, &now)
	if now.State != "cancelled" {
		t.Errorf("the job is %s", now.State)
	}
	demo.disarm(t)
}

// TestCLI_terminal: on a terminal a line tells how far a long report is and goes away before the table; Parquet is refused.
func TestCLI_terminal(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	connection := demo.announced.connection("linkedinads")
	fault(t, demo.announced, map[string]any{"path": "/rest/adAnalytics", "delay_ms": 2500, "times": 1})
	shown, code := onTerminal(t, demo.announced.env(), "report", connection)
	line, table := progressLine.FindStringIndex(shown), strings.LastIndex(shown, "\r\x1b[K")
	if code != 0 || line == nil || table < line[0] || !strings.Contains(shown[table:], "campaign_id") || !strings.Contains(shown[table:], "\ntotal") {
		t.Errorf("exit %d\n%q", code, shown)
	}
	if shown, code := onTerminal(t, demo.announced.env(), "report", connection, "--format", "parquet"); code != 2 || !strings.Contains(shown, "-o") {
		t.Errorf("Parquet: exit %d\n%q", code, shown)
	}
}

// progressLine is what is shown before the first row, or after it.
var progressLine = regexp.MustCompile(`\r(waiting for the gateway|\d+ rows, \d+ rows/s), \d+s`)

// onTerminal runs admux with a terminal for its input and output.
func onTerminal(t *testing.T, env []string, args ...string) (shown string, code int) {
	t.Helper()
	const script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
	cmd := exec.CommandContext(t.Context(), findTool(t, "python3"), slices.Concat([]string{"-c", script, built.binary}, args)...)
	cmd.Env = append(cleanEnv(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	_ = cmd.Run() // the exit code tells
	return strings.ReplaceAll(out.String(), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}
