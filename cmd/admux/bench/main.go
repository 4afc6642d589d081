package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bench is one run of the program.
type bench struct {
	dir       string // for what is needed during the run alone
	binary    string
	platforms []string
	rows      int
	long      int // rows of the report whose memory is measured
	times     int
	callers   []int
	round     time.Duration
	profile   string // a folder for profiles; "": none
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is one measurement, or one of the programs that admux is measured beside, which the first starts as processes.
func run(ctx context.Context, args []string) error {
	if len(args) == 2 {
		switch args[0] {
		case "floor":
			return floor(ctx, args[1])
		case "upstream":
			return serveUpstream(ctx, args[1])
		case "proxy":
			return serveProxy(ctx, args[1])
		}
	}
	b := &bench{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("run", "start,calls,report", "what to measure: start (P8), calls (P1, P2), report (P3, P5), memory (P4)")
	names := flags.String("platform", strings.Join(platforms(), ","), "of which platforms")
	flags.IntVar(&b.rows, "rows", 1_000_000, "rows of the report; a multiple of 2000")
	flags.IntVar(&b.long, "long", 10_000_000, "rows of the report of -run memory; a multiple of 10000")
	flags.IntVar(&b.times, "rounds", 5, "rounds of calls")
	flags.DurationVar(&b.round, "round", 500*time.Millisecond, "how long a round of calls of one kind lasts")
	flags.StringVar(&b.profile, "profile", "", "folder to write a CPU and an allocation profile of each report to; the figures suffer a little")
	callers := flags.String("callers", "1,16,256", "how many call at once")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for n := range strings.SplitSeq(*callers, ",") {
		callers, err := strconv.Atoi(n)
		if err != nil || callers < 1 {
			return fmt.Errorf("-callers: %q is no number of callers", n)
		}
		b.callers = append(b.callers, callers)
	}
	b.platforms = strings.Split(*names, ",")
	for _, name := range b.platforms {
		if !slices.Contains(platforms(), name) {
			return fmt.Errorf("-platform: %q is none of %s", name, strings.Join(platforms(), ", "))
		}
	}
	if b.rows <= 0 || b.rows%2000 != 0 || b.rows/2000 > history-2 {
		return fmt.Errorf("-rows: a multiple of 2000 up to %d is needed", 2000*(history-2))
	}
	if b.times < 1 || b.round <= 0 {
		return errors.New("-rounds, -round: at least one round of some time is needed")
	}
	if b.long <= 0 || b.long%10_000 != 0 || b.long/10_000 > history-2 {
		return fmt.Errorf("-long: a multiple of 10000 up to %d is needed", 10_000*(history-2))
	}
	return b.measureAll(ctx, *only)
}

// measureAll measures what can be measured, and prints it also when something could not be.
func (b *bench) measureAll(ctx context.Context, only string) (err error) {
	if b.dir, err = os.MkdirTemp("", "admux-bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.binary, err = build(ctx, b.dir, b.profile != ""); err != nil {
		return err
	}
	parts := map[string]func(context.Context, *table) error{
		"start": b.starting, "calls": b.each(b.callsOf), "report": b.each(b.reportOf), "memory": b.each(b.memoryOf),
	}
	var t table
	for name := range strings.SplitSeq(only, ",") {
		part, ok := parts[name]
		if !ok {
			return fmt.Errorf("-run: %q is not known", name)
		}
		if failed := part(ctx, &t); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", name, failed))
		}
	}
	fmt.Printf("%s, %s/%s, %d processors\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return errors.Join(err, t.print(os.Stdout))
}

// each measures the platforms one after the other.
func (b *bench) each(of func(context.Context, *table, string) error) func(context.Context, *table) error {
	return func(ctx context.Context, t *table) (err error) {
		for _, name := range b.platforms {
			if failed := of(ctx, t, name); failed != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", name, failed))
			}
		}
		return err
	}
}

// note tells what is under way.
func (b *bench) note(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
