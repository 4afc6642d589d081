package ads

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/gateway/paging"
	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

const (
	defaultLimit = 100
	maxLimit     = 1000
	// maxSorted bounds the memory of a sorted list: so many objects are kept at once, never more.
	maxSorted = 100_000

	paramSort   = "sort"
	paramOrder  = "order"
	paramFields = "fields"
	paramRaw    = "raw"
)

// query is a request for a list or an object, read once.
type query struct {
	asked         url.Values // as it came, for links
	limit, offset int
	cursor        string
	sort          normalize.SortKey
	desc          bool
	filter        normalize.Filter
	given         []providers.Filter // the filters that are set
	view          view
	params        map[string]string
}

// reader collects every fault of a query before it refuses it.
type reader struct {
	v      url.Values
	faults []problem.Field
}

func (r *reader) fault(name, message string) {
	r.faults = append(r.faults, problem.Field{Field: name, In: "query", Message: message})
}

func (r *reader) int(name string, otherwise, least, most int) int {
	s := r.v.Get(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		r.fault(name, fmt.Sprintf("must be a whole number from %d to %d", least, most))
	}
	return n
}

// list reads a parameter that may be repeated or hold several values, separated by commas.
func (r *reader) list(name string) []string {
	var out []string
	for _, s := range r.v[name] {
		for v := range strings.SplitSeq(s, ",") {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// enum reads a list whose values are known; nil: any.
func (r *reader) enum(name string, enums map[string][]string) []string {
	out, known := r.list(name), enums[name]
	for _, v := range out {
		if known != nil && !slices.Contains(known, v) {
			r.fault(name, "must be of "+strings.Join(known, ", "))
			break
		}
	}
	return out
}

// time reads a moment, or a day, which stands for its first moment in UTC.
func (r *reader) time(name string) time.Time {
	s := r.v.Get(name)
	if s == "" {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		r.fault(name, "must be a moment such as 2026-11-24T09:30:00Z, or a day such as 2026-11-24")
	}
	return t
}

func (k kind[T]) parse(raw string) (query, error) {
	v, err := url.ParseQuery(raw)
	if err != nil {
		return query{}, problem.Invalid("query", "is not a valid query string")
	}
	r := &reader{v: v}
	q := query{
		asked: v, cursor: v.Get(paging.Cursor),
		limit:  r.int(paging.Limit, defaultLimit, 1, maxLimit),
		offset: r.int(paging.Offset, 0, 0, 1<<31-1),
		filter: normalize.Filter{
			Organization: v.Get("org_id"), Campaign: v.Get("campaign_id"), Group: v.Get("group_id"), Parent: v.Get("parent_id"),
			Order: v.Get("io_id"), Query: v.Get("query"),
			Status: r.enum("status", k.enums), EffectiveStatus: r.enum("effective_status", k.enums),
			Goal: r.enum("goal", k.enums), Type: r.enum("type", k.enums),
			UpdatedSince: r.time("updated_gte"), StartGTE: r.time("start_gte"), EndLT: r.time("end_lt"),
		},
		params: r.rawParams(),
	}
	q.given = given(q.filter)
	q.readSort(r, k.sorts, k.object)
	q.view = k.shape.view(r)
	if q.cursor != "" && v.Has(paging.Offset) {
		r.fault(paging.Offset, "cannot go with a cursor")
	}
	if len(r.faults) > 0 {
		return query{}, problem.InvalidFields(r.faults...)
	}
	return q, nil
}

// readSort reads sort and order. An order without a sort is by creation, or by name where there is no such date.
func (q *query) readSort(r *reader, sorts []normalize.SortKey, o providers.Object) {
	q.sort = normalize.SortKey(r.v.Get(paramSort))
	order := r.v.Get(paramOrder)
	switch order {
	case "", "asc":
	case "desc":
		q.desc = true
	default:
		r.fault(paramOrder, "must be asc or desc")
	}
	if q.sort == "" && order != "" {
		q.sort = normalize.SortName
		if slices.Contains(sorts, normalize.SortCreatedAt) {
			q.sort = normalize.SortCreatedAt
		}
	}
	switch {
	case q.sort == "", slices.Contains(sorts, q.sort):
	case slices.Contains([]normalize.SortKey{normalize.SortCreatedAt, normalize.SortUpdatedAt}, q.sort):
		r.fault(paramSort, fmt.Sprintf("must be name: a %s has no %s", o, q.sort))
	default:
		r.fault(paramSort, "must be name, created_at or updated_at")
	}
	if q.sort != "" && q.offset+q.limit > maxSorted {
		r.fault(paging.Offset, fmt.Sprintf("of a sorted list may reach to %d objects; go on by the cursor in the Link header", maxSorted))
	}
}

// given lists the filters that are set.
func given(f normalize.Filter) []providers.Filter {
	var out []providers.Filter
	for _, x := range []struct {
		name providers.Filter
		set  bool
	}{
		{providers.FilterOrg, f.Organization != ""}, {providers.FilterCampaign, f.Campaign != ""},
		{providers.FilterGroup, f.Group != ""}, {providers.FilterParent, f.Parent != ""}, {filterOrder, f.Order != ""},
		{providers.FilterQuery, f.Query != ""}, {providers.FilterStatus, len(f.Status) > 0},
		{providers.FilterEffectiveStatus, len(f.EffectiveStatus) > 0}, {providers.FilterGoal, len(f.Goal) > 0},
		{providers.FilterType, len(f.Type) > 0}, {providers.FilterUpdatedSince, !f.UpdatedSince.IsZero()},
		{providers.FilterStart, !f.StartGTE.IsZero()}, {providers.FilterEnd, !f.EndLT.IsZero()},
	} {
		if x.set {
			out = append(out, x.name)
		}
	}
	return out
}

// rawName is what a platform's parameter may be called. Brackets and dots are in the names of several.
var rawName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_.$\[\]()-]{0,99}$`)

// rawParams reads the parameter raw, k=v&k=v, which is added to the platform's own call.
func (r *reader) rawParams() map[string]string {
	s := r.v.Get(paramRaw)
	if s == "" {
		return nil
	}
	v, err := url.ParseQuery(s)
	if err != nil || len(v) > 20 || len(s) > 4000 {
		r.fault(paramRaw, "must be at most 20 parameters of the platform's, as in key=value&key=value, encoded as a whole")
		return nil
	}
	out := make(map[string]string, len(v))
	for _, name := range slices.SortedFunc(maps.Keys(v), cmp.Compare) {
		values := v[name]
		switch {
		case !rawName.MatchString(name) || strings.ContainsFunc(values[0], isControl):
			r.fault(paramRaw, "holds a name or a value that cannot be a parameter of a platform")
		case len(values) > 1:
			r.fault(paramRaw, "holds a parameter twice")
		default:
			out[name] = values[0]
		}
	}
	return out
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }
