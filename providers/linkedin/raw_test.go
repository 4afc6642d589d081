package linkedin_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// rawRoutes answer one object of each kind, whatever is asked.
func rawRoutes() map[string]func(string) (int, string) {
	one := func(body string) func(string) (int, string) { return answer(200, `{"elements":[`+body+`]}`) }
	entity := `{"urn":"urn:li:geo:1","name":"Berlin","facetUrn":"urn:li:adTargetingFacet:locations"}`
	return map[string]func(string) (int, string){
		"adAccounts/1":                                            answer(200, `{"id":1}`),
		"adAccounts/1/adCampaignGroups/6":                         answer(200, `{"id":6,"objectiveType":"BRAND_AWARENESS","status":"ACTIVE"}`),
		"adAccounts/1/adCampaigns/7":                              answer(200, `{"id":7,"status":"ACTIVE"}`),
		"adAccounts/1/creatives/urn%3Ali%3AsponsoredCreative%3A8": answer(200, `{"id":"urn:li:sponsoredCreative:8"}`),
		"images/urn%3Ali%3Aimage%3AC4":                            answer(200, `{"id":"urn:li:image:C4"}`),
		"images":                                                  answer(200, `{"results":{"urn:li:image:C4":{"id":"urn:li:image:C4"}}}`),
		"adAccounts/1/creatives":                                  one(`{"id":"urn:li:sponsoredCreative:8","content":{"spotlight":{"logo":"urn:li:image:C4"}}}`),
		"adTargetingEntities":                                     one(entity),
		"adTargetingFacets":                                       one(`{"adTargetingFacetUrn":"urn:li:adTargetingFacet:interfaceLocales","availableEntityFinders":["AD_TARGETING_FACET"]}`),
		"conversions/9":                                           answer(200, `{"id":9,"name":"bought"}`),
		"conversions":                                             one(`{"id":9,"name":"bought"}`),
		"organizationAcls":                                        one(``),
	}
}

// The caller's own parameters reach the call that reads the object, in lists and of one object, and never stand beside ours.
func TestRawParametersReachLinkedIn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		path string
		call func(*providers.Session, map[string]string) error
	}{
		"organization": {"adAccounts/1", func(s *providers.Session, p map[string]string) error {
			_, err := s.Organizations.Get(t.Context(), providers.Ref{ID: "1", Params: p})
			return err
		}},
		"campaign": {"adAccounts/1/adCampaignGroups/6", func(s *providers.Session, p map[string]string) error {
			_, err := s.Campaigns.Get(t.Context(), providers.Ref{Org: "1", ID: "6", Params: p})
			return err
		}},
		"group": {"adAccounts/1/adCampaigns/7", func(s *providers.Session, p map[string]string) error {
			_, err := s.Groups.Get(t.Context(), providers.Ref{Org: "1", ID: "7", Params: p})
			return err
		}},
		"ad": {"adAccounts/1/creatives/urn%3Ali%3AsponsoredCreative%3A8", func(s *providers.Session, p map[string]string) error {
			_, err := s.Ads.Get(t.Context(), providers.Ref{Org: "1", ID: "8", Params: p})
			return err
		}},
		"asset": {"images/urn%3Ali%3Aimage%3AC4", func(s *providers.Session, p map[string]string) error {
			_, err := s.Assets.Get(t.Context(), providers.Ref{ID: "urn:li:image:C4", Params: p})
			return err
		}},
		"target": {"adTargetingEntities", func(s *providers.Session, p map[string]string) error {
			_, err := s.Targets.Get(t.Context(), providers.Ref{ID: "urn:li:geo:1", Params: p})
			return err
		}},
		"promoted": {"conversions/9", func(s *providers.Session, p map[string]string) error {
			_, err := s.Promoted.Get(t.Context(), providers.Ref{ID: "9", Params: p})
			return err
		}},
		"list of assets": {"images", func(s *providers.Session, p map[string]string) error {
			_, err := s.Assets.List(t.Context(), providers.ListQuery{Org: "1", Size: 10, Params: p})
			return err
		}},
		"list of targets": {"adTargetingEntities", func(s *providers.Session, p map[string]string) error {
			_, err := s.Targets.List(t.Context(), providers.ListQuery{Type: []string{"LOCALE"}, Size: 10, Params: p})
			return err
		}},
		"list of promoted": {"conversions", func(s *providers.Session, p map[string]string) error {
			_, err := s.Promoted.List(t.Context(), providers.ListQuery{Org: "1", Type: []string{string(normalize.PromotedTypeCustomConversionID)}, Size: 10, Params: p})
			return err
		}},
		"list of pages": {"organizationAcls", func(s *providers.Session, p map[string]string) error {
			_, err := s.Promoted.List(t.Context(), providers.ListQuery{Org: "1", Type: []string{string(normalize.PromotedTypePageID)}, Size: 10, Params: p})
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, script := scripted(t, rawRoutes())
			if err := tc.call(s, map[string]string{"projection": "(id,name)", "x": "a&b=c"}); err != nil {
				t.Fatal(err)
			}
			seen := script.of(tc.path)
			if !slices.ContainsFunc(seen, func(q string) bool {
				return strings.HasSuffix(q, "projection=(id,name)&x=a%26b=c") || strings.Contains(q, "projection=(id,name)&x=a%26b=c&start=0")
			}) {
				t.Errorf("%s was asked %q", tc.path, seen)
			}
			for _, ours := range []string{"Fields", "q", "ids"} {
				err := tc.call(s, map[string]string{ours: "1"})
				if e := errorOf(t, err); e.Kind != providers.Invalid || e.Field != "raw" {
					t.Errorf("%s: %v", ours, err)
				}
			}
		})
	}
}

