package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

type reportCmd struct {
	gatewayFlags
	Connection string `arg:"" help:"Id of the connection; several with commas between; or all."`

	Type        []string `help:"KPIs, such as IMPRESSIONS,CLICKS,COST,CTR." placeholder:"KPI"`
	Level       string   `help:"organization, campaign, group, ad, creative or keyword." placeholder:"LEVEL"`
	Dimension   []string `help:"DATE, WEEK, MONTH, DEVICE, COUNTRY and others that the platform has." placeholder:"DIMENSION"`
	Start       string   `help:"First day, as 2026-01-31: a day of the ad account's own zone." placeholder:"DAY"`
	End         string   `help:"The day after the last one." placeholder:"DAY"`
	Last        string   `help:"In place of --start and --end: so many whole days or weeks before today, as 30d or 4w." placeholder:"PERIOD"`
	Attribution string   `help:"Attribution window, where the platform offers a choice." placeholder:"WINDOW"`
	OrgID       []string `help:"Only these ad accounts." placeholder:"ID"`
	CampaignID  []string `help:"Only these campaigns." placeholder:"ID"`
	GroupID     []string `help:"Only these groups." placeholder:"ID"`
	AdID        []string `help:"Only these ads." placeholder:"ID"`
	Query       string   `help:"Only what has this text in its name." placeholder:"TEXT"`

	Currency  string `help:"Convert amounts into this currency, by each day's reference rate." placeholder:"CODE"`
	Round     bool   `help:"Round amounts, once, to the digits of their currency."`
	Reconcile bool   `help:"Compare the sums with those of the level above, and tell the differences."`
	Partial   bool   `help:"Leave out connections that fail, and name them, in place of failing (table and parquet)."`
	Cache     string `help:"bypass: read final days from the platform too." placeholder:"MODE"`
	Wait      *int   `help:"Seconds until a long report becomes a job, which is then followed to its end." placeholder:"SECONDS"`

	Fields []string `help:"Only these columns." placeholder:"COLUMN"`
	Sort   string   `help:"Column to sort by." placeholder:"COLUMN"`
	Order  string   `help:"asc or desc." placeholder:"ORDER"`
	Limit  int      `help:"At most so many rows." placeholder:"N"`
	Offset int      `help:"Without the first so many rows." placeholder:"N"`

	Format string `help:"table, csv, ndjson, parquet or json (the API's array of reports)." enum:"table,csv,ndjson,parquet,json" default:"table"`
	Output string `short:"o" help:"Write to a file, which appears only when the report is complete." placeholder:"FILE"`
}

// Help names what is not a flag.
func (reportCmd) Help() string {
	return apiKeyHelp + `

Numbers are printed as the gateway sent them, digit for digit. An empty cell is a number that the platform does not have.
A report that breaks off ends with exit code 1 and leaves no file. Ctrl-C cancels a report that the gateway makes in the
background.
`
}

// Run asks for the report and writes it.
func (r *reportCmd) Run(ctx context.Context, std *streams) (err error) {
	query, faults := r.query(time.Now())
	if r.Format == "parquet" && r.toStdout() && std.outTerminal {
		faults = errors.Join(faults, errors.New("--format parquet: it is no text for a terminal; name a file with -o"))
	}
	c, err := r.client(os.Getenv)
	if err := errors.Join(faults, err); err != nil {
		return usageError{err}
	}
	to, err := openDestination(r.Output, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.close()) }()
	progress := newProgress(std)
	if std.outTerminal {
		to.first = progress.stop // what is printed and the line that moves do not mix
	}
	defer progress.stop()

	ask := &asking{client: c, path: "/ads/" + url.PathEscape(r.Connection) + "/report", query: query, format: r.Format, progress: progress, notes: std.err}
	told, err := r.take(ctx, ask, to)
	progress.stop()
	if err != nil && ctx.Err() != nil {
		return errors.Join(errors.New("interrupted: the report is not complete"), ask.abandon(ctx))
	}
	if err != nil {
		return err
	}
	if err := to.commit(); err != nil {
		return err
	}
	for _, note := range told {
		fmt.Fprintln(std.err, note)
	}
	return nil
}

// take gets the report and passes it on. It returns what its reader has to know.
func (r *reportCmd) take(ctx context.Context, ask *asking, to io.Writer) (notes []string, err error) {
	resp, err := ask.answer(ctx)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if err := isShape(resp, r.Format); err != nil {
		return nil, err
	}
	if r.Format == "table" {
		meta, err := readTable(resp.Body, newTableSink(to), func(rows int) { ask.progress.add(0, int64(rows)) })
		return meta.notes(), err
	}
	err = passOn(resp.Body, to, newShape(r.Format), ask.progress)
	return leftOut(resp), err
}

func (r *reportCmd) toStdout() bool { return r.Output == "" || r.Output == "-" }

// query makes the parameters of the API of the flags.
func (r *reportCmd) query(now time.Time) (url.Values, error) {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, list := range map[string][]string{
		"type": r.Type, "dimension": r.Dimension, "org_id": r.OrgID, "campaign_id": r.CampaignID, "group_id": r.GroupID, "ad_id": r.AdID, "fields": r.Fields,
	} {
		set(name, strings.Join(list, ","))
	}
	for name, value := range map[string]string{
		"level": r.Level, "start_gte": r.Start, "end_lt": r.End, "attribution": r.Attribution, "query": r.Query, "currency": r.Currency,
		"cache": r.Cache, "sort": r.Sort, "order": r.Order, "format": r.Format,
	} {
		set(name, value)
	}
	for name, value := range map[string]struct {
		asked bool
		text  string
	}{
		"round": {r.Round, "currency"}, "partial": {r.Partial, "allow"}, "reconcile": {r.Reconcile, "true"},
		"limit": {r.Limit != 0, strconv.Itoa(r.Limit)}, "offset": {r.Offset != 0, strconv.Itoa(r.Offset)},
	} {
		if value.asked {
			set(name, value.text)
		}
	}
	if r.Wait != nil {
		set("wait", strconv.Itoa(*r.Wait))
	}
	if r.Last == "" {
		return q, nil
	}
	if r.Start != "" || r.End != "" {
		return q, errors.New("--last: it stands in place of --start and --end")
	}
	days, err := periodDays(r.Last)
	if err != nil {
		return q, err
	}
	set("start_gte", now.AddDate(0, 0, -days).Format(time.DateOnly))
	set("end_lt", now.Format(time.DateOnly))
	return q, nil
}

// periodDays reads 30d or 4w.
func periodDays(text string) (int, error) {
	unit := 1
	number, ok := strings.CutSuffix(text, "d")
	if !ok {
		number, ok = strings.CutSuffix(text, "w")
		unit = 7
	}
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || n > 10_000 {
		return 0, fmt.Errorf("--last: %q is no number of days or weeks, such as 30d or 4w", text)
	}
	return n * unit, nil
}
