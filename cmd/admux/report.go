package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

type reportCmd struct {
	gatewayFlags
	Connection string `arg:"" help:"Id of the connection; several with commas between; or all."`

	Type        []string `help:"KPIs, such as IMPRESSIONS,CLICKS,COST,CTR." placeholder:"KPI"`
	Level       string   `help:"organization, campaign, group, ad or creative." placeholder:"LEVEL"`
	Dimension   []string `help:"DATE, WEEK, MONTH, DEVICE, COUNTRY and others that the platform has." placeholder:"DIMENSION"`
	Start       string   `help:"First day, as 2026-01-31: a day of the ad account's own zone." placeholder:"DAY"`
	End         string   `help:"The day after the last one." placeholder:"DAY"`
	Attribution string   `help:"Attribution window, where the platform offers a choice." placeholder:"WINDOW"`
	OrgID       []string `help:"Only these ad accounts." placeholder:"ID"`
	CampaignID  []string `help:"Only these campaigns." placeholder:"ID"`
	GroupID     []string `help:"Only these groups." placeholder:"ID"`
	AdID        []string `help:"Only these ads." placeholder:"ID"`
	Sort        string   `help:"Column to sort by." placeholder:"COLUMN"`
	Order       string   `help:"asc or desc." placeholder:"ORDER"`
	Limit       int      `help:"At most so many rows." placeholder:"N"`
	Partial     bool     `help:"Leave out connections that fail, and name them, in place of failing."`

	Format string `help:"table, csv, ndjson or json (the API's array of reports)." enum:"table,csv,ndjson,json" default:"table"`
	Output string `short:"o" help:"Write to a file, which appears only when the report is complete." placeholder:"FILE"`
}

// Help names what is not a flag.
func (reportCmd) Help() string {
	return apiKeyHelp + `

Numbers are printed as the gateway sent them, digit for digit. An empty cell is a number that the platform does not have.
`
}

// Run asks for the report and writes it.
func (r *reportCmd) Run(ctx context.Context, std *streams) error {
	c, err := r.client(os.Getenv)
	if err != nil {
		return err
	}
	resp, err := c.do(ctx, http.MethodGet, "/ads/"+url.PathEscape(r.Connection)+"/report", r.query())
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway made it a job: %s (%s)", resp.Header.Get("Location"), resp.Status)
	}
	return r.save(std, func(w io.Writer) error { return r.write(resp.Body, w, std.err) })
}

func (r *reportCmd) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("type", strings.Join(r.Type, ","))
	set("level", r.Level)
	set("dimension", strings.Join(r.Dimension, ","))
	set("start_gte", r.Start)
	set("end_lt", r.End)
	set("attribution", r.Attribution)
	set("org_id", strings.Join(r.OrgID, ","))
	set("campaign_id", strings.Join(r.CampaignID, ","))
	set("group_id", strings.Join(r.GroupID, ","))
	set("ad_id", strings.Join(r.AdID, ","))
	if r.Partial {
		q.Set("partial", "allow")
	}
	set("sort", r.Sort)
	set("order", r.Order)
	if r.Limit != 0 {
		set("limit", fmt.Sprint(r.Limit))
	}
	if r.Format != "json" {
		set("format", "table") // rows to be written in any flat shape
	}
	return q
}

func (r *reportCmd) write(body io.Reader, w, notes io.Writer) error {
	if r.Format == "json" {
		return copyJSON(body, w)
	}
	var sink rowSink
	switch r.Format {
	case "csv":
		sink = newCSVSink(w)
	case "ndjson":
		sink = newNDJSONSink(w)
	default:
		sink = newTableSink(w)
	}
	meta, err := readTable(body, sink)
	if err != nil {
		return err
	}
	for _, left := range meta.Quality.LeftOut {
		fmt.Fprintf(notes, "left out: %s\n", left)
	}
	for _, e := range meta.Errors {
		fmt.Fprintf(notes, "failed: %s (%s): %s. %s\n", e.Connection, e.Platform, e.Problem.Title, e.Problem.Detail)
	}
	if len(meta.Unsupported) > 0 {
		fmt.Fprintf(notes, "the platform has no number for: %s\n", strings.Join(meta.Unsupported, ", "))
	}
	return nil
}

// save gives write the terminal, or a file that takes its name only once everything is in it.
func (r *reportCmd) save(std *streams, write func(io.Writer) error) (err error) {
	if r.Output == "" || r.Output == "-" {
		out := bufio.NewWriter(std.out)
		return errors.Join(write(out), out.Flush())
	}
	part, err := os.CreateTemp(filepath.Dir(r.Output), ".admux-report-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = part.Close()
			_ = os.Remove(part.Name())
		}
	}()
	out := bufio.NewWriter(part)
	if err := write(out); err != nil {
		return err
	}
	// A report is not a secret of one user: it gets the mode that creating it plainly would give.
	if err := errors.Join(out.Flush(), part.Chmod(0o644), part.Sync(), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), r.Output)
}
