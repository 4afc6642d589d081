package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"

	"github.com/admux/admux/migrations"
)

// task is what a worker is told: which job. Everything else stands in the store.
type task struct {
	Workspace string `json:"workspace"`
	Job       string `json:"job"`
}

// Kind names the task in the queue's tables. Workers of other releases read it: it never changes.
func (task) Kind() string { return "admux_report" }

// dispatcher tells workers of this or another process about jobs, at least once each.
type dispatcher interface {
	// tell hands a task to a worker, not before a moment, if the transaction commits.
	tell(ctx context.Context, tx *sql.Tx, t task, at time.Time) error
	// run works until the context ends, then lets tasks under way end within the grace, then ends their contexts.
	run(ctx context.Context, grace time.Duration) error
}

const (
	queueName = "admux_reports"
	// longest is how long one try of a report may take. Waiting for a platform is not part of it.
	longest = 24 * time.Hour
)

// riverQueue is the dispatcher over River, in the store's own database.
type riverQueue struct{ client *river.Client[*sql.Tx] }

type riverWorker struct {
	river.WorkerDefaults[task]

	work func(context.Context, task) error
}

// Work implements river.Worker. Its error is of our own database alone: River tries again.
func (w *riverWorker) Work(ctx context.Context, j *river.Job[task]) error { return w.work(ctx, j.Args) }

// Timeout implements river.Worker.
func (w *riverWorker) Timeout(*river.Job[task]) time.Duration { return longest }

func newRiver(db *sql.DB, d migrations.Dialect, o Options, log *slog.Logger, work func(context.Context, task) error) (*riverQueue, error) {
	var driver riverdriver.Driver[*sql.Tx] = riversqlite.New(db)
	if d == migrations.Postgres {
		driver = riverdatabasesql.New(db)
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &riverWorker{work: work}); err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	client, err := river.NewClient(driver, &river.Config{
		Queues: map[string]river.QueueConfig{queueName: {MaxWorkers: o.Workers}}, Workers: workers,
		FetchPollInterval: o.Poll, FetchCooldown: min(o.Poll, river.FetchCooldownDefault),
		Logger:          slog.New(warnings{log.Handler()}),
		SoftStopTimeout: o.Grace, JobTimeout: longest, RescueStuckJobsAfter: longest + time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &riverQueue{client}, nil
}

func (q *riverQueue) tell(ctx context.Context, tx *sql.Tx, t task, at time.Time) error {
	o := &river.InsertOpts{Queue: queueName}
	if at.After(time.Now()) { // River's scheduler, which any moment puts through, looks every few seconds only
		o.ScheduledAt = at
	}
	_, err := q.client.InsertTx(ctx, tx, t, o)
	return err
}

func (q *riverQueue) run(ctx context.Context, grace time.Duration) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	<-ctx.Done()
	// The client ends the contexts of tasks by itself after the grace (SoftStopTimeout); they need a moment to
	// hear a platform out and to give their jobs back.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace+2*lastWords+10*time.Second)
	defer cancel()
	if err := q.client.Stop(within); err != nil {
		return fmt.Errorf("jobs: stop: %w", err)
	}
	return nil
}

// warnings passes on what an operator has to know: River tells of its every step.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// WithAttrs implements slog.Handler.
func (w warnings) WithAttrs(a []slog.Attr) slog.Handler { return warnings{w.Handler.WithAttrs(a)} }

// WithGroup implements slog.Handler.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
