package sim

import (
	"net/http"
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
	urn := makeURN("share", 7_400_000_000_000_000_000+s.nextID)
	s.nextID++
	s.posts[urn] = &post{urn: urn, account: account, kind: "STANDARD", created: now, data: with(p, obj{
		"id": urn, "createdAt": now, "lastModifiedAt": now, "publishedAt": now,
		"adContext": with(ctx, obj{"dscAdType": "STANDARD", "isDsc": true}),
	})}
	return urn, nil
}

var managers = []string{"ACCOUNT_BILLING_ADMIN", "ACCOUNT_MANAGER"}
