package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// gatewayFlags say which gateway a command talks to. The key comes from the environment alone: an argument could be read
// by every user of the machine.
type gatewayFlags struct {
	URL string `help:"Address of the gateway." env:"ADMUX_URL" default:"http://127.0.0.1:8080"`
}

const apiKeyHelp = `The API key is read from the environment variable ADMUX_API_KEY.`

// client speaks to a running gateway.
type client struct {
	base string
	key  string
	http *http.Client
}

func (f gatewayFlags) client(env func(string) string) (*client, error) {
	var faults []error
	base, err := url.Parse(f.URL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		faults = append(faults, errors.New("--url: an absolute http or https URL is needed"))
	}
	key := env("ADMUX_API_KEY")
	if key == "" {
		faults = append(faults, errors.New("ADMUX_API_KEY is not set: it holds the API key"))
	}
	if len(faults) > 0 {
		return nil, usageError{errors.Join(faults...)}
	}
	return &client{base: strings.TrimRight(f.URL, "/"), key: key, http: &http.Client{}}, nil
}

// do sends one request and returns the answer if its status is below 300; the caller closes its body.
func (c *client) do(ctx context.Context, method, path string, query url.Values) (*http.Response, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "admux/"+buildVersion())
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		defer resp.Body.Close()
		return nil, refusal(resp)
	}
	return resp, nil
}

// get reads a whole JSON answer.
func (c *client) get(ctx context.Context, path string, query url.Values, into any) (http.Header, error) {
	resp, err := c.do(ctx, http.MethodGet, path, query)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	dec := json.NewDecoder(resp.Body)
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return nil, fmt.Errorf("the answer of %s: %w", path, err)
	}
	return resp.Header, nil
}

// problem is what a problem+json answer says.
type problem struct {
	Title          string `json:"title"`
	Detail         string `json:"detail"`
	Code           string `json:"code"`
	Status         int    `json:"status"`
	RequestID      string `json:"request_id"`
	RetryAfter     int    `json:"retry_after"` // seconds
	ReauthorizeURL string `json:"reauthorize_url"`
	ConnectionID   string `json:"connection_id"` // which of several failed
	Errors         []struct{ Field, Message string }
	Provider       *struct {
		Name, Message string
		Status        int
		Code          string
		RequestID     string `json:"request_id"`
	}
}

// refusedError is an answer that is none, in words for a person: a line, and what belongs to it on lines below.
type refusedError struct {
	status int
	text   string
}

func (e *refusedError) Error() string { return e.text }

// refusal is the error of a response of 300 or more.
func refusal(resp *http.Response) error {
	var p problem
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/problem+json" || json.Unmarshal(body, &p) != nil {
		return &refusedError{resp.StatusCode, "the gateway answered " + resp.Status}
	}
	return p.err(resp.StatusCode)
}

func (p *problem) err(status int) error {
	text := fmt.Sprintf("%s (%d %s)", oneLine(cmp.Or(p.Detail, p.Title)), status, p.Code)
	line := func(format string, args ...any) { text += "\n  " + oneLine(fmt.Sprintf(format, args...)) }
	if p.ConnectionID != "" {
		line("connection %s", p.ConnectionID)
	}
	for _, e := range p.Errors {
		line("%s: %s", e.Field, e.Message)
	}
	if by := p.Provider; by != nil {
		var of []string
		if by.Status != 0 {
			of = append(of, fmt.Sprintf("status %d", by.Status))
		}
		if by.Code != "" {
			of = append(of, "code "+by.Code)
		}
		if by.RequestID != "" {
			of = append(of, "request "+by.RequestID)
		}
		said := by.Name + " says"
		if by.Message != "" && !strings.Contains(text, by.Message) {
			said += ": " + by.Message
		}
		if len(of) > 0 {
			said += ": " + strings.Join(of, ", ")
		}
		line("%s", said)
	}
	if p.RetryAfter > 0 {
		line("try again after %d s", p.RetryAfter)
	}
	if p.ReauthorizeURL != "" {
		line("consent again at %s", p.ReauthorizeURL)
	}
	if p.RequestID != "" {
		line("request %s", p.RequestID)
	}
	return &refusedError{status, text}
}
