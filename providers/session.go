package providers

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/admux/admux/normalize"
)

// Session is a provider bound to one connection. A nil function is "not supported": the support matrix, the 501
// answers, the docs and the conformance suite all derive from that.
type Session struct {
	Organizations   Collection[normalize.Organization]
	Campaigns       Collection[normalize.Campaign]
	Groups          Collection[normalize.Group]
	Ads             Collection[normalize.Ad]
	Creatives       Collection[normalize.Creative]
	Assets          Collection[normalize.Asset]
	Targets         Collection[normalize.Target]
	Promoted        Collection[normalize.Promoted]
	InsertionOrders Collection[normalize.InsertionOrder]
	Reports         Reports

	// Do sends a request of the caller's to one of Spec.Hosts with the connection's authorization, limits and the
	// platform's required headers. Any HTTP status is an answer, not an error. The caller closes the body.
	Do func(context.Context, *http.Request) (*http.Response, error)

	// Buckets names the rate-limit buckets that the calls of this connection count in, with those of the given accounts.
	// It does no I/O; what is known of each, the Limiter knows. nil: the platform has none that can be named.
	Buckets func(orgs []string) []Bucket
}

// Bucket is one of a platform's rate limits, for people to read.
type Bucket struct {
	Name  string // as the Limiter knows it: unique over platforms, apps and accounts
	Title string // the platform's own word: "ads_insights"
	Scope string // what it is counted for: "account", "app", "user"
	Org   string // the account; empty for other scopes
	Unit  string // of limit and used: "calls", "operations", "percent"
}

// Collection is one kind of object. No function retries a write; every error is an *Error.
type Collection[T any] struct {
	Filters []Filter // what the platform itself applies; the rest the gateway applies over the whole list
	// Requires names filters without which the platform cannot list at all (a typeahead needs its query).
	Requires []Filter
	MaxPage  int    // most items of one page; at least 1 where List is set
	Use      string // what to use in place of a kind that the platform does not have

	// List returns at most Size items, and an empty Next only on the last page. Size is within 1..MaxPage.
	List func(context.Context, ListQuery) (Page[T], error)
	// Get returns Kind NotFound for an id that is absent, malformed or of another account.
	Get func(context.Context, Ref) (T, error)

	Fields []Field // what can be written
	// Create makes one object, or none: what it made before it failed is taken back, and what could not be is named in
	// the error. A new object is paused unless Active was asked for. An error with Uncertain set means that it may be there.
	Create func(context.Context, Write[T]) (Written[T], error)
	// Update sends what differs from Before among the fields given, and nothing when nothing does.
	Update func(context.Context, Ref, Write[T]) (Written[T], error)
	// Delete answers Kind NotFound for an id that is absent. dry is Write.DryRun.
	Delete func(ctx context.Context, ref Ref, dry bool) (Removal, error)
	// Find lists the objects that a create may have made whose answer was lost: of the same account, parent and name,
	// made while the try lasted as far as the platform tells that. None means that surely nothing was made.
	Find func(context.Context, Write[T], Try) ([]T, error)
	// Batch carries operations out by the platform's own batch calls: as many results, in order, and an error only when
	// nothing was sent. nil: they are sent one after the other.
	Batch func(context.Context, []Op[T]) ([]Done[T], error)
}

// All walks every page; the first error is yielded once and ends the walk.
func (c Collection[T]) All(ctx context.Context, q ListQuery) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			p, err := c.List(ctx, q)
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, v := range p.Items {
				if !yield(v, nil) {
					return
				}
			}
			if p.Next == "" {
				return
			}
			q.Cursor = p.Next
		}
	}
}

// Filter names a list parameter of the public API.
type Filter string

// The filters that a platform may apply itself.
const (
	FilterOrg             Filter = "org_id"
	FilterCampaign        Filter = "campaign_id"
	FilterGroup           Filter = "group_id"
	FilterStatus          Filter = "status"
	FilterEffectiveStatus Filter = "effective_status"
	FilterGoal            Filter = "goal"
	FilterType            Filter = "type"
	FilterQuery           Filter = "query"
	FilterParent          Filter = "parent_id"
	FilterUpdatedSince    Filter = "updated_gte"
	FilterStart           Filter = "start_gte"
	FilterEnd             Filter = "end_lt"
)

// Ref names one object. Org is empty where an id is unique over the platform and the caller gave none.
type Ref struct {
	Org, ID string
	Raw     bool              // fill the object's Raw
	Params  map[string]string // added to the upstream call as they are (the caller's raw parameter)
}

// Page is a piece of a list.
type Page[T any] struct {
	Items []T
	Next  string // opaque; empty on the last page
	// Left says what the platform keeps from this list, and why: empty is complete. A list is never short in silence.
	Left []string
}

// ListQuery asks for one page. The gateway sets only the filters that the collection claims.
type ListQuery struct {
	Org, Campaign, Group, Parent string
	Status, Type                 []string // normalized values
	Query                        string
	UpdatedSince                 time.Time
	Fields                       []string          // JSON names wanted; empty: all. A provider may answer more.
	Raw                          bool              // fill Raw with the platform's own object, untouched
	Params                       map[string]string // added to the upstream call as they are (the caller's raw parameter)
	Size                         int
	Cursor                       string
}
