package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/openapi"
)

// TestDocument_examples sends every example of the document to a demo: it answers as printed.
func TestDocument_examples(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	doc, err := openapi.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	examples, err := openapi.Examples(doc)
	if err != nil || len(examples) == 0 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	a := newAPI(t, demo.announced)
	keys := map[string]string{
		"none": "", "admin": demo.announced.APIKey, "read": demo.newKey(t, "read"), "write": demo.newKey(t, "write"),
	}
	values := map[string]string{
		"connection_id": demo.announced.connection("linkedinads"), "workspace_id": demo.announced.WorkspaceID,
	}
	for _, e := range examples {
		t.Run(e.Method+" "+e.Path+" "+e.Name, func(t *testing.T) {
			key, known := keys[e.Key]
			if !known {
				t.Fatalf("the example's key %q is no scope", e.Key)
			}
			e := e.With(values)
			path, query, _ := strings.Cut(e.URL(), "?")
			parsed, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			got := (&api{t: t, base: a.base, key: key}).send(e.Method, path, parsed, e.Body, e.Headers)
			if err := e.Check(got.status, got.header, got.body); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDocument_everyOperation calls each operation as its document says. What is live answers; what is planned says 501;
// nothing answers 500; and each answer is as documented (api.hold).
func TestDocument_everyOperation(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	a := newAPI(t, demo.announced)
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	// What reads comes before what takes the connection away.
	routes := slices.Clone(doc.Routes())
	slices.SortStableFunc(routes, func(x, y *openapi.Route) int { return order(x.Method) - order(y.Method) })
	for _, route := range routes {
		path, query := fill(a, demo.announced, route)
		var body []byte
		if route.Method == http.MethodPost || route.Method == http.MethodPut || route.Method == http.MethodPatch {
			body = []byte("{}")
		}
		got := a.do(route.Method, path, query, body)
		switch {
		case got.status == http.StatusInternalServerError:
			t.Errorf("%s %s: 500 %s", route.Method, path, got.body)
		case route.Planned && got.status != http.StatusNotImplemented:
			t.Errorf("%s %s is planned and answers %d %s", route.Method, path, got.status, got.body)
		case !route.Planned && got.status == http.StatusNotImplemented && !slices.Contains(lacking(), route.ID):
			t.Errorf("%s %s is live and answers 501 %s", route.Method, path, got.body)
		case !route.Planned && route.Method == http.MethodGet && got.status >= 400 && !slices.Contains(refusing(), route.ID):
			t.Errorf("%s %s answers %d %s", route.Method, path, got.status, got.body)
		}
	}
}

// refusing are the live reads that a plain call cannot satisfy: a callback without a flow.
func refusing() []string { return []string{"getOauthCallback"} }

// lacking are the live writes that LinkedIn has no counterpart for: its ad accounts are not made through admux.
func lacking() []string { return []string{"createAdsOrganization", "removeAdsOrganization"} }

func order(method string) int {
	return slices.Index([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, method)
}

// fill puts real values into a template: the demo's ids, and for an object's id the first of its list. The query is what
// the operation cannot do without.
func fill(a *api, demo announced, route *openapi.Route) (path string, query url.Values) {
	connection := demo.connection("linkedinads")
	path, query = route.Path, url.Values{}
	set := func(name, value string) { path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value)) }
	set("connection_id", connection)
	set("workspace_id", demo.WorkspaceID)
	set("integration_type", "linkedinads")
	if strings.Contains(path, "{job_id}") {
		set("job_id", finishedJob(a, connection))
	}
	set("object", "campaign")
	set("env", "Production")
	set("file", "docs.css")
	path = strings.ReplaceAll(path, "{path}", "rest/adAccounts")
	switch route.ID {
	case "getUnifiedIntegrationAuth":
		query.Set("success_redirect", "http://127.0.0.1/done")
	case "listAdsReportChanges": // the report was read a moment ago
		query.Set("since", time.Now().UTC().Format(time.RFC3339))
	case "getOauthCallback":
		query.Set("state", "never-issued")
		query.Set("code", "x")
	}
	if strings.HasPrefix(route.Path, "/passthrough/") && route.Method == http.MethodGet {
		query.Set("q", "search")
	}
	if strings.HasPrefix(route.Path, "/unified/audit/{id}") { // something that was written
		w := newWriter(a, "linkedinads", connection)
		w.write(http.MethodPost, ads(connection, "campaign"), url.Values{"dry_run": {"true"}}, w.campaign("Tried"), nil)
	}
	before, _, one := strings.Cut(path, "/{id}")
	switch {
	case one && before == "/unified/connection":
		set("id", connection)
	case one && route.Planned:
		set("id", "none")
	case one:
		id, org := firstOf(a, before)
		set("id", id)
		if org != "" && before != ads(connection, "organization") {
			query.Set("org_id", org)
		}
	}
	return path, query
}

// finishedJob makes a report in the background and returns its job once it is completed.
func finishedJob(a *api, connection string) string {
	a.t.Helper()
	var job struct{ ID, State string }
	made := a.do(http.MethodPost, ads(connection, "report"), url.Values{"type": {"CLICKS"}, "level": {"organization"}}, nil)
	if err := json.Unmarshal(made.body, &job); err != nil || made.status != http.StatusAccepted {
		a.t.Fatalf("a report job: %d %s", made.status, made.body)
	}
	eventually(a.t, "the report job is completed", func() error {
		if got := a.get(ads(connection, "report/"+job.ID), nil, &job); job.State != "completed" {
			return stillError(got.status)
		}
		return nil
	})
	return job.ID
}

// firstOf is the first object of a list and the account that it is in. The log of calls is written behind. Of assets it is
// the first that the platform tells more of than the id: a creative may show one that belongs to somebody else.
func firstOf(a *api, list string) (id, org string) {
	a.t.Helper()
	var items []struct {
		ID             string `json:"id"`
		OrganizationID string `json:"organization_id"`
		URL            string `json:"url"`
	}
	eventually(a.t, list+" has something", func() error {
		if got := a.get(list, nil, &items); len(items) == 0 {
			return stillError(got.status)
		}
		return nil
	})
	for _, item := range items {
		if item.URL != "" {
			return item.ID, item.OrganizationID
		}
	}
	return items[0].ID, items[0].OrganizationID
}

// TestS2_foreignWorkspace: with another workspace's key every operation that names a connection answers as if there were
// none. Routes are the document's, so that a new one is covered from its first day.
func TestS2_foreignWorkspace(t *testing.T) {
	t.Parallel()
	demo := ownDemo(t)
	a := newAPI(t, demo.announced)
	made := admux(t, nil, append([]string{"workspace", "create", "stranger"}, demo.storeArgs()...)...)
	if made.code != 0 {
		t.Fatal(made.stderr)
	}
	stranger := a.withKey(demo.newKey(t, "admin", "--workspace", strings.TrimSpace(made.stdout)))
	connection := demo.announced.connection("linkedinads")
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for _, route := range doc.Routes() {
		if !strings.Contains(route.Path, "{connection_id}") && !strings.HasPrefix(route.Path, "/unified/connection/{id}") {
			continue
		}
		path, query := fill(a, demo.announced, route)
		var body []byte
		if route.Method == http.MethodPut || route.Method == http.MethodPatch || route.Method == http.MethodPost {
			body = []byte("{}")
		}
		theirs := stranger.do(route.Method, path, query, body)
		nobodys := stranger.do(route.Method, strings.Replace(path, connection, "conn_nobodys", 1), query, body)
		code, _ := theirs.problem(t)
		if wanted, _ := nobodys.problem(t); theirs.status != nobodys.status || code != wanted || theirs.status < 400 {
			t.Errorf("%s %s answers a stranger with %d %s, and %d %s where there is no connection",
				route.Method, path, theirs.status, code, nobodys.status, wanted)
		}
		tried[code]++
	}
	if tried["not_found"] < 15 {
		t.Errorf("only %v", tried)
	}
	var calls []map[string]any
	stranger.get("/unified/connection", nil, &calls)
	if len(calls) > 0 {
		t.Errorf("a stranger sees %d connections", len(calls))
	}
	stranger.get("/unified/apicall", url.Values{"limit": {"1000"}}, &calls)
	for _, call := range calls {
		if call["workspace_id"] == demo.announced.WorkspaceID {
			t.Errorf("a stranger sees a call of the demo: %v", call)
		}
	}
	a.get("/unified/connection/"+connection, nil, nil) // and the connection is still there
}
