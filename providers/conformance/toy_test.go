package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/internal/page"
	"github.com/admux/admux/providers/internal/rest"
	"github.com/admux/admux/providers/internal/wire"
)

// toy is the adapter of the toy platform. broken names what is wrong with it.
type toy struct{ broken string }

func (toy) Spec() providers.Spec {
	return providers.Spec{
		ID: "toyads", Name: "Toy Ads", Hosts: []string{"api.toy.test"},
		Auth: providers.AuthSpec{
			Scopes:   []string{"read"},
			Endpoint: oauth2.Endpoint{AuthURL: "https://api.toy.test/oauth/authorize", TokenURL: "https://api.toy.test/oauth/token", AuthStyle: oauth2.AuthStyleInParams},
			Refresh:  toyRefresh,
		},
	}
}

func toyRefresh(ctx context.Context, app providers.App, client *http.Client, old *oauth2.Token) (*oauth2.Token, error) {
	cfg := oauth2.Config{ClientID: app.ClientID, ClientSecret: app.ClientSecret, Endpoint: toy{}.Spec().Auth.Endpoint}
	tok, err := cfg.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, client), &oauth2.Token{RefreshToken: old.RefreshToken}).Token()
	if err != nil {
		return nil, &providers.Error{Kind: providers.Unauthorized, Platform: "toyads", Message: "the refresh token is not good"}
	}
	return tok, nil
}

func (p toy) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	cfg := rest.ConfigFrom("toyads", conn, deps)
	cfg.RequestID = func(h http.Header) string { return h.Get("X-Request-Id") }
	cfg.Classify = func(status int, h http.Header, b []byte) *providers.Error {
		e := rest.ClassifyStatus(status, h, b)
		var env struct{ Code, Message string }
		if json.Unmarshal(b, &env) == nil && env.Message != "" {
			e.Code, e.Message = env.Code, env.Message
		}
		return e
	}
	if p.broken == "endless retry" {
		cfg.Attempts = 20
	}
	c := &toyClient{rest: rest.New(cfg), broken: p.broken, conn: conn}
	s := &providers.Session{
		Organizations: providers.Collection[normalize.Organization]{MaxPage: 1000, List: toyList(c, "accounts", func(o toyObject, _ string) normalize.Organization {
			return normalize.Organization{ID: c.id(o.ID), Name: o.Name, Currency: o.Currency, Timezone: o.Zone}
		}), Get: toyGet(c, "accounts", func(o toyObject, _ string) normalize.Organization {
			return normalize.Organization{ID: c.id(o.ID), Name: o.Name}
		})},
		Campaigns: toyCollection(c, "campaigns", func(o toyObject, org string) normalize.Campaign {
			return normalize.Campaign{ID: c.id(o.ID), Name: o.Name, OrganizationID: org, Status: toyStatus(o.Status)}
		}),
		Groups: toyCollection(c, "groups", func(o toyObject, org string) normalize.Group {
			return normalize.Group{ID: c.id(o.ID), Name: o.Name, OrganizationID: org, CampaignID: c.id(o.Campaign), Status: toyStatus(o.Status)}
		}),
		Ads: toyCollection(c, "ads", func(o toyObject, org string) normalize.Ad {
			return normalize.Ad{ID: c.id(o.ID), Name: o.Name, OrganizationID: org, CampaignID: c.id(o.Campaign), GroupID: c.id(o.Group), Status: toyStatus(o.Status)}
		}),
		Reports: toyReports(c),
		Do:      func(ctx context.Context, r *http.Request) (*http.Response, error) { return c.rest.Pass(ctx, r) },
	}
	s.Organizations.Get = nil
	s.Campaigns.Filters = []providers.Filter{providers.FilterOrg}
	return s, nil
}

type toyClient struct {
	rest   *rest.Client
	broken string
	conn   providers.Conn
	pages  int
}

type toyObject struct {
	ID       wire.ID `json:"id"`
	Campaign wire.ID `json:"campaign"`
	Group    wire.ID `json:"group"`
	Name     string  `json:"name"`
	Status   string  `json:"status"`
	Currency string  `json:"currency"`
	Zone     string  `json:"zone"`
}

func toyStatus(s string) normalize.Status {
	if s == "OFF" {
		return normalize.StatusPaused
	}
	return normalize.StatusActive
}

