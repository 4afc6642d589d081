package jobs

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
)

// Options are what an operator may set. Zero values are the defaults named.
type Options struct {
	Workers  int           // reports made at once by this process: 4
	Poll     time.Duration // how often the queue is looked at: 500 ms
	LeaseFor time.Duration // how long a worker that shows no life keeps its job: 30 s
	Keep     time.Duration // how long a job and its result are kept after its end: 24 h
	Sweep    time.Duration // how often what has expired is removed: 10 min
	Attempts int           // tries of a report whose platform is away or limits its calls: 6
	Retry    time.Duration // between the first two tries, doubled each time: 5 s
	MaxOpen  int           // jobs of one workspace that have not ended: 100
	Grace    time.Duration // how long jobs under way may go on at shutdown, before others take them up: 15 s
}

func (o *Options) defaults() {
	o.Workers, o.Attempts, o.MaxOpen = cmp.Or(o.Workers, 4), cmp.Or(o.Attempts, 6), cmp.Or(o.MaxOpen, 100)
	o.Poll, o.LeaseFor, o.Retry = cmp.Or(o.Poll, 500*time.Millisecond), cmp.Or(o.LeaseFor, 30*time.Second), cmp.Or(o.Retry, 5*time.Second)
	o.Keep, o.Sweep, o.Grace = cmp.Or(o.Keep, 24*time.Hour), cmp.Or(o.Sweep, 10*time.Minute), cmp.Or(o.Grace, 15*time.Second)
}

// check tells what cannot work.
func (o *Options) check() error {
	var faults []error
	least := func(name string, d, least time.Duration) {
		if d < least {
			faults = append(faults, fmt.Errorf("jobs: %s: at least %s is needed", name, least))
		}
	}
	least("poll", o.Poll, time.Millisecond)
	least("lease", o.LeaseFor, 100*time.Millisecond)
	least("keep", o.Keep, time.Second)
	least("sweep", o.Sweep, time.Millisecond)
	least("retry", o.Retry, time.Millisecond)
	least("grace", o.Grace, time.Millisecond)
	if o.Workers < 1 || o.Attempts < 1 || o.MaxOpen < 1 {
		faults = append(faults, errors.New("jobs: workers, attempts and open jobs: at least one of each is needed"))
	}
	return errors.Join(faults...)
}

// Config is what jobs need of the gateway. All of it but ResultsURL and Options is required.
type Config struct {
	Store   *store.Store
	Reports *reports.Handler
	// Begin makes of a worker's context one as of a request of the workspace; the function returned is called once with
	// what became of the report.
	Begin     func(ctx context.Context, workspace string) (context.Context, func(error))
	Workspace func(*gin.Context) string
	Problem   func(*gin.Context, error)
	BaseURL   func(*gin.Context) string
	Now       func() time.Time
	Log       *slog.Logger

	ResultsURL string // the bucket: s3://…, file:///directory, a directory; "": a private one, gone after Close
	Options    Options
}

// Service keeps jobs and works on them.
type Service struct {
	cfg     Config
	opts    Options
	store   *store.Store
	results *results
	queue   dispatcher
	owner   string // of leases: this process
	log     *slog.Logger

	mu    sync.Mutex
	holds map[string]*hold // by job
	ended chan struct{}    // closed when a job of this process ends, and made anew
}

// New opens the bucket for results. It starts nothing: Run does.
func New(ctx context.Context, cfg Config) (*Service, error) {
	cfg.Options.defaults()
	s := &Service{cfg: cfg, opts: cfg.Options, store: cfg.Store, owner: rand.Text(), log: cfg.Log,
		holds: map[string]*hold{}, ended: make(chan struct{})}
	if err := s.opts.check(); err != nil {
		return nil, err
	}
	var err error
	if s.results, err = openResults(ctx, cfg.ResultsURL); err != nil {
		return nil, err
	}
	if s.queue, err = newRiver(cfg.Store.DB(), cfg.Store.Dialect(), s.opts, cfg.Log, s.work); err != nil {
		return nil, errors.Join(err, s.results.close())
	}
	return s, nil
}

// Run works on jobs until the context ends, and returns once what was under way has ended or was given back.
func (s *Service) Run(ctx context.Context) error {
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return s.queue.run(running, s.opts.Grace) })
	group.Go(func() error { s.every(running, s.opts.LeaseFor/2, s.reviver()); return nil })
	group.Go(func() error { s.every(running, s.opts.Sweep, s.sweep); return nil })
	return group.Wait()
}

// Close closes the bucket, after Run.
func (s *Service) Close() error { return s.results.close() }

// every calls f until the context ends; what fails is logged and tried again the next time.
func (s *Service) every(ctx context.Context, d time.Duration, f func(context.Context) error) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "report jobs: housekeeping failed", slog.String("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell is how the store tells a worker.
func (s *Service) tell(ctx context.Context, tx *sql.Tx, j store.Job) error {
	return s.queue.tell(ctx, tx, task{j.WorkspaceID, j.ID}, j.WakeAt)
}

// create checks a question as far as it can be without asking for a number, and makes a job of it.
func (s *Service) create(ctx context.Context, q reports.Question) (store.Job, error) {
	if _, err := s.cfg.Reports.Prepare(ctx, q); err != nil {
		return store.Job{}, err
	}
	open, err := s.store.OpenJobs(ctx, q.Workspace)
	if err != nil {
		return store.Job{}, storeProblem(err)
	}
	if open >= s.opts.MaxOpen {
		return store.Job{}, problem.RateLimited(fmt.Sprintf("The workspace has %d report jobs that have not ended, the most there may be: wait for some, or cancel them.", open), 10*time.Second)
	}
	j, err := s.store.CreateJob(ctx, store.Job{WorkspaceID: q.Workspace, Connections: q.Connections, Query: q.Query}, s.tell)
	return j, storeProblem(err)
}

// cancel ends a job, or forgets one that has ended with what it made.
func (s *Service) cancel(ctx context.Context, j *store.Job) error {
	err := s.store.CancelJob(ctx, j.WorkspaceID, j.ID, s.cfg.Now().Add(s.opts.Keep), s.tell)
	switch {
	case err == nil:
		s.drop(j.ID, errCancelled)
		s.announce()
		return nil
	case !errors.Is(err, store.ErrConflict):
		return storeProblem(err)
	}
	now, err := s.store.Job(ctx, j.WorkspaceID, j.ID) // it had ended, perhaps since it was read
	if err != nil || now.State == store.JobCancelled {
		return storeProblem(err)
	}
	return storeProblem(s.forget(ctx, &now))
}

// forget removes the object first: without its job nobody would find it before it is very old.
func (s *Service) forget(ctx context.Context, j *store.Job) error {
	if j.Result != "" {
		if err := s.results.drop(ctx, j.Result); err != nil {
			return err
		}
	}
	err := s.store.ForgetJob(ctx, j.WorkspaceID, j.ID)
	if errors.Is(err, store.ErrConflict) {
		return nil // somebody was faster
	}
	return err
}

// announce wakes those who wait for a job of this process.
func (s *Service) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ended)
	s.ended = make(chan struct{})
}

func (s *Service) change() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// question is what a job asks.
func question(j *store.Job) reports.Question {
	return reports.Question{Workspace: j.WorkspaceID, Connections: j.Connections, Query: j.Query, At: j.CreatedAt}
}

// storeProblem is what a caller learns of a failure of the store or the bucket.
func storeProblem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrNotFound):
		return problem.NotFound("report job")
	}
	return problem.Unavailable("The report job could not be read or written.", time.Second, err)
}
