package storetest

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/admux/admux/gateway/store"
)

// told counts the workers that are told of a job.
type told struct{ n atomic.Int64 }

func (t *told) tell(ctx context.Context, tx *sql.Tx, _ store.Job) error {
	t.n.Add(1)
	return tx.QueryRowContext(ctx, `SELECT 1`).Scan(new(int)) // the transaction is the job's own
}

func newJob(t *testing.T, s *store.Store, ws string) store.Job {
	t.Helper()
	return must[store.Job](t)(s.CreateJob(t.Context(), store.Job{WorkspaceID: ws, Connections: "all", Query: "type=COST&level=ad"}, new(told).tell))
}

func testJobs(t *testing.T, b bench) {
	s := b.store(t)
	ws, other := Workspace(t, s), Workspace(t, s)
	t.Run("life", func(t *testing.T) { testJobLife(t, s, ws) })
	t.Run("one holder", func(t *testing.T) { testJobHolder(t, s, ws) })
	t.Run("S2 another workspace", func(t *testing.T) { testJobIsolation(t, s, ws, other) })
	t.Run("tickets", func(t *testing.T) { testTickets(t, s, ws, other) })
}

func testJobLife(t *testing.T, s *store.Store, ws string) {
	ctx, tell := t.Context(), new(told)
	j := newJob(t, s, ws)
	got := must[store.Job](t)(s.Job(ctx, ws, j.ID))
	if diff := cmp.Diff(j, got); diff != "" || got.State != store.JobQueued {
		t.Errorf("read back (-made +read):\n%s", diff)
	}
	boom := errors.New("boom")
	if _, err := s.CreateJob(ctx, store.Job{WorkspaceID: ws}, func(context.Context, *sql.Tx, store.Job) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("a worker that cannot be told: %v", err)
	}
	if n := must[int](t)(s.OpenJobs(ctx, ws)); n != 1 {
		t.Errorf("%d open jobs: one that no worker was told of is kept", n)
	}
	held := must[store.Job](t)(s.TakeJob(ctx, ws, j.ID, "w1"))
	if held.State != store.JobRunning || held.Lease != (store.Lease{Owner: "w1", Epoch: 1}) || held.StartedAt.IsZero() {
		t.Errorf("taken: %+v", held)
	}
	if err := s.BeatJob(ctx, ws, j.ID, held.Lease, 0.5, 7); err != nil {
		t.Error(err)
	}
	if err := s.BeatJob(ctx, ws, j.ID, held.Lease, 0.25, 9); err != nil {
		t.Error(err)
	}
	if got := must[store.Job](t)(s.Job(ctx, ws, j.ID)); got.Progress != 0.5 || got.Rows != 9 || got.Lease.Beat != 2 {
		t.Errorf("progress goes back, or a beat is lost: %+v", got)
	}
	wake := moment().Add(time.Hour)
	if err := s.YieldJob(ctx, held, wake, 0.6, 2, tell.tell); err != nil {
		t.Fatal(err)
	}
	if err := s.YieldJob(ctx, held, wake, 0.6, 2, tell.tell); !errors.Is(err, store.ErrConflict) {
		t.Errorf("yielded twice: %v", err)
	}
	again := must[store.Job](t)(s.TakeJob(ctx, ws, j.ID, "w2"))
	if again.Attempts != 2 || again.Progress != 0.6 || !again.WakeAt.Equal(wake) || again.Lease.Epoch != 2 || !again.StartedAt.Equal(held.StartedAt) || tell.n.Load() != 1 {
		t.Errorf("taken again: %+v, told %d", again, tell.n.Load())
	}
	expires := moment().Add(-time.Second)
	again.State, again.Result, again.Rows = store.JobCompleted, "reports/x", 12
	if err := s.FinishJob(ctx, again, expires); err != nil {
		t.Fatal(err)
	}
	end := must[store.Job](t)(s.Job(ctx, ws, j.ID))
	if end.State != store.JobCompleted || end.Progress != 1 || end.Rows != 12 || end.Result != "reports/x" || end.Lease.Owner != "" || !end.ExpiresAt.Equal(expires) || end.FinishedAt.IsZero() {
		t.Errorf("finished: %+v", end)
	}
	if gone := must[[]store.Job](t)(s.ExpiredJobsAnyWorkspace(ctx, 10)); len(gone) != 1 || gone[0].ID != j.ID {
		t.Errorf("expired: %+v", gone)
	}
	if err := s.ForgetJob(ctx, ws, j.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Job(ctx, ws, j.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgotten: %v", err)
	}
}

func testJobHolder(t *testing.T, s *store.Store, ws string) {
	ctx, tell := t.Context(), new(told)
	j := newJob(t, s, ws)
	var all sync.WaitGroup
	var won atomic.Int64
	for range 8 {
		all.Go(func() {
			switch _, err := s.TakeJob(ctx, ws, j.ID, "w"); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, store.ErrConflict):
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d holders", won.Load())
	}
	old := must[store.Job](t)(s.Job(ctx, ws, j.ID))
	if seen := must[[]store.Job](t)(s.OpenJobsAnyWorkspace(ctx, time.Time{}.Add(time.Hour), 10)); len(seen) != 1 || seen[0].Lease != old.Lease {
		t.Errorf("held jobs: %+v", seen)
	}
	if err := s.BeatJob(ctx, ws, j.ID, old.Lease, 0, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.ReviveJob(ctx, old, tell.tell); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a holder that moves loses its job: %v", err)
	}
	still := must[store.Job](t)(s.Job(ctx, ws, j.ID))
	if err := s.ReviveJob(ctx, still, tell.tell); err != nil {
		t.Fatal(err)
	}
	if err := s.BeatJob(ctx, ws, j.ID, old.Lease, 0, 0); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a beat of a holder that lost it: %v", err)
	}
	next := must[store.Job](t)(s.TakeJob(ctx, ws, j.ID, "w2"))
	old.State, old.Result = store.JobCompleted, "of the dead"
	if err := s.FinishJob(ctx, old, moment()); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the old holder finished it: %v", err)
	}
	if err := s.CancelJob(ctx, ws, j.ID, moment().Add(time.Hour), tell.tell); err != nil {
		t.Fatal(err)
	}
	next.State = store.JobFailed
	if err := s.FinishJob(ctx, next, moment()); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a cancelled job was finished: %v", err)
	}
	if err := s.CancelJob(ctx, ws, j.ID, moment(), tell.tell); !errors.Is(err, store.ErrConflict) {
		t.Errorf("cancelled twice: %v", err)
	}
	if seen, err := s.TakeJob(ctx, ws, j.ID, "w3"); !errors.Is(err, store.ErrConflict) || seen.State != store.JobCancelled {
		t.Errorf("a cancelled job was taken: %+v, %v", seen, err)
	}
	if tell.n.Load() != 2 {
		t.Errorf("workers were told %d times", tell.n.Load())
	}
}

