package sim

import (
	"net/http"
	"strings"
)

// createInline makes the post and the creative in one go.
func (s *Sim) createInline(w http.ResponseWriter, q *request, c collection, account int64) *fault {
	if a, _, f := q.params.text("action"); f != nil || a != "createInline" {
		return badRequest("Action is not supported")
	}
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	cr, ok := body["creative"].(obj)
	if !ok {
		return badRequest("Parameter creative is required")
	}
	inline, _ := cr["inlineContent"].(obj)
	p, ok := inline["post"].(obj)
	if !ok {
		return validations([]inputError{{"MISSING_FIELD", "inlineContent.post is required", "creative/inlineContent"}})
	}
	urn, f := s.insertPost(q, p)
	if f != nil {
		return f
	}
	rest := obj{"content": obj{"reference": urn}}
	for k, v := range cr {
		if k != "inlineContent" {
			rest[k] = v
		}
	}
	id, f := c.insert(s, q, account, rest)
	if f != nil {
		return f
	}
	created(w, q, c.keyOf(id))
	return nil
}

func (s *Sim) createPost(w http.ResponseWriter, q *request) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	urn, f := s.insertPost(q, body)
	if f != nil {
		return f
	}
	created(w, q, urn)
	return nil
}

// insertPost checks the rules of dark posts.
func (s *Sim) insertPost(q *request, p obj) (string, *fault) {
	ctx, _ := p["adContext"].(obj)
	for _, ro := range []string{"dscAdType", "isDsc"} {
		if _, ok := ctx[ro]; ok {
			return "", unprocessable("ERROR :: /adContext/" + ro + " :: unrecognized field found but not allowed\n")
		}
	}
	acc, _ := ctx["dscAdAccount"].(string)
	account, ok := numberURN(acc, "sponsoredAccount")
	if !ok {
		return "", &fault{status: 400, code: "MISSING_REQUIRED_FIELD_FOR_DSC", message: "adContext.dscAdAccount is required"}
	}
	if f := s.mayWrite(q.token, account, true); f != nil {
		return "", f
	}
	author, _ := p["author"].(string)
	if _, ok := numberURN(author, "organization"); !ok {
		return "", unprocessable("ERROR :: /author :: field is required but not found and has no default value\n")
	}
	kind, typ, f := postKind(p)
	if f != nil {
		return "", f
	}
	text, _ := p["commentary"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, old := range s.posts {
		if old.account == account && old.data["commentary"] == text && same(old.data["content"], p["content"]) {
			return "", &fault{status: 422, message: "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of " + old.urn,
				inputs: []inputError{{"DUPLICATE_POST", "Duplicate post is detected", ""}}}
		}
	}
	now := ms(s.kit.Clock.Now())
	urn := makeURN(typ, 7_400_000_000_000_000_000+s.nextID)
	s.nextID++
	s.posts[urn] = &post{urn: urn, account: account, kind: kind, created: now, data: with(p, obj{
		"id": urn, "createdAt": now, "lastModifiedAt": now, "publishedAt": now,
		"adContext": with(ctx, obj{"dscAdType": kind, "isDsc": true}),
	})}
	return urn, nil
}

// postKind reads the content, a union: at most one of its members. Posts of
// videos are ugcPosts, all others shares.
func postKind(p obj) (kind, typ string, f *fault) {
	content, ok := p["content"].(obj)
	if !ok {
		return "STANDARD", "share", nil // text alone
	}
	if len(content) != 1 {
		return "", "", unprocessable("ERROR :: /content :: union type must have exactly one member\n")
	}
	for _, id := range mediaOf(p) {
		if strings.HasPrefix(id, "urn:li:digitalmediaAsset:") { // of the legacy upload
			return "", "", &fault{status: 400, code: "INVALID_URN_TYPE", message: "Invalid URN type: " + id}
		}
	}
	for member, v := range content {
		switch member {
		case "article", "multiImage":
			return "STANDARD", "share", nil
		case "carousel":
			c, _ := v.(obj)
			cards, _ := c["cards"].([]any)
			if len(cards) < 2 || len(cards) > 10 {
				return "", "", fieldInvalid("content/carousel/cards", "A carousel has 2 to 10 cards")
			}
			return "CAROUSEL", "share", nil
		case "media":
			m, _ := v.(obj)
			id, _ := m["id"].(string)
			if _, ok := urn(id, "video"); ok {
				return "VIDEO", "ugcPost", nil
			}
			if _, ok := urn(id, "document"); ok {
				return "NATIVE_DOCUMENT", "share", nil
			}
			if _, ok := urn(id, "image"); ok {
				return "STANDARD", "share", nil
			}
			return "", "", &fault{status: 400, code: "INVALID_URN_TYPE", message: "Invalid URN type: " + id}
		}
	}
	return "", "", unprocessable("ERROR :: /content :: unrecognized union member\n")
}

var managers = []string{"ACCOUNT_BILLING_ADMIN", "ACCOUNT_MANAGER"}
