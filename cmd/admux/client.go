package main

import (
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

// refusal is what a problem+json answer says, in words for a person.
func refusal(resp *http.Response) error {
	var problem struct {
		Title, Detail, Code string
		RequestID           string `json:"request_id"`
		ReauthorizeURL      string `json:"reauthorize_url"`
		Errors              []struct{ Field, Message string }
		Provider            *struct{ Name, Message, Code string }
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/problem+json" || json.Unmarshal(body, &problem) != nil {
		return fmt.Errorf("the gateway answered %s", resp.Status)
	}
	text := fmt.Sprintf("%s (%d %s)", problem.Detail, resp.StatusCode, problem.Code)
	if problem.Detail == "" {
		text = fmt.Sprintf("%s (%d %s)", problem.Title, resp.StatusCode, problem.Code)
	}
	if p := problem.Provider; p != nil && p.Message != "" && !strings.Contains(text, p.Message) {
		text += fmt.Sprintf("; %s says: %s", p.Name, p.Message)
	}
	for _, e := range problem.Errors {
		text += fmt.Sprintf("; %s: %s", e.Field, e.Message)
	}
	if problem.ReauthorizeURL != "" {
		text += "; consent again at " + problem.ReauthorizeURL
	}
	if problem.RequestID != "" {
		text += "; request " + problem.RequestID
	}
	return errors.New(text)
}
