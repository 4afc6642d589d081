package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// asking is one report under way at the gateway, which may have made a job of it.
type asking struct {
	*client
	path     string // of the report, escaped
	query    url.Values
	format   string
	progress *progress
	notes    io.Writer

	job string // its path
}

// reportJob is what the CLI reads of a report job.
type reportJob struct {
	ID       string   `json:"id"`
	State    string   `json:"state"`
	Progress float64  `json:"progress"`
	Rows     int64    `json:"rows"`
	Error    *problem `json:"error"`
}

// answer returns the report: at once, or when the job that the gateway made of it has ended. The caller closes its body.
func (a *asking) answer(ctx context.Context) (*http.Response, error) {
	resp, err := a.do(ctx, http.MethodGet, a.path, a.query)
	if err != nil || resp.StatusCode != http.StatusAccepted {
		return resp, err
	}
	var job reportJob
	err = json.NewDecoder(resp.Body).Decode(&job)
	_ = resp.Body.Close() // it was read
	if err != nil || job.ID == "" {
		return nil, errors.Join(errors.New("the gateway made a job of the report and does not say which"), err)
	}
	a.job = a.path + "/" + url.PathEscape(job.ID)
	a.progress.stopped(func() { fmt.Fprintf(a.notes, "the gateway makes the report in the background: job %s\n", job.ID) })
	return a.follow(ctx, job, resp.Header)
}

// patience is how long a gateway that does not answer is asked again: the job goes on meanwhile, here or elsewhere.
const patience = time.Minute

func (a *asking) follow(ctx context.Context, job reportJob, header http.Header) (*http.Response, error) {
	heard := time.Now()
	for {
		a.progress.follow(job)
		switch job.State {
		case "completed":
			return a.do(ctx, http.MethodGet, a.job+"/result", url.Values{"format": {a.format}})
		case "failed":
			if job.Error == nil {
				return nil, errors.New("the report failed, and the gateway does not say why")
			}
			return nil, fmt.Errorf("the report failed: %w", job.Error.err(job.Error.Status))
		case "cancelled":
			return nil, errors.New("the report was cancelled by somebody else")
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause(header)):
		}
		var next reportJob
		h, err := a.get(ctx, a.job, nil, &next)
		switch {
		case err == nil:
			job, header, heard = next, h, time.Now()
		case !passes(err) || ctx.Err() != nil || time.Since(heard) > patience:
			return nil, err
		}
	}
}

// pause is how long the gateway wants not to be asked.
func pause(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil {
		seconds = 1
	}
	return time.Duration(min(max(seconds, 1), 30)) * time.Second
}

// passes tells whether a failure may be over soon: nobody answered, or too busy to.
func passes(err error) bool {
	refused, ok := errors.AsType[*refusedError](err)
	return !ok || refused.status >= http.StatusInternalServerError || refused.status == http.StatusTooManyRequests
}

// abandon cancels the job, of which nobody else knows.
func (a *asking) abandon(ctx context.Context) error {
	if a.job == "" {
		return nil
	}
	quick, cancel := quickly(ctx)
	defer cancel()
	resp, err := a.do(quick, http.MethodDelete, a.job, nil)
	if err != nil {
		return fmt.Errorf("the job goes on, cancelling it failed: %w", err)
	}
	_ = resp.Body.Close()
	fmt.Fprintln(a.notes, "the job is cancelled")
	return nil
}

// leftOutHeader is the header, and the trailer, in which the gateway says what a report leaves out.
const leftOutHeader = "X-Admux-Left-Out"

// leftOut is called when the body has been read: only then the trailer is there.
func leftOut(resp *http.Response) []string {
	var notes []string
	for _, line := range slices.Concat(resp.Header.Values(leftOutHeader), resp.Trailer.Values(leftOutHeader)) {
		if note := "left out: " + oneLine(line); !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}