func testJobIsolation(t *testing.T, s *store.Store, ws, other string) {
	ctx, tell := t.Context(), new(told)
	j := newJob(t, s, ws)
	if _, err := s.Job(ctx, other, j.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("read: %v", err)
	}
	if _, err := s.TakeJob(ctx, other, j.ID, "x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("taken: %v", err)
	}
	foreign := j
	foreign.WorkspaceID, foreign.State = other, store.JobFailed
	for what, err := range map[string]error{
		"cancel": s.CancelJob(ctx, other, j.ID, moment(), tell.tell), "forget": s.ForgetJob(ctx, other, j.ID),
		"finish": s.FinishJob(ctx, foreign, moment()), "beat": s.BeatJob(ctx, other, j.ID, j.Lease, 1, 1),
		"yield": s.YieldJob(ctx, foreign, moment(), 1, 1, tell.tell), "revive": s.ReviveJob(ctx, foreign, tell.tell),
	} {
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("%s of another workspace: %v", what, err)
		}
	}
	if got := must[store.Job](t)(s.Job(ctx, ws, j.ID)); !cmp.Equal(got, j) || tell.n.Load() != 0 {
		t.Errorf("changed by another workspace: %+v", got)
	}
}

func testTickets(t *testing.T, s *store.Store, ws, other string) {
	ctx := t.Context()
	j := newJob(t, s, ws)
	a := store.Ticket{WorkspaceID: ws, JobID: j.ID, Part: "a", ConnectionID: "conn_1", Ticket: []byte("secret-ticket")}
	if err := s.AddTicket(ctx, a); err != nil {
		t.Fatal(err)
	}
	if err := s.AddTicket(ctx, a); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a second ticket of a part: %v", err)
	}
	a.Progress, a.Done = 1, true
	if err := s.MarkTicket(ctx, a); err != nil {
		t.Error(err)
	}
	got := must[map[string]store.Ticket](t)(s.Tickets(ctx, ws, j.ID))
	a.CreatedAt = got["a"].CreatedAt
	if diff := cmp.Diff(map[string]store.Ticket{"a": a}, got); diff != "" {
		t.Errorf("read back (-made +read):\n%s", diff)
	}
	if err := s.DropTickets(ctx, other, j.ID); err != nil {
		t.Error(err)
	}
	foreign := a
	foreign.WorkspaceID = other
	if err := s.MarkTicket(ctx, foreign); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("S2: marked by another workspace: %v", err)
	}
	if n := len(must[map[string]store.Ticket](t)(s.Tickets(ctx, other, j.ID))); n != 0 {
		t.Errorf("S2: %d tickets of another workspace", n)
	}
	if n := len(must[map[string]store.Ticket](t)(s.Tickets(ctx, ws, j.ID))); n != 1 {
		t.Errorf("%d tickets after another workspace dropped them", n)
	}
	var sealed []byte
	if err := s.DB().QueryRowContext(ctx, `SELECT sealed_ticket FROM report_tickets WHERE id = $1`, j.ID+"/a").Scan(&sealed); err != nil || len(sealed) == 0 || string(sealed) == "secret-ticket" {
		t.Errorf("S3: a ticket at rest: %q, %v", sealed, err)
	}
	if err := s.DropTickets(ctx, ws, j.ID); err != nil {
		t.Error(err)
	}
	if n := len(must[map[string]store.Ticket](t)(s.Tickets(ctx, ws, j.ID))); n != 0 {
		t.Errorf("%d tickets after dropping them", n)
	}
}
