package sim

import (
	"maps"
	"net/http"
	"slices"
)

// myAccounts is everything that the person may touch by himself.
func (s *Sim) myAccounts(c *call, _ *entity) []*entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*entity
	for _, a := range s.accounts {
		if s.people.listed(c.token.userID, a) {
			out = append(out, &a.entity)
		}
	}
	return out
}

func (s *Sim) myBusinesses(c *call, _ *entity) []*entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*entity
	for i, b := range s.people.businesses(c.token.userID) {
		n := businessNode(b)
		n.seq = int64(i + 1)
		out = append(out, n)
	}
	return out
}

// ownedAccounts and clientAccounts are a business's.
func (s *Sim) ownedAccounts(_ *call, e *entity) []*entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return accountNodes(s.people.own, e, s.people.own.owned)
}

func (s *Sim) clientAccounts(_ *call, e *entity) []*entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return accountNodes(s.people.own, e, s.people.own.client)
}

func accountNodes(b *business, e *entity, list []*account) []*entity {
	if b.id != e.id {
		return nil
	}
	out := make([]*entity, 0, len(list))
	for _, a := range list {
		out = append(out, &a.entity)
	}
	return out
}

// myPages are the pages that the person manages, each with its own token.
func (s *Sim) myPages(c *call, _ *entity) []*entity {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []*entity
	for _, p := range s.people.pages {
		if p.owner == c.token.userID {
			out = append(out, s.pageNode(p))
		}
	}
	return out
}

// pageNode is a page with its token and tasks. The caller holds s.mu.
func (s *Sim) pageNode(p *page) *entity {
	e := s.nodes[p.id]
	data := obj{"access_token": p.token, "tasks": []any{"ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"}}
	maps.Copy(data, e.data)
	return &entity{kind: "Page", id: p.id, seq: e.seq, account: p.account, created: e.created, data: data}
}

// pagesOf are the pages that an account may advertise.
func (s *Sim) pagesOf(_ *call, e *entity) []*entity {
	if n := s.node(itoa(e.account.src.PageID)); n != nil {
		return []*entity{n}
	}
	return nil
}

// formsOf are a page's lead forms.
func (s *Sim) formsOf(_ *call, e *entity) []*entity { return s.snapshot(&e.account.forms) }

// creativesUnder are the creatives of an ad set's ads, or an ad's one.
func (s *Sim) creativesUnder(_ *call, e *entity) []*entity {
	var out []*entity
	for _, ad := range s.adsUnder(e) {
		if cr := s.node(ad.str("creative_id")); cr != nil && !slices.Contains(out, cr) {
			out = append(out, cr)
		}
	}
	return bySeq(out)
}

// creativesOf names the creatives that show an image.
func (s *Sim) creativesOf(image *entity) any {
	out := []any{}
	hash := image.str("hash")
	for _, cr := range s.snapshot(&image.account.creatives) {
		if cr.str("image_hash") == hash {
			out = append(out, cr.id)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// imagesAsked is the account's images, all or those of ?hashes=[…].
func (s *Sim) imagesAsked(c *call, e *entity) []*entity {
	all := s.snapshot(&e.account.images)
	hashes, ok, err := c.params.list("hashes")
	if err != nil || !ok {
		return all
	}
	var out []*entity
	for _, im := range all {
		if slices.Contains(hashes, im.str("hash")) {
			out = append(out, im)
		}
	}
	return out
}

// previews is an ad or creative as it would show.
func (s *Sim) previews(c *call, e *entity) (any, *graphError) {
	if c.params.get("ad_format") == "" {
		return nil, invalidParam("The parameter ad_format is required")
	}
	return obj{"data": []any{obj{"body": `<iframe src="https://www.facebook.com/ads/api/preview_iframe.php?d=` + e.id + `" width="335" height="450" scrolling="yes" style="border: none;"></iframe>`}}}, nil
}

// thumbnails are a video's stills.
func (s *Sim) thumbnails(c *call, e *entity, _ params) ([]any, *graphError) {
	out := []any{}
	for i := range 3 {
		out = append(out, obj{"id": e.id + itoa(int64(i)), "uri": signed(e.id, "t"+itoa(int64(i)), c.now), "is_preferred": i == 0,
			"height": 720, "width": 1280, "scale": 1})
	}
	return out, nil
}

// subscribedApps lists the apps that listen to an account.
func (s *Sim) subscribedApps(c *call, _ *entity) (any, *graphError) {
	return obj{"data": []any{obj{"id": c.token.app, "name": "Acme Ads Hub"}}}, nil
}

func (s *Sim) succeeded(c *call, e *entity) (any, *graphError) {
	if err := s.mayWrite(c, e.account); err != nil {
		return nil, err
	}
	return obj{"success": true}, nil
}

// permit checks the scopes of a node's kind before anything is done with it.
func (s *Sim) permit(c *call, e *entity) *graphError {
	t := c.token
	switch e.kind {
	case "User":
		return nil
	case "Business":
		if !t.can("business_management") {
			return needs("business_management")
		}
	case "Page", "LeadgenForm":
		if !t.can("pages_show_list", "pages_read_engagement", "pages_manage_ads", "ads_read", "ads_management", "leads_retrieval") {
			return needs("pages_read_engagement")
		}
	default:
		if !t.can("ads_read", "ads_management") {
			return &graphError{Code: 200, Message: "(#200) Ad account owner has NOT grant ads_management or ads_read permission"}
		}
		if c.method != http.MethodGet && len(c.path) > 1 && c.path[1] == "insights" {
			return nil // a report is a read, whatever its verb
		}
		if c.method != http.MethodGet {
			return s.mayWrite(c, e.account)
		}
	}
	return nil
}

// mayWrite needs ads_management and a task that lets advertise.
func (s *Sim) mayWrite(c *call, a *account) *graphError {
	if !c.token.can("ads_management") {
		return &graphError{Code: 294, Message: "Missing permission. Please make sure you have ads_management permission and the application is included in the allowlist", Type: "GraphMethodException"}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	tasks := s.people.tasks(c.token.userID, a)
	if !slices.Contains(tasks, "MANAGE") && !slices.Contains(tasks, "ADVERTISE") {
		return &graphError{Code: 200, Message: "(#200) User does not have sufficient permissions to perform this action on the ad account"}
	}
	if a.status == 2 {
		return &graphError{Code: 100, Subcode: 1885316, Message: "Invalid parameter", UserTitle: "Ad Account Disabled", UserMsg: "This ad account is disabled and cannot be used."}
	}
	return nil
}