func errorOf(t *testing.T, err error) *providers.Error {
	t.Helper()
	e, ok := errors.AsType[*providers.Error](err)
	if !ok {
		t.Fatalf("%v is not an *Error", err)
	}
	return e
}

// of lists the queries that a path was asked with.
func (s *script) of(path string) (queries []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.seen {
		if r.path == path {
			queries = append(queries, r.query)
		}
	}
	return queries
}

// A facet is one of a closed list: a misspelt one is told, and what there is.
func TestTargetsOfAFacetThatIsNone(t *testing.T) {
	t.Parallel()
	s, _ := scripted(t, rawRoutes())
	_, err := s.Targets.List(t.Context(), providers.ListQuery{Parent: "urn:li:adTargetingFacet:interfaceLocale", Size: 10})
	if e := errorOf(t, err); e.Kind != providers.Invalid || e.Field != "parent_id" || !strings.Contains(e.Message, "interfaceLocales") {
		t.Errorf("%v", err)
	}
}

// What an ad says is kept in its post: where that may not be read, the list says so.
func TestAdsTellOfPostsThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	share := url.QueryEscape("urn:li:share:5")
	s, _ := scripted(t, map[string]func(string) (int, string){
		"adAccounts/1/creatives": answer(200, `{"elements":[{"id":"urn:li:sponsoredCreative:8","content":{"reference":"urn:li:share:5"}}]}`),
		"posts":                  answer(403, `{"status":403,"code":"ACCESS_DENIED","message":"Not enough permissions to access: partnerApiPosts.BATCH_GET of `+share+`"}`),
	})
	ads, err := s.Ads.List(t.Context(), providers.ListQuery{Org: "1", Size: 10})
	if err != nil || len(ads.Items) != 1 || len(ads.Left) != 1 || !strings.Contains(ads.Left[0], "1 posts that may not be read") {
		t.Errorf("%+v, %v", ads, err)
	}
	ids, err := s.Creatives.List(t.Context(), providers.ListQuery{Org: "1", Size: 10, Fields: []string{"id", "status"}})
	if err != nil || len(ids.Left) != 0 {
		t.Errorf("nothing of the posts was asked for: %q, %v", ids.Left, err)
	}
}
