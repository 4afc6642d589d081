package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// obj is a JSON object.
type obj = map[string]any

// graphError is a refused call.
type graphError struct {
	Status             int // 0: by Code
	Code, Subcode      int
	Type, Message      string
	UserTitle, UserMsg string
	Transient          bool
	Data               obj // error_data, which travels as JSON text
}

// status: nearly everything is 400, whatever its sense; the permission class
// is 403 and an unknown error 500.
func (e *graphError) status() int {
	switch {
	case e.Status != 0:
		return e.Status
	case e.Code == 1 && e.Subcode != 2853001:
		return http.StatusInternalServerError
	case e.Code >= 200 && e.Code < 300, e.Code == 294:
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// body is the envelope. Optional members are left out, never null.
func (e *graphError) body(trace string) obj {
	kind := e.Type
	if kind == "" {
		kind = "OAuthException"
	}
	in := obj{"message": e.Message, "type": kind, "code": e.Code, "fbtrace_id": trace}
	if e.Subcode != 0 {
		in["error_subcode"] = e.Subcode
	}
	if e.Transient || e.UserTitle != "" {
		in["is_transient"] = e.Transient
	}
	if e.UserTitle != "" {
		in["error_user_title"] = e.UserTitle
	}
	if e.UserMsg != "" {
		in["error_user_msg"] = e.UserMsg
	}
	if e.Data != nil {
		if text, err := json.Marshal(e.Data); err == nil {
			in["error_data"] = string(text)
		}
	}
	return obj{"error": in}
}

// invalidParam is a bare code 100.
func invalidParam(format string, args ...any) *graphError {
	return &graphError{Code: 100, Message: "(#100) " + fmt.Sprintf(format, args...)}
}

// userError is a validation failure that the person who asked may read.
func userError(subcode int, title, msg string, blame ...string) *graphError {
	e := &graphError{Code: 100, Subcode: subcode, Message: "Invalid parameter", UserTitle: title, UserMsg: msg}
	if len(blame) > 0 {
		e.Data = obj{"blame_field_specs": [][]string{blame}}
	}
	return e
}

// noObject is what an unknown id, a hidden object and an operation that a node
// lacks all look like.
func noObject(method, id string) *graphError {
	return &graphError{Code: 100, Subcode: 33, Type: "GraphMethodException",
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api", strings.ToLower(method), id)}
}

// unknownPath is a path that leads nowhere.
func unknownPath(path string) *graphError {
	return &graphError{Code: 2500, Message: "Unknown path components: /" + path}
}

// needs is a missing permission.
func needs(permission string) *graphError {
	return &graphError{Code: 200, Message: fmt.Sprintf("(#200) Requires %s permission to manage the object", permission)}
}

// badToken is a refused access token.
func badToken(subcode int, message string) *graphError {
	return &graphError{Code: 190, Subcode: subcode, Message: message}
}

// trace makes the ids that Meta's support asks for.
func (s *Sim) trace() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	n := s.served.Add(1)
	id := []byte("A")
	for i := range uint64(22) {
		id = append(id, letters[simkit.Hash(s.opts.Seed, 31, n, i)%64])
	}
	return string(id)
}

// encode is JSON as Meta sends it: HTML is left as it is.
func encode(v any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte(`{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}}`)
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