func (c *toyClient) id(id wire.ID) string {
	if c.broken == "float ids" {
		f, _ := strconv.ParseFloat(id.String(), 64)
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return id.String()
}

func (c *toyClient) request(path string, q url.Values) rest.Request {
	return rest.Request{Method: http.MethodGet, URL: "https://api.toy.test/v1/" + path + "?" + q.Encode(), Bucket: "toy:" + c.conn.ID}
}

// fetch reads one upstream page.
func toyFetch[T any](ctx context.Context, c *toyClient, path string, q url.Values, start, count int) ([]T, bool, error) {
	q.Set("start", fmt.Sprint(start))
	q.Set("count", fmt.Sprint(count))
	var items []T
	var tail struct {
		More bool `json:"more"`
	}
	_, err := c.rest.Read(ctx, c.request(path, q), func(r io.Reader) error {
		items = nil
		return rest.Elements(r, "items", func(v *T) error { items = append(items, *v); return nil }, &tail)
	})
	if c.broken == "short list" && err != nil {
		return items, false, nil // takes what came for the whole
	}
	if c.broken == "leaky errors" && err != nil {
		tok, _ := c.conn.Tokens.Token(ctx)
		return nil, false, &providers.Error{Kind: providers.KindOf(err), Platform: "toyads", Message: "refused " + tok.AccessToken, Err: err}
	}
	return items, tail.More, err
}

func toyList[T any](c *toyClient, kind string, conv func(toyObject, string) T) func(context.Context, providers.ListQuery) (providers.Page[T], error) {
	return func(ctx context.Context, lq providers.ListQuery) (providers.Page[T], error) {
		path, q := kind, url.Values{}
		if kind != "accounts" {
			path = "accounts/" + url.PathEscape(lq.Org) + "/" + kind
		}
		if lq.Campaign != "" {
			q.Set("campaign", lq.Campaign)
		}
		var want []string
		for _, s := range lq.Status {
			want = append(want, map[string]string{"PAUSED": "OFF", "ACTIVE": "ON"}[s])
		}
		if len(want) == 1 && c.broken != "unsent filter" {
			q.Set("status", want[0])
		}
		out, err := page.List(ctx, lq, page.ByOffset(lq.Size, func(ctx context.Context, start, count int) ([]T, bool, error) {
			objs, more, err := toyFetch[toyObject](ctx, c, path, q, start, count)
			var items []T
			for _, o := range objs {
				if kind == "accounts" && len(c.conn.Orgs) > 0 && !slices.Contains(c.conn.Orgs, o.ID.String()) {
					continue
				}
				if len(want) == 1 && o.Status != want[0] {
					continue
				}
				items = append(items, conv(o, lq.Org))
			}
			return items, more, err
		}))
		if c.broken == "large pages" && out.Next != "" {
			out.Items = append(out.Items, out.Items...)
		}
		return out, c.dressed(err)
	}
}

// dressed gives page's own errors the platform.
func (c *toyClient) dressed(err error) error {
	if e, ok := err.(*providers.Error); ok && e.Platform == "" { //nolint:errorlint // page's own error
		e.Platform = "toyads"
	}
	return err
}

func toyGet[T any](c *toyClient, kind string, conv func(toyObject, string) T) func(context.Context, providers.Ref) (T, error) {
	return func(ctx context.Context, ref providers.Ref) (T, error) {
		var o toyObject
		var zero T
		_, err := c.rest.JSON(ctx, c.request("accounts/"+url.PathEscape(ref.Org)+"/"+kind+"/"+url.PathEscape(ref.ID), nil), &o)
		if c.broken == "any id" && providers.KindOf(err) == providers.NotFound {
			return zero, nil
		}
		if err != nil {
			return zero, err
		}
		return conv(o, ref.Org), nil
	}
}

func toyCollection[T any](c *toyClient, kind string, conv func(toyObject, string) T) providers.Collection[T] {
	return providers.Collection[T]{
		MaxPage: 1000, Filters: []providers.Filter{providers.FilterOrg, providers.FilterCampaign, providers.FilterStatus},
		List: toyList(c, kind, conv), Get: toyGet(c, kind, conv),
	}
}

type toyRow struct {
	ID          string        `json:"id"`
	Campaign    string        `json:"campaign"`
	Group       string        `json:"group"`
	Date        normalize.Day `json:"date"`
	Device      string        `json:"device"`
	Impressions wire.Number   `json:"impressions"`
	Clicks      wire.Number   `json:"clicks"`
	Cost        wire.Number   `json:"cost"`
	Conversions wire.Number   `json:"conversions"`
	Value       wire.Number   `json:"value"`
	Views       wire.Number   `json:"views"`
}

func toyReports(c *toyClient) providers.Reports {
	kpi := func(m normalize.Metric) providers.Metric { return providers.Metric{KPI: m, Source: "toy"} }
	return providers.Reports{
		Levels:     []normalize.Level{normalize.LevelOrganization, normalize.LevelCampaign, normalize.LevelGroup, normalize.LevelAd},
		Dimensions: []normalize.Dimension{normalize.DimensionDate, normalize.DimensionDevice},
		Metrics: []providers.Metric{
			kpi(normalize.MetricClicks), kpi(normalize.MetricImpressions), kpi(normalize.MetricCost), kpi(normalize.MetricConversions),
			kpi(normalize.MetricConversionValue), {KPI: normalize.MetricVideoViews, Source: "views", Levels: []normalize.Level{normalize.LevelAd}},
		},
		Plan: func(q providers.ReportQuery) ([]providers.Part, error) {
			var out []providers.Part
			for _, o := range q.Orgs {
				p := providers.Part{Query: q, Org: o}
				if q.Level != normalize.LevelAd && slices.Contains(q.Metrics, normalize.MetricVideoViews) {
					p.Meta.Unsupported = []normalize.Metric{normalize.MetricVideoViews}
				}
				out = append(out, p)
			}
			return out, nil
		},
		Stream: func(ctx context.Context, p providers.Part, _ *providers.Meta) iter.Seq2[normalize.Row, error] {
			return c.stream(ctx, p)
		},
	}
}

func (c *toyClient) stream(ctx context.Context, p providers.Part) iter.Seq2[normalize.Row, error] {
	q := p.Query
	v := url.Values{"level": {string(q.Level)}, "from": {q.Range.From.String()}, "to": {q.Range.To.String()}}
	if c.broken == "wrong day" && p.Org.Timezone != "UTC" {
		v.Set("from", q.Range.From.Add(-1).String())
		v.Set("to", q.Range.To.Add(-1).String())
	}
	for _, d := range q.Dimensions {
		v.Set("by", v.Get("by")+string(d))
	}
	for l, ids := range q.Filter {
		if l == q.Level {
			v.Set("id", ids[0])
		}
	}
	return func(yield func(normalize.Row, error) bool) {
		for start, more := 0, true; more; {
			rows, next, err := toyFetch[toyRow](ctx, c, "accounts/"+p.Org.ID+"/report", v, start, 1000)
			if err != nil {
				yield(normalize.Row{}, err)
				return
			}
			for i := range rows {
				if !yield(c.row(p, &rows[i]), nil) {
					return
				}
			}
			start, more = start+len(rows), next
			if c.broken == "dropped page" && start == 1000 {
				start += 1000
			}
		}
	}
}

func (c *toyClient) row(p providers.Part, r *toyRow) normalize.Row {
	out := normalize.Row{Organization: normalize.Entity{ID: p.Org.ID}, Currency: p.Org.Currency, Date: r.Date}
	out.Campaign.ID, out.Group.ID = r.Campaign, r.Group
	if p.Query.Level == normalize.LevelAd {
		out.Ad.ID = r.ID
	}
	for _, d := range p.Query.Dimensions {
		switch d {
		case normalize.DimensionDate:
			out.Dims = append(out.Dims, r.Date.String())
		case normalize.DimensionDevice:
			out.Dims = append(out.Dims, map[string]string{"PHONE": "MOBILE", "DESK": "DESKTOP"}[r.Device])
		}
	}
	for _, m := range p.Query.Metrics {
		v := map[normalize.Metric]normalize.Value{
			normalize.MetricClicks: r.Clicks.Value, normalize.MetricImpressions: r.Impressions.Value, normalize.MetricCost: r.Cost.Value,
			normalize.MetricConversions: r.Conversions.Value, normalize.MetricConversionValue: r.Value.Value, normalize.MetricVideoViews: r.Views.Value,
		}[m]
		if c.broken == "float money" && m == normalize.MetricCost {
			f, _ := strconv.ParseFloat(v.D.String(), 32)
			v.D, _ = normalize.ParseDecimal(strconv.FormatFloat(f*1.0000001, 'f', 9, 64))
		}
		if c.broken == "zero for missing" {
			v.OK = true
		}
		out.Values = append(out.Values, v)
	}
	return out
}
