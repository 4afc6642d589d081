package sim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// post is the content behind a creative: a dark post of a company page.
type post struct {
	urn     string
	account int64
	kind    string // as dscAdTypes names it (names assumed)
	created int64
	data    obj
}

var postKinds = map[simkit.Format]string{
	simkit.Image: "STANDARD", simkit.Video: "VIDEO", simkit.Carousel: "CAROUSEL", simkit.Document: "NATIVE_DOCUMENT",
}

// littleText escapes what post text reserves.
var littleText = func() *strings.Replacer {
	var p []string
	for _, c := range `\|{}@[]()<>#*_~` {
		p = append(p, string(c), `\`+string(c))
	}
	return strings.NewReplacer(p...)
}()

// newPost is a creative's post; nil for kinds whose content is inline or a message.
func newPost(ad *simkit.Ad) *post {
	c, a := ad.Creative, ad.AccountOf()
	kind, ok := postKinds[c.Format]
	if !ok {
		return nil
	}
	content := obj{}
	switch {
	case c.Format == simkit.Carousel:
		var cards []any
		for i, as := range c.Assets {
			cards = append(cards, obj{"media": obj{"id": assetURN(as), "title": c.Title + " " + itoa(int64(i+1))}, "landingPage": c.URL})
		}
		content["carousel"] = obj{"cards": cards}
	case c.Format == simkit.Image && ad.Ordinal%4 == 2:
		content["article"] = obj{"source": c.URL, "title": c.Title, "description": c.Body, "thumbnail": assetURN(c.Assets[0])}
	case len(c.Assets) > 0:
		content["media"] = obj{"id": assetURN(c.Assets[0]), "title": c.Title, "altText": "a picture"}
	}
	p := &post{urn: postURN(ad), account: a.ID, kind: kind, created: ms(c.Created)}
	p.data = obj{
		"id": p.urn, "author": makeURN("organization", a.PageID), "commentary": littleText.Replace(c.Body), "visibility": "PUBLIC",
		"lifecycleState": "PUBLISHED", "isReshareDisabledByAuthor": false, "content": content,
		"distribution":       obj{"feedDistribution": "NONE", "targetEntities": []any{}, "thirdPartyDistributionChannels": []any{}},
		"contentLandingPage": c.URL, "contentCallToActionLabel": c.CTA,
		"adContext": obj{"dscAdAccount": makeURN("sponsoredAccount", a.ID), "dscStatus": "ACTIVE", "dscName": ad.Name, "dscAdType": kind, "isDsc": true},
		"createdAt": p.created, "lastModifiedAt": p.created, "publishedAt": p.created,
	}
	return p
}

func (s *Sim) postsResource(w http.ResponseWriter, q *request, rest []string) *fault {
	find := func(k string) (obj, *fault) {
		_, share := numberURN(k, "share")
		_, ugc := numberURN(k, "ugcPost")
		if !share && !ugc { // an adInMailContent URN, for one
			return nil, &fault{status: 400, code: "INVALID_URN_TYPE", message: "Invalid URN type: " + k}
		}
		s.mu.RLock()
		p := s.posts[k]
		s.mu.RUnlock()
		if p == nil {
			return nil, notFound("Post " + k)
		}
		if s.role(q.token.Member.ID, p.account) == "" {
			return nil, denied("partnerApiPostsExternal", q.operation(), q.release())
		}
		return p.data, nil
	}
	switch {
	case len(rest) == 1 && q.method == "GET":
		return s.oneByKey(w, q, rest[0], find)
	case len(rest) == 0 && q.method == "BATCH_GET":
		return batchGet(w, q, find)
	case len(rest) == 0 && q.finder() == "dscAdAccount":
		return s.darkPosts(w, q)
	case len(rest) == 0 && q.method == "CREATE":
		return s.createPost(w, q)
	}
	return methodNotAllowed(q)
}

func (s *Sim) darkPosts(w http.ResponseWriter, q *request) *fault {
	if f := q.params.only("q", "dscAdAccount", "dscAdTypes", "start", "count"); f != nil {
		return f
	}
	v, ok := q.params.values["dscAdAccount"]
	if !ok {
		return paramMissing("dscAdAccount")
	}
	a, f := s.accountParam(q, "dscAdAccount", v)
	if f != nil {
		return f
	}
	kinds, byKind, f := q.params.texts("dscAdTypes", false)
	if f != nil {
		return f
	}
	s.mu.RLock()
	var found []*post
	for _, p := range s.posts {
		if p.account == a.ID && (!byKind || slices.Contains(kinds, p.kind)) {
			found = append(found, p)
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(found, func(x, y *post) int { return strings.Compare(x.urn, y.urn) })
	all := make([]any, len(found))
	for i, p := range found {
		all[i] = p.data
	}
	return indexed(w, q, all, 100, len(all))
}
