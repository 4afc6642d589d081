package sim

import (
	"slices"
)

func (s *Sim) createAd(c *call, e *entity) (any, *graphError) {
	a := e.account
	in, err := s.readInput(c, "Ad", a)
	if err != nil {
		return nil, err
	}
	if err := required(in, "name", "adset_id", "creative"); err != nil {
		return nil, err
	}
	set := s.node(in.str("adset_id"))
	if set == nil || set.kind != "AdSet" || set.account != a {
		return nil, invalidParam("Param adset_id must be an ad set of this account")
	}
	for _, p := range []*entity{set, set.parent} {
		if st := p.status(); st == "DELETED" || st == "ARCHIVED" {
			return nil, frozenError(p)
		}
	}
	live := 0
	for _, x := range s.snapshot(set.kids) {
		if !s.hidden(x) {
			live++
		}
	}
	if live >= maxAds {
		return nil, invalidParam("An ad set can have at most 50 ads")
	}
	if err := createStatus(in); err != nil {
		return nil, err
	}
	id, err := s.creativeFor(c, a, in)
	if err != nil {
		return nil, err
	}
	delete(in.set, "creative")
	delete(in.set, "adset_id")
	in.set["creative_id"], in.set["review_since"] = id, c.now
	setDefault(in.set, "source_ad_id", "0")
	n := &entity{kind: "Ad", account: a, parent: set}
	return s.create(c, n, in, &a.ads, set.kids)
}

// creativeFor is the creative that an ad names by id, or makes on the spot.
func (s *Sim) creativeFor(c *call, a *account, in input) (string, *graphError) {
	spec, _ := in.set["creative"].(obj)
	if id, ok := asText(spec["creative_id"]); ok {
		cr := s.node(id)
		if cr == nil || cr.kind != "AdCreative" || cr.account != a || cr.status() == "DELETED" {
			return "", userError(1487079, "Creative Not Found", "The creative does not exist or cannot be used by this account.", "creative")
		}
		return id, nil
	}
	if err := s.checkCreative(a, spec); err != nil {
		return "", err
	}
	if only, err := c.options("Ad"); err != nil || only {
		return "0", err
	}
	n := &entity{kind: "AdCreative", account: a}
	k := *c
	k.params = c.params.without("fields", "execution_options")
	out, err := s.create(&k, n, input{set: creativeDefaults(spec)}, &a.creatives)
	if err != nil {
		return "", err
	}
	return out.(obj)["id"].(string), nil
}

func (s *Sim) checkAdUpdate(c *call, e *entity, in input) *graphError {
	if v, ok := in.set["adset_id"]; ok && v != e.parent.id {
		return invalidParam("The ad set of an ad cannot be changed")
	}
	delete(in.set, "adset_id")
	if in.set["creative"] == nil {
		return nil
	}
	id, err := s.creativeFor(c, e.account, in)
	if err != nil {
		return err
	}
	delete(in.set, "creative")
	in.set["creative_id"], in.set["review_since"] = id, c.now // a new creative goes to review
	return nil
}

// copyNode copies a campaign, ad set or ad, with deep_copy what is below it.
func (s *Sim) copyNode(c *call, e *entity) (any, *graphError) {
	deep, err := c.boolean("deep_copy", false)
	if err != nil {
		return nil, err
	}
	option := c.params.get("status_option")
	if option == "" {
		option = "PAUSED"
	}
	if !s.tab.member("copies.status_option", option) {
		return nil, invalidParam("Param status_option must be one of {ACTIVE, PAUSED, INHERITED_FROM_SOURCE}")
	}
	parent := e.parent
	for _, name := range []string{"campaign_id", "adset_id"} {
		if id := c.params.get(name); id != "" {
			if parent = s.node(id); parent == nil || parent.account != e.account || e.parent == nil || parent.kind != e.parent.kind {
				return nil, invalidParam("Param %s is not valid", name)
			}
		}
	}
	rename, _, err := c.params.object("rename_options")
	if err != nil {
		return nil, err
	}
	var made []any
	id := s.copyTree(c, e, parent, option, rename, deep, &made)
	word := map[string]string{"Campaign": "copied_campaign_id", "AdSet": "copied_adset_id", "Ad": "copied_ad_id"}[e.kind]
	return obj{word: id, "ad_object_ids": made}, nil
}

func (s *Sim) copyTree(c *call, e, parent *entity, option string, rename obj, deep bool, made *[]any) string {
	set := obj{}
	for n := range s.tab.fields[e.kind] {
		if v := e.stored(n); v != nil {
			set[n] = v
		}
	}
	for _, n := range []string{"creative_id"} {
		if v := e.stored(n); v != nil {
			set[n] = v
		}
	}
	suffix := " - Copy"
	if t, ok := rename["rename_suffix"].(string); ok {
		suffix = t
	}
	prefix, _ := rename["rename_prefix"].(string)
	set["name"] = prefix + e.str("name") + suffix
	word := map[string]string{"Campaign": "campaign", "AdSet": "ad_set", "Ad": "ad"}[e.kind]
	set["source_"+map[string]string{"Campaign": "campaign", "AdSet": "adset", "Ad": "ad"}[e.kind]+"_id"] = e.id
	status := option
	if option == "INHERITED_FROM_SOURCE" {
		status = e.status()
	}
	n := &entity{kind: e.kind, account: e.account, parent: parent, created: c.now, fresh: true, data: obj{}}
	lists := []*list{map[string]*list{"Campaign": &e.account.campaigns, "AdSet": &e.account.adsets, "Ad": &e.account.ads}[e.kind]}
	if parent != nil {
		lists = append(lists, parent.kids)
	}
	if e.kids != nil {
		n.kids = &list{}
	}
	if e.kind == "Ad" {
		set["review_since"] = c.now
	}
	n.now.Store(&written{over: set, status: status, updated: c.now})
	s.mu.Lock()
	n.id = s.allocate(e.kind)
	s.attach(n, lists...)
	s.mu.Unlock()
	*made = append(*made, obj{"ad_object_type": word, "source_id": e.id, "copied_id": n.id})
	if deep {
		for _, k := range slices.Clone(s.snapshot(e.kids)) {
			if !s.hidden(k) {
				s.copyTree(c, k, n, option, rename, deep, made)
			}
		}
	}
	return n.id
}
