package sim

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// edge is one list below a node, and what may be done with it.
type edge struct {
	kind        string // of the elements
	list        func(s *Sim, c *call, e *entity) []*entity
	objects     func(s *Sim, c *call, e *entity, p params) ([]any, *graphError) // rendered whole
	serve       func(s *Sim, c *call, e *entity) (any, *graphError)             // answers by itself
	post        func(s *Sim, c *call, e *entity) (any, *graphError)
	del         func(s *Sim, c *call, e *entity) (any, *graphError)
	defaults    []string
	oldestFirst bool
	scopes      []string // any of them; nil: those of ads
}

func (ed edge) readable() bool { return ed.list != nil || ed.objects != nil || ed.serve != nil }

func parseSeq(key string) (int64, bool) {
	n, err := strconv.ParseInt(key, 10, 64)
	return n, err == nil
}

// edgeTable is every edge by kind of node.
func edgeTable() map[string]map[string]edge {
	of := func(kind string, l func(*account) *list) edge {
		return edge{kind: kind, list: func(s *Sim, _ *call, e *entity) []*entity { return s.snapshot(l(e.account)) }}
	}
	below := func(kind string) edge {
		return edge{kind: kind, list: func(s *Sim, _ *call, e *entity) []*entity { return s.snapshot(e.kids) }}
	}
	adsOf := edge{kind: "Ad", list: func(s *Sim, _ *call, e *entity) []*entity { return bySeq(s.adsUnder(e)) }}
	campaigns, adsets, ads := of("Campaign", func(a *account) *list { return &a.campaigns }),
		of("AdSet", func(a *account) *list { return &a.adsets }), of("Ad", func(a *account) *list { return &a.ads })
	campaigns.post, campaigns.del = (*Sim).createCampaign, (*Sim).deleteCampaigns
	adsets.post, ads.post = (*Sim).createAdSet, (*Sim).createAd
	creatives := of("AdCreative", func(a *account) *list { return &a.creatives })
	creatives.post, creatives.defaults = (*Sim).createCreative, nil
	images, videos := of("AdImage", func(a *account) *list { return &a.images }), of("AdVideo", func(a *account) *list { return &a.videos })
	images.list, images.defaults = (*Sim).imagesAsked, []string{"hash"}
	images.post, images.del = (*Sim).uploadImages, (*Sim).deleteImage
	videos.post = (*Sim).uploadVideo
	audiences := of("CustomAudience", func(a *account) *list { return &a.audiences })
	audiences.post = (*Sim).createAudience
	pixels := of("AdsPixel", func(a *account) *list { return &a.pixels })
	activities := edge{kind: "AdActivity", objects: (*Sim).activities}
	account := map[string]edge{
		"campaigns": campaigns, "adsets": adsets, "ads": ads, "adcreatives": creatives, "adimages": images, "advideos": videos,
		"customaudiences": audiences, "adspixels": pixels, "activities": activities,
		"customconversions":         of("CustomConversion", func(a *account) *list { return &a.conversions }),
		"promote_pages":             {kind: "Page", list: (*Sim).pagesOf, oldestFirst: true, defaults: []string{"name"}},
		"applications":              {kind: "Application", list: one(func(a *account) *entity { return a.application }), defaults: []string{"name"}},
		"advertisable_applications": {kind: "Application", list: one(func(a *account) *entity { return a.application }), defaults: []string{"name"}},
		"instagram_accounts":        {kind: "InstagramUser", list: one(func(a *account) *entity { return a.instagram })},
		"product_catalogs":          {kind: "ProductCatalog", list: one(func(a *account) *entity { return a.catalogue }), defaults: []string{"name"}},
		"adlabels":                  {objects: func(*Sim, *call, *entity, params) ([]any, *graphError) { return []any{}, nil }}, // nobody labels here
		"assigned_users":            {objects: (*Sim).assignedUsers, scopes: []string{"business_management"}},
		"targetingsearch":           {objects: (*Sim).targetingSearch},
		"targetingbrowse":           {objects: (*Sim).targetingBrowse},
		"targetingsuggestions":      {objects: (*Sim).targetingSuggestions},
		"targetingvalidation":       {objects: (*Sim).targetingValidation},
		"reachestimate":             {serve: (*Sim).reachEstimate},
		"delivery_estimate":         {serve: (*Sim).deliveryEstimate},
		"subscribed_apps":           {serve: (*Sim).subscribedApps, post: (*Sim).succeeded, del: (*Sim).succeeded},
	}
	campaign := map[string]edge{"adsets": below("AdSet"), "ads": adsOf, "activities": activities, "copies": {post: (*Sim).copyNode}}
	adset := map[string]edge{"ads": below("Ad"), "activities": activities, "copies": {post: (*Sim).copyNode},
		"delivery_estimate": {serve: (*Sim).deliveryEstimate},
		"adcreatives":       {kind: "AdCreative", list: (*Sim).creativesUnder}}
	ad := map[string]edge{"adcreatives": {kind: "AdCreative", list: (*Sim).creativesUnder}, "copies": {post: (*Sim).copyNode},
		"previews": {serve: (*Sim).previews}, "leads": {kind: "Lead", objects: (*Sim).leads, scopes: []string{"leads_retrieval"}}}
	return map[string]map[string]edge{
		"AdAccount": account, "Campaign": campaign, "AdSet": adset, "Ad": ad,
		"AdCreative": {"previews": {serve: (*Sim).previews}},
		"AdVideo":    {"thumbnails": {objects: (*Sim).thumbnails}},
		"User": {
			"adaccounts":     {kind: "AdAccount", list: (*Sim).myAccounts, oldestFirst: true, defaults: []string{"account_id"}},
			"businesses":     {kind: "Business", list: (*Sim).myBusinesses, oldestFirst: true, defaults: []string{"name"}, scopes: []string{"business_management"}},
			"business_users": {objects: (*Sim).businessUsers, scopes: []string{"business_management"}},
			"accounts":       {kind: "Page", list: (*Sim).myPages, oldestFirst: true, defaults: []string{"access_token", "category", "category_list", "name", "tasks"}, scopes: []string{"pages_show_list"}},
		},
		"Business": businessEdges(),
		"Page": {"leadgen_forms": {kind: "LeadgenForm", list: (*Sim).formsOf, oldestFirst: true, defaults: []string{"locale", "name", "status"},
			scopes: []string{"pages_manage_ads", "leads_retrieval", "pages_read_engagement"}}},
		"LeadgenForm":    {"leads": {kind: "Lead", objects: (*Sim).leads, defaults: []string{"created_time", "field_data"}, scopes: []string{"leads_retrieval"}}},
		"ProductCatalog": {"product_sets": {kind: "ProductSet", list: func(s *Sim, _ *call, e *entity) []*entity { return s.snapshot(&e.account.sets) }, defaults: []string{"name"}}},
		"CustomAudience": {},
	}
}

