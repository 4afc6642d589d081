package gateway

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/jobs"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/reports"
	"github.com/admux/admux/providers"
)

// reporting makes what answers reports, at once and in the background.
func (s *Server) reporting(ctx context.Context) error {
	write := func(c *gin.Context, err error) { problem.Write(c, explain(c.Request.Context(), err)) }
	s.reports = reports.New(reports.Config{Load: s.openReport, All: s.connections.Readable, Explain: explain,
		Workspace: workspaceOf, Now: s.cfg.Now, Log: s.cfg.Log, Rates: s.rates.Table, Problem: write, Cache: s.reportCache(),
		Background: func(c *gin.Context, q reports.Question, wait time.Duration) { s.jobs.Background(c, q, wait) }})
	var err error
	s.jobs, err = jobs.New(ctx, jobs.Config{Store: s.cfg.Store, Reports: s.reports, Begin: inBackground,
		Workspace: workspaceOf, Problem: write, BaseURL: s.baseURL, Now: s.cfg.Now, Log: s.cfg.Log,
		ResultsURL: s.cfg.ResultsURL, Options: s.cfg.Jobs})
	return err
}

// reportCache is where what platforms have answered is kept; nil: nowhere.
func (s *Server) reportCache() *reports.Cache {
	if s.cfg.CacheBytes < 0 {
		return nil
	}
	return &reports.Cache{Store: s.cfg.Store, MaxBytes: s.cfg.CacheBytes, Keep: s.cfg.CacheKeep, Build: s.cfg.Version}
}

// inBackground makes of a worker's context one as a request of the workspace has it: its calls take turns with the
// workspace's others, and the connections that it opens are known, for their health and for saying where to consent anew.
func inBackground(ctx context.Context, workspace string) (context.Context, func(error)) {
	v := &visit{}
	ctx = providers.WithTenant(context.WithValue(ctx, visitKey{}, v), workspace)
	return ctx, func(err error) {
		if err != nil {
			return
		}
		for _, b := range v.all() {
			if !v.failed[b.Connection.ID] {
				b.Healthy(ctx)
			}
		}
	}
}
