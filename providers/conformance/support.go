package conformance

import (
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

var idForm = regexp.MustCompile(`^[a-z0-9]+$`)

// support: the declaration is complete, the same for a zero and a real connection, and holds together.
func (s *suite) support(t *testing.T) {
	t.Run("spec", func(t *testing.T) { t.Parallel(); s.spec(t) })
	t.Run("matrix", func(t *testing.T) {
		t.Parallel()
		e := newEnv(t, s.h, small)
		live, zero := providers.Support(e.session), providers.Support(s.session)
		if !reflect.DeepEqual(live, zero) {
			t.Errorf("the matrix of a connection differs from that of none:\n%+v\n%+v", live, zero)
		}
		if n := len(e.wire.urls()); n > e.granted {
			t.Errorf("Open does I/O: %v", e.wire.urls()[e.granted:])
		}
	})
	t.Run("collections", func(t *testing.T) {
		t.Parallel()
		for _, c := range collections(s.session) {
			if c.maxPage < 1 {
				t.Errorf("%s: List is set and MaxPage is %d", c.object, c.maxPage)
			}
			if _, ok := s.h.Queries[c.object]; !ok && slices.ContainsFunc(c.requires, func(f providers.Filter) bool { return f != providers.FilterOrg }) {
				t.Errorf("%s requires %v: the harness must say a query", c.object, c.requires)
			}
		}
	})
	t.Run("reports", func(t *testing.T) { t.Parallel(); s.reportSupport(t) })
	t.Run("passthrough", func(t *testing.T) { t.Parallel(); s.passthrough(t) })
}

func (s *suite) spec(t *testing.T) {
	spec := s.h.Provider().Spec()
	if !idForm.MatchString(spec.ID) || spec.Name == "" || len(spec.Hosts) == 0 || len(spec.Auth.Scopes) == 0 {
		t.Errorf("incomplete: %+v", spec)
	}
	for _, raw := range []string{spec.Auth.Endpoint.AuthURL, spec.Auth.Endpoint.TokenURL} {
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "https" || !slices.Contains(spec.Hosts, u.Host) {
			t.Errorf("%s is not an https URL of one of the hosts %v", raw, spec.Hosts)
		}
	}
	if !reflect.DeepEqual(spec.Hosts, s.h.Provider().Spec().Hosts) {
		t.Error("Spec is not constant")
	}
}

func (s *suite) reportSupport(t *testing.T) {
	r := s.session.Reports
	if r.Plan == nil {
		if r.Stream != nil || r.Submit != nil || len(r.Metrics) > 0 {
			t.Error("reports without Plan")
		}
		return
	}
	if r.Stream == nil && (r.Submit == nil || r.Poll == nil || r.Fetch == nil) {
		t.Error("neither Stream nor Submit, Poll and Fetch")
	}
	if len(r.Levels) == 0 || len(r.Metrics) == 0 {
		t.Error("reports without levels or metrics")
	}
	seen := map[normalize.Metric]bool{}
	for _, m := range r.Metrics {
		k, known := normalize.Lookup(m.KPI)
		switch {
		case !known:
			t.Errorf("%s is not in the dictionary", m.KPI)
		case seen[m.KPI]:
			t.Errorf("%s is declared twice", m.KPI)
		case k.Formula != "":
			t.Errorf("%s is declared, and is always computed: %s", m.KPI, k.Formula)
		case m.Source == "":
			t.Errorf("%s says no source", m.KPI)
		}
		seen[m.KPI] = true
		for _, l := range m.Levels {
			if !slices.Contains(r.Levels, l) {
				t.Errorf("%s is declared at level %s, which reports do not have", m.KPI, l)
			}
		}
		for _, d := range m.Dimensions {
			if !slices.Contains(r.Dimensions, d) {
				t.Errorf("%s is declared by %s, which reports do not have", m.KPI, d)
			}
		}
	}
}
