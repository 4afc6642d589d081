package google

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers"
)

// Access levels of a Cloud project, and the operations that each may do in any 24 hours on accounts that serve; 0 is no
// limit. A query counts as one whatever it answers, and so does any other call.
// https://developers.google.com/google-ads/api/docs/api-policy/access-levels
const (
	accessTest     = "test"
	accessExplorer = "explorer"
	accessBasic    = "basic"
	accessStandard = "standard"
)

var dailyOperations = map[string]int{accessTest: 15_000, accessExplorer: 2_880, accessBasic: 15_000, accessStandard: 0}

const operationWindow = 24 * time.Hour

// projectBucket is what the day's operations are counted by: the Cloud project, which owns the OAuth client and whose
// number its id begins with. Without an app it is the connection.
func projectBucket(conn providers.Conn) string {
	number, _, found := strings.Cut(conn.App.ClientID, "-")
	switch {
	case found && digits(number):
		return platformID + ":project:" + number
	case conn.App.ClientID != "":
		return platformID + ":project:" + conn.App.ClientID
	}
	return platformID + ":project:of-connection:" + conn.ID
}

// customerBucket is what short refusals are told for.
func customerBucket(customer string) string { return platformID + ":customer:" + customer }

// bucketOf is the bucket of a call: its account's, or the project's for calls without one.
func bucketOf(conn providers.Conn, customer string) string {
	if customer == "" {
		return projectBucket(conn)
	}
	return customerBucket(customer)
}

// paced is the limiter of a connection: each call counts for its account and, by our own count, as an operation of the
// project. Google tells neither limit until it refuses.
type paced struct {
	providers.Limiter
	project string
	state   providers.LimitState
	once    sync.Once
}

func newPaced(limits providers.Limiter, conn providers.Conn, access string) *paced {
	return &paced{Limiter: limits, project: projectBucket(conn), state: providers.LimitState{Limit: dailyOperations[access], Window: operationWindow}}
}

// Wait implements providers.Limiter.
func (p *paced) Wait(ctx context.Context, bucket string, cost int) error {
	p.once.Do(func() {
		if p.state.Limit > 0 {
			p.Observe(p.project, p.state)
		}
	})
	if bucket != p.project {
		if err := p.Limiter.Wait(ctx, bucket, cost); err != nil {
			return err
		}
	}
	return p.Limiter.Wait(ctx, p.project, cost)
}

// quotaError is, as the cause of a refusal by quota, whom the quota belongs to: ACCOUNT or DEVELOPER.
type quotaError string

func (e quotaError) Error() string { return "quota of the " + strings.ToLower(string(e)) }

// errDeveloperQuota is a quota of the Cloud project, which holds for every account.
const errDeveloperQuota quotaError = "DEVELOPER"

// throttled blocks the project for as long as Google says. The account of the call is blocked already.
func (p *paced) throttled(_ string, e *providers.Error, wait time.Duration) {
	if errors.Is(e.Err, errDeveloperQuota) {
		p.Observe(p.project, providers.LimitState{Block: wait})
	}
}

// buckets names the limits that calls for the accounts count in.
func (c *client) buckets(orgs []string) []providers.Bucket {
	list := []providers.Bucket{{Name: projectBucket(c.conn), Title: "operations of the Cloud project in 24 hours", Scope: "app", Unit: "operations"}}
	for _, org := range orgs {
		list = append(list, providers.Bucket{Name: customerBucket(org), Title: "short-term limit of the account", Scope: "account", Org: org, Unit: "operations"})
	}
	return list
}
