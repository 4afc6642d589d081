package simkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Bearer is the request's bearer token; ok is false when there is none or the
// header is malformed.
func Bearer(r *http.Request) (token string, ok bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || token == "" || strings.ContainsAny(token, " \t") {
		return "", false
	}
	return token, true
}

// MediaType is the request's content type without parameters, in lower case.
func MediaType(r *http.Request) string {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// maxBody bounds what a request may carry.
const maxBody = 8 << 20

// ReadBody reads the whole body, at most 8 MiB.
func ReadBody(r *http.Request) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("simkit: body: %w", err)
	}
	if len(b) > maxBody {
		return nil, errors.New("simkit: body over 8 MiB")
	}
	return b, nil
}

// DecodeObject reads exactly one JSON object, numbers as json.Number, and
// refuses anything after it.
func DecodeObject(b []byte) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("simkit: body is not a JSON object: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("simkit: something follows the JSON object")
	}
	if m == nil {
		return nil, errors.New("simkit: body is null")
	}
	return m, nil
}
