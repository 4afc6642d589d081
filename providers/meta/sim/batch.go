package sim

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxBatch is how many calls one batch may hold; maxAdCreations how many of
// them may create ads.
const (
	maxBatch       = 50
	maxAdCreations = 10
)

// batchItem is one call of a batch.
type batchItem struct {
	Method    string `json:"method"`
	URL       string `json:"relative_url"`
	Body      string `json:"body"`
	Name      string `json:"name"`
	DependsOn string `json:"depends_on"`
	Omit      *bool  `json:"omit_response_on_success"`
	Files     string `json:"attached_files"`
	Token     string `json:"access_token"`
	Headers   any    `json:"headers"`
}

// batchReply is one element of the answer; nil was not executed.
type batchReply struct {
	Code    int           `json:"code"`
	Headers []batchHeader `json:"headers,omitempty"`
	Body    string        `json:"body"`
}

type batchHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// batch runs the calls in order. Each counts as one call against the limits.
func (s *Sim) batch(c *call) (any, *graphError) {
	var items []batchItem
	if err := c.jsonParam("batch", &items); err != nil {
		return nil, err
	}
	if len(items) > maxBatch {
		return nil, &graphError{Code: 100, Message: "Too many requests in batch message. Maximum batch size is 50"}
	}
	creations := 0
	for _, it := range items {
		path, _, _ := strings.Cut(it.URL, "?")
		if strings.EqualFold(it.Method, "POST") && strings.HasSuffix(strings.TrimSuffix(path, "/"), "/ads") {
			creations++
		}
	}
	if creations > maxAdCreations {
		return nil, invalidParam("At most 10 ads can be created in one batch")
	}
	withHeaders, err := c.boolean("include_headers", true)
	if err != nil {
		return nil, err
	}
	if c.version != "" { // the batch's own version must live, whatever its items ask for
		probe := &call{sim: s, method: c.method, version: c.version, path: []string{"batch"}, header: http.Header{}, now: c.now}
		if err := s.settleVersion(probe); err != nil {
			return nil, err
		}
	}
	results := map[string]json.RawMessage{}
	failed := map[string]bool{}
	replies := make([]*batchReply, len(items))
	for i, it := range items {
		replies[i] = s.batchOne(c, it, results, failed, withHeaders)
	}
	return replies, nil
}

// batchOne runs one item. An item whose parent failed is not executed.
func (s *Sim) batchOne(c *call, it batchItem, results map[string]json.RawMessage, failed map[string]bool, withHeaders bool) *batchReply {
	relative, body := it.URL, it.Body
	var refs []string
	for _, text := range []*string{&relative, &body} {
		filled, names := fill(*text, results)
		*text, refs = filled, append(refs, names...)
	}
	if it.DependsOn != "" {
		refs = append(refs, it.DependsOn)
	}
	if slices.ContainsFunc(refs, func(n string) bool { return failed[n] }) {
		failed[it.Name] = it.Name != ""
		return nil
	}
	k, err := s.batchCall(c, it, relative, body)
	var v any
	if err == nil {
		if len(k.path) == 0 {
			v, err = s.root(k)
		} else {
			v, err = s.run(k)
		}
	}
	s.usageHeaders(k)
	reply := &batchReply{Code: http.StatusOK}
	if err != nil {
		reply.Code = err.status()
		reply.Body = string(encode(err.body(s.trace())))
		failed[it.Name] = it.Name != ""
	} else {
		reply.Body = bodyText(v)
		if it.Name != "" {
			results[it.Name] = json.RawMessage(reply.Body)
		}
	}
	if withHeaders {
		k.header.Set("Content-Type", "application/json; charset=UTF-8")
		for _, name := range slices.Sorted(maps.Keys(k.header)) {
			reply.Headers = append(reply.Headers, batchHeader{name, k.header.Get(name)})
		}
	}
	// A named call answers null on success, unless it is asked not to.
	if err == nil && it.Name != "" && (it.Omit == nil || *it.Omit) {
		return nil
	}
	return reply
}

func bodyText(v any) string {
	switch x := v.(type) {
	case streamer:
		var b strings.Builder
		w := bufio.NewWriter(&b)
		if x.WriteJSON(w) == nil {
			w.Flush() // a strings.Builder takes everything
		}
		return b.String()
	case json.RawMessage:
		return string(x)
	}
	return string(encode(v))
}

// batchCall makes the item's call.
func (s *Sim) batchCall(c *call, it batchItem, relative, body string) (*call, *graphError) {
	k := &call{
		sim: s, ctx: c.ctx, method: strings.ToUpper(it.Method), params: params{}, files: map[string]upload{},
		base: c.base, header: http.Header{}, now: c.now, inBatch: true,
	}
	path, query, _ := strings.Cut(relative, "?")
	if err := k.setPath(path); err != nil {
		return k, err
	}
	if k.version == "" {
		k.version = c.version
	}
	for _, q := range []string{query, body} {
		if err := k.addQuery(q); err != nil {
			return k, err
		}
	}
	for name := range strings.SplitSeq(it.Files, ",") {
		if f, ok := c.files[strings.TrimSpace(name)]; ok {
			k.files[strings.TrimSpace(name)] = f
		}
	}
	if !k.params.has("access_token") {
		k.params["access_token"] = c.params.get("access_token")
		if it.Token != "" {
			k.params["access_token"] = it.Token
		}
		if p := c.params.get("appsecret_proof"); p != "" && !k.params.has("appsecret_proof") && it.Token == "" {
			k.params["appsecret_proof"] = p
		}
	}
	return k, k.tunnel()
}

// fill replaces {result=name:$.path} by what an earlier call answered, and names
// the calls it refers to.
func fill(text string, results map[string]json.RawMessage) (string, []string) {
	var out strings.Builder
	var names []string
	for {
		before, rest, ok := strings.Cut(text, "{result=")
		if !ok {
			out.WriteString(text)
			return out.String(), names
		}
		expr, after, ok := strings.Cut(rest, "}")
		if !ok {
			out.WriteString(text)
			return out.String(), names
		}
		out.WriteString(before)
		name, path, _ := strings.Cut(expr, ":")
		names = append(names, name)
		out.WriteString(url.QueryEscape(pick(results[name], path)))
		text = after
	}
}

// pick follows a JSONPath of names, [n] and [*] or .*; several values come with
// commas between them.
func pick(doc json.RawMessage, path string) string {
	v, err := parseLenient(string(doc))
	if err != nil {
		return ""
	}
	at := []any{v}
	path = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(path), "$"), ".")
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	for step := range strings.SplitSeq(path, ".") {
		if step == "" {
			continue
		}
		var next []any
		for _, x := range at {
			next = append(next, stepInto(x, step)...)
		}
		at = next
	}
	var texts []string
	for _, x := range at {
		texts = append(texts, paramText(x))
	}
	return strings.Join(texts, ",")
}

func stepInto(x any, step string) []any {
	switch v := x.(type) {
	case obj:
		if y, ok := v[step]; ok {
			return []any{y}
		}
	case []any:
		if step == "*" {
			return v
		}
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return []any{v[i]}
		}
	}
	return nil
}
