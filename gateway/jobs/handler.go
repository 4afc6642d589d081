package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/gateway/store"
)

// askAgain is when a caller does well to look at a job again, in seconds.
const askAgain = 2

// view is a job as it is answered.
type view struct {
	ID         string          `json:"id"`
	State      store.JobState  `json:"state"`
	Progress   float64         `json:"progress"`
	Rows       int64           `json:"rows"`
	CreatedAt  time.Time       `json:"created_at"`
	StartedAt  *time.Time      `json:"started_at,omitempty"`
	FinishedAt *time.Time      `json:"finished_at,omitempty"`
	ExpiresAt  *time.Time      `json:"expires_at,omitempty"`
	Error      json.RawMessage `json:"error,omitempty"`
}

func viewOf(j *store.Job) view {
	v := view{ID: j.ID, State: j.State, Progress: j.Progress, Rows: j.Rows, CreatedAt: j.CreatedAt.Truncate(time.Second),
		StartedAt: moment(j.StartedAt), FinishedAt: moment(j.FinishedAt), ExpiresAt: moment(j.ExpiresAt)}
	if j.Problem != "" {
		v.Error = json.RawMessage(j.Problem)
	}
	return v
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Second)
	return &t
}

// Create answers POST /ads/:connection_id/report.
func (s *Service) Create(c *gin.Context) {
	q, err := s.cfg.Reports.Ask(c)
	if err != nil {
		s.cfg.Problem(c, err)
		return
	}
	j, err := s.create(c.Request.Context(), q)
	if err != nil {
		s.cfg.Problem(c, err)
		return
	}
	s.accepted(c, &j)
}

// accepted answers 202: where the job is, and how it stands.
func (s *Service) accepted(c *gin.Context, j *store.Job) {
	path := strings.ReplaceAll(url.PathEscape(j.Connections), "%2C", ",")
	c.Header("Location", s.cfg.BaseURL(c)+"/ads/"+path+"/report/"+j.ID)
	c.Header("Retry-After", strconv.Itoa(askAgain))
	c.JSON(http.StatusAccepted, viewOf(j))
}

// job reads the job that a path names. The connections of the path must be the job's own.
func (s *Service) job(c *gin.Context) (store.Job, error) {
	j, err := s.store.Job(c.Request.Context(), s.cfg.Workspace(c), c.Param("job_id"))
	if err != nil {
		return j, storeProblem(err)
	}
	past := !j.ExpiresAt.IsZero() && !s.cfg.Now().Before(j.ExpiresAt) // and not swept yet
	if past || !slices.Equal(connections(j.Connections), connections(c.Param("connection_id"))) {
		return j, problem.NotFound("report job")
	}
	return j, nil
}

func connections(path string) []string {
	var out []string
	for id := range strings.SplitSeq(path, ",") {
		if id = strings.TrimSpace(id); id != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Get answers GET /ads/:connection_id/report/:job_id.
func (s *Service) Get(c *gin.Context) {
	j, err := s.job(c)
	if err != nil {
		s.cfg.Problem(c, err)
		return
	}
	if !j.State.Ended() {
		c.Header("Retry-After", strconv.Itoa(askAgain))
	}
	c.JSON(http.StatusOK, viewOf(&j))
}

// Delete answers DELETE /ads/:connection_id/report/:job_id.
func (s *Service) Delete(c *gin.Context) {
	j, err := s.job(c)
	if err == nil {
		err = s.cancel(c.Request.Context(), &j)
	}
	if err != nil {
		s.cfg.Problem(c, err)
		return
	}
	c.Status(http.StatusOK)
}

// Result answers GET /ads/:connection_id/report/:job_id/result.
func (s *Service) Result(c *gin.Context) {
	j, err := s.job(c)
	if err != nil {
		s.cfg.Problem(c, err)
		return
	}
	if !j.State.Ended() {
		s.cfg.Problem(c, &problem.Error{Code: problem.CodeConflict, Detail: "The report job is " + string(j.State) + ": its result is there once it is completed.",
			RetryAfter: askAgain * time.Second})
		return
	}
	s.answer(c, &j)
}

// answer answers with what an ended job has come to.
func (s *Service) answer(c *gin.Context, j *store.Job) {
	switch j.State {
	case store.JobFailed:
		s.cfg.Problem(c, failure(j))
		return
	case store.JobCompleted:
	default:
		s.cfg.Problem(c, problem.Conflict("The report job was cancelled: it has no result."))
		return
	}
	in, missing, err := s.results.get(c.Request.Context(), j.Result)
	switch {
	case missing:
		s.cfg.Problem(c, &problem.Error{Code: problem.CodeNotFound, Detail: "The result is no longer in the bucket. Gateways that share a database have to share the bucket too.", Err: err})
		return
	case err != nil:
		s.cfg.Problem(c, problem.Unavailable("The result cannot be read now.", 5*time.Second, err))
		return
	}
	defer in.Close()
	s.cfg.Reports.Result(c, question(j), in)
}

// Background answers a GET whose report is made in the background: with the report, if that is made within the wait,
// else with the job.
func (s *Service) Background(c *gin.Context, q reports.Question, wait time.Duration) {
	if c.Request.Method == http.MethodHead {
		s.cfg.Problem(c, problem.Unsupported("A HEAD request starts no report in the background: use GET."))
		return
	}
	ctx := c.Request.Context()
	j, err := s.create(ctx, q)
	if err != nil {
		s.cfg.Problem(c, err)
		return
	}
	now, err := s.wait(ctx, &j, wait)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), context.Canceled): // he left without knowing of the job: nobody will ask for it
		quick, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = s.cancel(quick, &j) // else it is made for nobody, and expires
		s.cfg.Problem(c, err)
	case err != nil:
		s.cfg.Problem(c, err)
	case now.State.Ended():
		s.answer(c, &now)
	default:
		s.accepted(c, &now)
	}
}

// wait waits for a job to end, and returns it as it then stands.
func (s *Service) wait(ctx context.Context, j *store.Job, d time.Duration) (store.Job, error) {
	over := time.NewTimer(d)
	defer over.Stop()
	look := time.NewTicker(s.opts.Poll) // another process may make it
	defer look.Stop()
	for last := d == 0; ; {
		changed := s.change()
		now, err := s.store.Job(ctx, j.WorkspaceID, j.ID)
		if err != nil {
			return now, storeProblem(err)
		}
		if now.State.Ended() || last {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return now, context.Cause(ctx)
		case <-over.C:
			last = true
		case <-changed:
		case <-look.C:
		}
	}
}