func businessEdges() map[string]edge {
	scopes := []string{"business_management"}
	ed := func(kind string, l func(s *Sim, c *call, e *entity) []*entity) edge {
		return edge{kind: kind, list: l, oldestFirst: true, scopes: scopes}
	}
	owned, client := ed("AdAccount", (*Sim).ownedAccounts), ed("AdAccount", (*Sim).clientAccounts)
	owned.defaults, client.defaults = []string{"account_id"}, []string{"account_id"}
	// each collects something of every account that the business has a hand in.
	each := func(kind string, of func(s *Sim, a *account) []*entity, accounts func(*Sim, *call, *entity) []*entity) edge {
		out := ed(kind, func(s *Sim, c *call, e *entity) []*entity {
			var out []*entity
			for _, a := range accounts(s, c, e) {
				out = append(out, of(s, a.account)...)
			}
			return out
		})
		out.defaults = []string{"name"}
		return out
	}
	pages := func(s *Sim, a *account) []*entity { return s.pagesOf(nil, &a.entity) }
	pixels := func(s *Sim, a *account) []*entity { return s.snapshot(&a.pixels) }
	catalogues := func(_ *Sim, a *account) []*entity { return []*entity{a.catalogue} }
	apps := func(_ *Sim, a *account) []*entity { return []*entity{a.application} }
	return map[string]edge{
		"owned_ad_accounts": owned, "client_ad_accounts": client,
		"owned_pages":             each("Page", pages, (*Sim).ownedAccounts),
		"client_pages":            each("Page", pages, (*Sim).clientAccounts),
		"adspixels":               each("AdsPixel", pixels, (*Sim).ownedAccounts),
		"owned_product_catalogs":  each("ProductCatalog", catalogues, (*Sim).ownedAccounts),
		"client_product_catalogs": each("ProductCatalog", catalogues, (*Sim).clientAccounts),
		"owned_apps":              each("Application", apps, (*Sim).ownedAccounts),
		"client_apps":             each("Application", apps, (*Sim).clientAccounts),
	}
}

func one(of func(*account) *entity) func(*Sim, *call, *entity) []*entity {
	return func(_ *Sim, _ *call, e *entity) []*entity { return []*entity{of(e.account)} }
}

// bySeq orders nodes by age: lists that several parents make up.
func bySeq(list []*entity) []*entity {
	slices.SortFunc(list, func(a, b *entity) int { return cmp.Compare(a.seq, b.seq) })
	return list
}

