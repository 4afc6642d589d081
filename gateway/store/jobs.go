package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// JobState is where a report job stands.
type JobState string

// The states of a job. The last three are ends.
const (
	JobQueued    JobState = "queued"
	JobRunning   JobState = "running"
	JobCompleted JobState = "completed"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Ended tells whether nothing more will come of a job.
func (s JobState) Ended() bool { return s == JobCompleted || s == JobFailed || s == JobCancelled }

// Job is a report that is made in the background.
type Job struct {
	ID          string
	WorkspaceID string
	Connections string // as in the path: ids separated by commas, or all
	Query       string // the report's parameters, URL-encoded
	State       JobState
	Progress    float64 // 0 to 1
	Rows        int64
	Result      string // the key of its object in the bucket; empty for none
	Problem     string // JSON; empty for none
	Attempts    int    // tries that have failed
	Lease       Lease
	WakeAt      time.Time // when a worker was told to take it up
	CreatedAt   time.Time
	StartedAt   time.Time // zero: not yet
	FinishedAt  time.Time // zero: not yet
	ExpiresAt   time.Time // zero: not before it has finished
}

type jobRow struct {
	ID          string   `db:"id"`
	WorkspaceID string   `db:"workspace_id"`
	Connections string   `db:"connections"`
	Query       string   `db:"query"`
	State       JobState `db:"state"`
	Progress    millionths
	RowCount    int64  `db:"row_count"`
	Result      string `db:"result"`
	Problem     string `db:"problem"`
	Attempts    int    `db:"attempts"`
	Lease
	WakeAt     micros `db:"wake_at"`
	CreatedAt  micros `db:"created_at"`
	StartedAt  micros `db:"started_at"`
	FinishedAt micros `db:"finished_at"`
	ExpiresAt  micros `db:"expires_at"`
}

const selectJob = `SELECT id, workspace_id, connections, query, state, progress, row_count, result, problem, attempts,
	lease_owner, lease_epoch, lease_beat, wake_at, created_at, started_at, finished_at, expires_at FROM report_jobs`

func (r *jobRow) job() Job {
	return Job{
		ID: r.ID, WorkspaceID: r.WorkspaceID, Connections: r.Connections, Query: r.Query, State: r.State, Progress: r.Progress.float(),
		Rows: r.RowCount, Result: r.Result, Problem: r.Problem, Attempts: r.Attempts, Lease: r.Lease, WakeAt: r.WakeAt.Time,
		CreatedAt: r.CreatedAt.Time, StartedAt: r.StartedAt.Time, FinishedAt: r.FinishedAt.Time, ExpiresAt: r.ExpiresAt.Time,
	}
}

// millionths is a share in a column: a whole number, so that both databases keep it alike.
type millionths int64

func toMillionths(share float64) millionths { return millionths(min(max(share, 0), 1) * 1e6) }

func (m millionths) float() float64 { return float64(m) / 1e6 }

// Enqueue tells a worker of a job within the transaction that changes it, so that neither is there without the other.
type Enqueue func(ctx context.Context, tx *sql.Tx, j Job) error

// CreateJob keeps a new job of the workspace, queued, and tells a worker of it.
func (s *Store) CreateJob(ctx context.Context, j Job, tell Enqueue) (Job, error) {
	now := s.now()
	j.ID, j.State, j.CreatedAt, j.WakeAt = newID(prefixJob, now), JobQueued, now, now
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind(`INSERT INTO report_jobs (id, workspace_id, connections, query, state, progress, row_count,
			result, problem, attempts, lease_owner, lease_epoch, lease_beat, wake_at, created_at)
			VALUES (?, ?, ?, ?, ?, 0, 0, '', '', 0, '', 0, 0, ?, ?)`),
			j.ID, j.WorkspaceID, j.Connections, j.Query, j.State, micros{now}, micros{now}); err != nil {
			return err
		}
		return tell(ctx, tx.Tx, j)
	})
	return j, wrap(err, "create job")
}

// Job returns a job of the workspace.
func (s *Store) Job(ctx context.Context, workspace, id string) (Job, error) {
	var row jobRow
	err := s.get(ctx, &row, selectJob+` WHERE workspace_id = ? AND id = ?`, workspace, id)
	return row.job(), wrap(err, "job")
}

