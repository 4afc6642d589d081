// Package toy is the smallest adapter that there can be: a platform with accounts, campaigns and one report. The test
// beside it builds admux with this folder as providers/toy, and with one line more in each of the two lists of platforms.
package toy

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

const (
	id   = "toyads"
	host = "api.toy.example"
)

type provider struct{}

// New returns the adapter.
func New() providers.Provider { return provider{} }

func (provider) Spec() providers.Spec {
	return providers.Spec{
		ID: id, Name: "Toy Ads", APIVersion: "1", DocsURL: "https://toy.example/docs", Hosts: []string{host},
		Auth: providers.AuthSpec{
			Endpoint: oauth2.Endpoint{AuthURL: "https://" + host + "/authorize", TokenURL: "https://" + host + "/token", AuthStyle: oauth2.AuthStyleInParams},
			Scopes:   []string{"read"},
		},
	}
}

func (provider) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	cfg := rest.ConfigFrom(id, conn, deps)
	cfg.Classify = rest.ClassifyStatus
	c := &client{rest.New(cfg)}
	return &providers.Session{
		Organizations: providers.Collection[normalize.Organization]{MaxPage: 100, List: c.organizations},
		Campaigns:     providers.Collection[normalize.Campaign]{MaxPage: 100, List: c.campaigns},
		Reports: providers.Reports{
			Levels:       []normalize.Level{normalize.LevelCampaign},
			Dimensions:   []normalize.Dimension{normalize.DimensionDate},
			Combinations: "DATE or none",
			Metrics:      []providers.Metric{{KPI: normalize.MetricClicks, Source: "taps"}, {KPI: normalize.MetricCost, Source: "price"}},
			Plan:         plan,
			Stream:       c.report,
		},
		Do: c.rest.Pass,
	}, nil
}

type client struct{ rest *rest.Client }

// read gets the whole of a short list.
func read[T any](ctx context.Context, c *client, path string, q url.Values) ([]T, error) {
	var out []T
	_, err := c.rest.JSON(ctx, rest.Request{Method: http.MethodGet, URL: "https://" + host + path + "?" + q.Encode()}, &out)
	return out, err
}

type account struct {
	ID             wire.ID
	Name, Currency string
}

func (c *client) organizations(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Organization], error) {
	list, err := read[account](ctx, c, "/accounts", nil)
	if err != nil {
		return providers.Page[normalize.Organization]{}, err
	}
	var out []normalize.Organization
	for _, a := range list {
		out = append(out, normalize.Organization{ID: a.ID.String(), Name: a.Name, Currency: a.Currency, Timezone: "UTC", Status: normalize.StatusActive})
	}
	return page.Slice(q, out)
}

type campaign struct {
	ID, Account wire.ID
	Name        string
}

func (c *client) campaigns(ctx context.Context, q providers.ListQuery) (providers.Page[normalize.Campaign], error) {
	list, err := read[campaign](ctx, c, "/campaigns", nil)
	if err != nil {
		return providers.Page[normalize.Campaign]{}, err
	}
	var out []normalize.Campaign
	for _, v := range list {
		out = append(out, normalize.Campaign{ID: v.ID.String(), Name: v.Name, OrganizationID: v.Account.String(), Status: normalize.StatusActive})
	}
	return page.Slice(q, out)
}

func plan(q providers.ReportQuery) ([]providers.Part, error) {
	return []providers.Part{{Query: q, Org: q.Orgs[0]}}, nil
}

type fact struct {
	Campaign    wire.ID
	Name, Date  string
	Taps, Price wire.Number
}

func (c *client) report(ctx context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
	return func(yield func(normalize.Row, error) bool) {
		q := url.Values{"from": {p.Query.Range.From.String()}, "to": {p.Query.Range.To.String()}, "account": {p.Org.ID}}
		if len(p.Query.Dimensions) == 0 {
			q.Set("total", "true")
		}
		facts, err := read[fact](ctx, c, "/report", q)
		if err != nil {
			yield(normalize.Row{}, err)
			return
		}
		for _, f := range facts {
			row := normalize.Row{Campaign: normalize.Entity{ID: f.Campaign.String(), Name: f.Name}}
			if len(p.Query.Dimensions) == 1 {
				row.Dims = []string{f.Date}
				if row.Date, err = normalize.ParseDay(f.Date); err != nil {
					yield(row, &providers.Error{Kind: providers.Malformed, Platform: id, Message: "a day is none", Err: err})
					return
				}
			}
			for _, k := range p.Query.Metrics {
				row.Values = append(row.Values, map[normalize.Metric]normalize.Value{normalize.MetricClicks: f.Taps.Value, normalize.MetricCost: f.Price.Value}[k])
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