// edgeOf serves /{id}/{edge}.
func (s *Sim) edgeOf(c *call, e *entity, path []string) (any, *graphError) {
	name := path[0]
	if name == "insights" && reports(e.kind) && len(path) == 1 {
		return s.serveInsights(c, e)
	}
	ed, ok := s.edges[e.kind][name]
	if !ok || len(path) > 1 {
		return nil, s.noEdge(c, e.kind, strings.Join(path, "/"))
	}
	if err := s.mayUse(c, ed); err != nil {
		return nil, err
	}
	switch {
	case c.method == http.MethodPost && ed.post != nil:
		return ed.post(s, c, e)
	case c.method == http.MethodDelete && ed.del != nil:
		return ed.del(s, c, e)
	case c.method != http.MethodGet || !ed.readable():
		return nil, noObject(c.method, e.id)
	case ed.serve != nil:
		return ed.serve(s, c, e)
	}
	fs, err := c.fields()
	if err != nil {
		return nil, err
	}
	return s.readEdge(c, e, ed, strings.Join(c.path, "/"), fs, c.params)
}

// noEdge is a path below a node that leads nowhere.
func (s *Sim) noEdge(c *call, kind, name string) *graphError {
	if c.method == http.MethodGet {
		return &graphError{Code: 2500, Message: "Unknown path components: /" + name}
	}
	return noObject(c.method, kind+"/"+name)
}

func (s *Sim) mayUse(c *call, ed edge) *graphError {
	if ed.scopes == nil || c.token.can(ed.scopes...) {
		return nil
	}
	return needs(ed.scopes[0])
}

// expandEdge reads an edge inside a node's fields.
func (s *Sim) expandEdge(c *call, e *entity, ed edge, f field, p params) (any, *graphError) {
	if err := s.mayUse(c, ed); err != nil {
		return nil, err
	}
	if ed.serve != nil || !ed.readable() {
		return nil, invalidParam("Tried accessing nonexisting field (%s) on node type (%s)", f.name, e.kind)
	}
	if len(f.sub) > 0 {
		p["fields"] = renderFields(f.sub) // for next
	}
	out, err := s.readEdge(c, e, ed, e.id+"/"+f.name, f.sub, p)
	if err != nil {
		return nil, err
	}
	if list, _ := out["data"].([]any); len(list) == 0 && out["paging"] == nil && out["summary"] == nil {
		return nil, nil // an empty edge is left out of its node
	}
	return out, nil
}

// readEdge answers one page of an edge.
func (s *Sim) readEdge(c *call, e *entity, ed edge, path string, fs []field, p params) (obj, *graphError) {
	fs = withDefaults(fs, ed.defaults)
	if ed.objects != nil {
		return s.readObjects(c, e, ed, path, fs, p)
	}
	chosen, paging, summary, err := s.listPage(c, ed, path, ed.list(s, c, e), p)
	if err != nil {
		return nil, err
	}
	data := make([]any, 0, len(chosen))
	if s.emptied(p) && paging["next"] != nil {
		// An empty page while more follow: the cursor stays where it was asked, so
		// that the next call brings what this one withheld.
		return obj{"data": data, "paging": s.retryPaging(c, path, p)}, nil
	}
	for _, x := range chosen {
		node, err := s.projectFields(c, x, fs)
		if err != nil {
			return nil, err
		}
		data = append(data, node)
	}
	out := obj{"data": data}
	if paging != nil {
		out["paging"] = paging
	}
	if summary != nil {
		out["summary"] = summary
	}
	return out, nil
}

// emptied: under Options.Paging.Empty a page is withheld at its first asking.
func (s *Sim) emptied(p params) bool {
	return s.paging().Empty && strings.HasPrefix(p.get("after"), "QVFIU") && !strings.HasSuffix(p.get("after"), withheld)
}

func (s *Sim) retryPaging(c *call, path string, p params) obj {
	key, depth, _ := decodeCursor(p.get("after"))
	again := encodeCursor(key, depth) + withheld
	return c.pagingOf(path, p, again, again, false, true)
}

// readObjects answers a page of a list that is rendered whole.
func (s *Sim) readObjects(c *call, e *entity, ed edge, path string, fs []field, p params) (obj, *graphError) {
	all, err := ed.objects(s, c, e, p)
	if err != nil {
		return nil, err
	}
	from, to, paging, err := c.page(path, p, len(all))
	if err != nil {
		return nil, err
	}
	data := slices.Clone(all[from:to])
	if len(fs) > 0 && ed.kind != "" {
		for _, f := range fs {
			if !s.tab.readable(ed.kind, f.name) {
				return nil, invalidParam("Tried accessing nonexisting field (%s) on node type (%s)", f.name, ed.kind)
			}
		}
		for i, x := range data {
			data[i] = keepID(subProject(x, field{hasSub: true, sub: fs}), x)
		}
	}
	out := obj{"data": data}
	if paging != nil {
		out["paging"] = paging
	}
	return out, nil
}

// keepID puts a node's id back into a projection of it.
func keepID(out, whole any) any {
	o, ok1 := out.(obj)
	w, ok2 := whole.(obj)
	if ok1 && ok2 && w["id"] != nil {
		o["id"] = w["id"]
	}
	return out
}
