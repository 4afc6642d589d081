package sim_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/amazon/sim"
)

// noon is when the tests' world is looked at: a Tuesday.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func tuesday() time.Time { return noon }

type world struct {
	t     *testing.T
	sim   *sim.Sim
	url   string
	token string
	org   sim.AccountInfo
}

func newWorld(t *testing.T, o sim.Options) *world {
	t.Helper()
	if o.Now == nil {
		o.Now = tuesday
	}
	s := sim.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return &world{t, s, srv.URL, s.Grant().Access, s.Accounts()[0]}
}

// on is the same world, looked at as another profile.
func (w *world) on(account int) *world {
	c := *w
	c.org = w.sim.Accounts()[account]
	return &c
}

type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
	list   []map[string]any
}

// call sends a request to the profile's own host; headers are pairs, and "-"
// takes one away.
func (w *world) call(method, path, body string, headers ...string) answer {
	w.t.Helper()
	target := w.url + "/" + w.org.Region + path
	if strings.HasPrefix(path, "/_sim") || strings.HasPrefix(path, "http") {
		target = strings.TrimPrefix(w.url+path, w.url+"http")
		if strings.HasPrefix(path, "http") {
			target = path
		}
	}
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, target, in)
	if err != nil {
		w.t.Fatal(err)
	}
	h := map[string]string{"Authorization": "Bearer " + w.token, "Amazon-Advertising-API-ClientId": w.sim.App().ClientID,
		"Amazon-Advertising-API-Scope": w.org.ID, "Content-Type": "application/json"}
	for i := 0; i < len(headers); i += 2 {
		h[headers[i]] = headers[i+1]
	}
	for k, v := range h {
		if v != "-" {
			req.Header.Set(k, v)
		}
	}
	return w.send(req)
}

func (w *world) send(req *http.Request) answer {
	w.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(b)}
	a.body, a.list = decode(a.text)
	return a
}

func decode(s string) (m map[string]any, l []map[string]any) {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	if strings.HasPrefix(s, "[") {
		d.Decode(&l)
		return nil, l
	}
	d.Decode(&m)
	return m, nil
}

// vnd is a call with a vendor type in both headers.
func (w *world) vnd(method, path, media, body string, headers ...string) answer {
	w.t.Helper()
	media = "application/vnd." + media + "+json"
	return w.call(method, path, body, append([]string{"Content-Type", media, "Accept", media}, headers...)...)
}

var mediaOf = map[string]string{
	"/sp/campaigns": "spCampaign.v3", "/sp/adGroups": "spAdGroup.v3", "/sp/productAds": "spProductAd.v3", "/sp/keywords": "spKeyword.v3",
	"/sp/negativeKeywords": "spNegativeKeyword.v3", "/sp/campaignNegativeKeywords": "spCampaignNegativeKeyword.v3", "/sp/targets": "spTargetingClause.v3",
	"/sp/negativeTargets": "spNegativeTargetingClause.v3", "/sp/campaignNegativeTargets": "spCampaignNegativeTargetingClause.v3", "/portfolios": "spPortfolio.v3",
	"/sb/v4/campaigns": "sbcampaignresource.v4", "/sb/v4/adGroups": "sbadgroupresource.v4", "/sb/v4/ads": "sbadresource.v4",
}

// items walks a list to its end.
func (w *world) items(path, filters string) (all []map[string]any, pages int) {
	w.t.Helper()
	token := ""
	for {
		body := map[string]any{}
		json.Unmarshal([]byte(filters), &body)
		if token != "" {
			body["nextToken"] = token
		}
		b, _ := json.Marshal(body)
		a := w.vnd("POST", path+"/list", mediaOf[path], string(b))
		if a.status != 200 {
			w.t.Fatalf("%s: %d %s", path, a.status, a.text)
		}
		pages++
		for _, v := range a.body {
			if list, ok := v.([]any); ok {
				for _, e := range list {
					all = append(all, e.(map[string]any))
				}
			}
		}
		token, _ = a.body["nextToken"].(string)
		if token == "" {
			return all, pages
		}
	}
}

// at digs into an answer by names and indexes.
func at(v any, path ...any) any {
	for _, p := range path {
		switch k := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

func text(v any, path ...any) string {
	switch x := at(v, path...).(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	}
	return ""
}

// unpack reads a report's file, packed or not.
func unpack(t *testing.T, a answer) []map[string]any {
	t.Helper()
	raw := a.text
	if strings.HasPrefix(raw, "\x1f\x8b") {
		z, err := gzip.NewReader(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	_, l := decode(raw)
	return l
}
