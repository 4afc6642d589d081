package conformance

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// filters: what a collection claims is really sent to the platform, and answers what filtering the whole list answers.
func (s *suite) filters(t *testing.T) {
	for _, c := range collections(s.session) {
		for _, f := range c.filters {
			t.Run(string(c.object)+" by "+string(f), func(t *testing.T) {
				t.Parallel()
				s.filter(t, c.object, f)
			})
		}
	}
}

func (s *suite) filter(t *testing.T, o providers.Object, f providers.Filter) {
	e := newEnv(t, s.h, small)
	c := of(e.session, o)
	orgs := e.orgs()
	tried := 0
	for _, org := range orgs {
		base := e.query(c, org.ID)
		whole, err := e.walk(t.Context(), c, base)
		e.fatal("the whole list", err)
		for _, v := range values(f, whole, org.ID) {
			tried++
			e.filtered(c, base, f, v, whole)
			if tried >= 6 {
				return
			}
		}
	}
	if tried == 0 {
		t.Logf("no %s of the simulated world tells %s apart: the filter is not shown", o, f)
	}
}

// fact is what an object has of a filter's field.
func fact(f providers.Filter, x normalize.Facts) string {
	switch f {
	case providers.FilterOrg:
		return x.Organization
	case providers.FilterCampaign:
		return x.Campaign
	case providers.FilterGroup:
		return x.Group
	case providers.FilterParent:
		return x.Parent
	case providers.FilterStatus:
		return string(x.Status)
	case providers.FilterType:
		return x.Type
	}
	return ""
}

// values are up to three values that the list has in a field, the account's own id for the account filter.
func values(f providers.Filter, whole []normalize.Facts, org string) []string {
	if f == providers.FilterOrg {
		return []string{org}
	}
	var out []string
	for _, x := range whole {
		if v := fact(f, x); v != "" && v != string(normalize.StatusUnspecified) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), 3)]
}

func (e *env) filtered(c collection, base providers.ListQuery, f providers.Filter, v string, whole []normalize.Facts) {
	e.t.Helper()
	q := base
	switch f {
	case providers.FilterOrg:
		q.Org = v
	case providers.FilterCampaign:
		q.Campaign = v
	case providers.FilterGroup:
		q.Group = v
	case providers.FilterParent:
		q.Parent = v
	case providers.FilterStatus:
		q.Status = []string{v}
	case providers.FilterType:
		q.Type = []string{v}
	default:
		e.t.Logf("%s: how %s shows upstream is the adapter's own test", c.object, f)
		return
	}
	before := len(e.sim.Calls())
	got, err := e.walk(e.t.Context(), c, q)
	e.fatal(string(f)+" "+v, err)
	sent := calls(e.sim.Calls()[before:])
	if len(sent) == 0 {
		e.t.Errorf("%s by %s: nothing was asked of the platform", c.object, f)
	}
	if f != providers.FilterStatus && f != providers.FilterType && !mentions(sent, v) {
		e.t.Errorf("%s by %s: the platform was not told %s: %v", c.object, f, v, sent)
	}
	if (f == providers.FilterStatus || f == providers.FilterType) && slices.Equal(sent, e.unfiltered(c, base)) {
		e.t.Errorf("%s by %s: the platform was asked the same as without the filter: %v", c.object, f, sent)
	}
	var want []normalize.Facts
	for _, x := range whole {
		if f == providers.FilterOrg && c.object != providers.ObjectOrganization && x.Organization == "" || fact(f, x) == v {
			want = append(want, x)
		}
	}
	if !slices.Equal(sortedIDs(got), sortedIDs(want)) {
		e.t.Errorf("%s by %s %s: %d items, of the whole list: %d", c.object, f, v, len(got), len(want))
	}
}

// unfiltered is what the platform is asked without the filter.
func (e *env) unfiltered(c collection, q providers.ListQuery) []string {
	before := len(e.sim.Calls())
	_, err := e.walk(e.t.Context(), c, q)
	e.fatal("the whole list", err)
	return calls(e.sim.Calls()[before:])
}

func calls(list []Call) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Path + "?" + c.Query
	}
	return out
}

func mentions(sent []string, v string) bool {
	return slices.ContainsFunc(sent, func(s string) bool {
		plain, err := url.PathUnescape(s)
		return strings.Contains(s, v) || err == nil && strings.Contains(plain, v)
	})
}