// OpenJobs counts the jobs of a workspace that have not ended.
func (s *Store) OpenJobs(ctx context.Context, workspace string) (int, error) {
	var n int
	err := s.get(ctx, &n, `SELECT COUNT(*) FROM report_jobs WHERE workspace_id = ? AND state IN ('queued', 'running')`, workspace)
	return n, wrap(err, "open jobs")
}

// TakeJob makes owner the one that works on a job, and the job running. ErrConflict says that somebody has it, or that
// it has ended: the job is returned as it stands.
func (s *Store) TakeJob(ctx context.Context, workspace, id, owner string) (Job, error) {
	var row jobRow
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		now := micros{s.now()}
		res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE report_jobs SET state = 'running', lease_owner = ?, lease_epoch = lease_epoch + 1,
			lease_beat = 0, started_at = COALESCE(started_at, ?)
			WHERE workspace_id = ? AND id = ? AND lease_owner = '' AND state IN ('queued', 'running')`), owner, now, workspace, id)
		if err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &row, tx.Rebind(selectJob+` WHERE workspace_id = ? AND id = ?`), workspace, id); err != nil {
			return err
		}
		return one(res, nil, "take job", ErrConflict)
	})
	return row.job(), wrapOnce(err, "take job")
}

// BeatJob shows that the holder of a job is alive, and how far it is. ErrConflict says that the job is its no more.
func (s *Store) BeatJob(ctx context.Context, workspace, id string, l Lease, progress float64, rows int64) error {
	res, err := s.exec(ctx, `UPDATE report_jobs SET lease_beat = lease_beat + 1, row_count = ?,
		progress = CASE WHEN progress < ? THEN ? ELSE progress END
		WHERE workspace_id = ? AND id = ? AND state = 'running' AND lease_owner = ? AND lease_epoch = ?`,
		rows, toMillionths(progress), toMillionths(progress), workspace, id, l.Owner, l.Epoch)
	return one(res, err, "keep job", ErrConflict)
}

// YieldJob gives a job back until a moment, and tells a worker to take it up then. attempts is how many tries have
// failed by now. ErrConflict says that the job was lost before.
func (s *Store) YieldJob(ctx context.Context, j Job, wake time.Time, progress float64, attempts int, tell Enqueue) error {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE report_jobs SET lease_owner = '', wake_at = ?, attempts = ?, row_count = 0,
			progress = CASE WHEN progress < ? THEN ? ELSE progress END
			WHERE workspace_id = ? AND id = ? AND state = 'running' AND lease_owner = ? AND lease_epoch = ?`),
			micros{wake}, attempts, toMillionths(progress), toMillionths(progress), j.WorkspaceID, j.ID, j.Lease.Owner, j.Lease.Epoch)
		if err := one(res, err, "yield job", ErrConflict); err != nil {
			return err
		}
		j.WakeAt = wake
		return tell(ctx, tx.Tx, j)
	})
	return wrapOnce(err, "yield job")
}

// FinishJob ends a job as completed (with its result and rows) or failed (with its problem), by its holder alone.
// ErrConflict says that the job was lost before: what was made counts for nothing.
func (s *Store) FinishJob(ctx context.Context, j Job, expires time.Time) error {
	if j.State != JobCompleted && j.State != JobFailed {
		return fmt.Errorf("store: finish job: %s is no end of a worker's", j.State)
	}
	progress := toMillionths(j.Progress)
	if j.State == JobCompleted {
		progress = toMillionths(1)
	}
	res, err := s.exec(ctx, `UPDATE report_jobs SET state = ?, lease_owner = '', result = ?, problem = ?, row_count = ?,
		progress = CASE WHEN progress < ? THEN ? ELSE progress END, finished_at = ?, expires_at = ?
		WHERE workspace_id = ? AND id = ? AND state = 'running' AND lease_owner = ? AND lease_epoch = ?`,
		j.State, j.Result, j.Problem, j.Rows, progress, progress, micros{s.now()}, micros{expires}, j.WorkspaceID, j.ID, j.Lease.Owner, j.Lease.Epoch)
	return one(res, err, "finish job", ErrConflict)
}

// CancelJob ends a job that has not ended, whoever holds it, and tells a worker, who cancels what platforms make for it.
// ErrConflict says that it had ended.
func (s *Store) CancelJob(ctx context.Context, workspace, id string, expires time.Time, tell Enqueue) error {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		now := micros{s.now()}
		res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE report_jobs SET state = 'cancelled', lease_owner = '', lease_epoch = lease_epoch + 1,
			finished_at = ?, expires_at = ? WHERE workspace_id = ? AND id = ? AND state IN ('queued', 'running')`),
			now, micros{expires}, workspace, id)
		if err := one(res, err, "cancel job", ErrConflict); err != nil {
			return err
		}
		return tell(ctx, tx.Tx, Job{ID: id, WorkspaceID: workspace, State: JobCancelled, WakeAt: now.Time})
	})
	return wrapOnce(err, "cancel job")
}

// ForgetJob removes a job that has ended, and its tickets. ErrConflict says that it has not ended.
func (s *Store) ForgetJob(ctx context.Context, workspace, id string) error {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind(`DELETE FROM report_jobs WHERE workspace_id = ? AND id = ?
			AND state IN ('completed', 'failed', 'cancelled')`), workspace, id)
		if err := one(res, err, "forget job", ErrConflict); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, tx.Rebind(`DELETE FROM report_tickets WHERE workspace_id = ? AND job_id = ?`), workspace, id)
		return err
	})
	return wrapOnce(err, "forget job")
}

// ReviveJob takes a job from a holder that has not moved since it was seen so, and tells a worker to take it up. It does
// the same for a job that nobody holds. ErrConflict says that it has moved.
func (s *Store) ReviveJob(ctx context.Context, j Job, tell Enqueue) error {
	err := s.inTx(ctx, func(tx *sqlx.Tx) error {
		now := micros{s.now()}
		res, err := tx.ExecContext(ctx, tx.Rebind(`UPDATE report_jobs SET lease_owner = '', lease_epoch = lease_epoch + 1, wake_at = ?
			WHERE workspace_id = ? AND id = ? AND state IN ('queued', 'running') AND lease_owner = ? AND lease_epoch = ? AND lease_beat = ?
			AND wake_at = ?`),
			now, j.WorkspaceID, j.ID, j.Lease.Owner, j.Lease.Epoch, j.Lease.Beat, micros{j.WakeAt})
		if err := one(res, err, "revive job", ErrConflict); err != nil {
			return err
		}
		j.WakeAt = now.Time
		return tell(ctx, tx.Tx, j)
	})
	return wrapOnce(err, "revive job")
}

// OpenJobsAnyWorkspace lists jobs that have not ended: the held ones, and those that nobody has taken up though a worker
// was told before a moment. At most limit, the longest waiting first.
func (s *Store) OpenJobsAnyWorkspace(ctx context.Context, told time.Time, limit int) ([]Job, error) {
	return s.jobs(ctx, selectJob+` WHERE state IN ('queued', 'running') AND (lease_owner <> '' OR wake_at < ?)
		ORDER BY wake_at LIMIT ?`, micros{told}, limit)
}

// ExpiredJobsAnyWorkspace lists jobs that are past their expiry, at most limit.
func (s *Store) ExpiredJobsAnyWorkspace(ctx context.Context, limit int) ([]Job, error) {
	return s.jobs(ctx, selectJob+` WHERE expires_at < ? ORDER BY expires_at LIMIT ?`, micros{s.now()}, limit)
}

func (s *Store) jobs(ctx context.Context, q string, args ...any) ([]Job, error) {
	var rows []jobRow
	if err := s.all(ctx, &rows, q, args...); err != nil {
		return nil, wrap(err, "jobs")
	}
	out := make([]Job, len(rows))
	for i := range rows {
		out[i] = rows[i].job()
	}
	return out, nil
}

// wrapOnce leaves alone what was wrapped within the transaction.
func wrapOnce(err error, what string) error {
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return err
	}
	return wrap(err, what)
}
