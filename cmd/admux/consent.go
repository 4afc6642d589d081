package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// walker goes through an OAuth consent as a person's browser would: it opens the page, presses the button, and follows
// where it is sent. Nothing is short-cut: what it proves is the flow that a real account goes through.
type walker struct {
	http *http.Client
}

func newWalker() *walker {
	return &walker{http: &http.Client{
		// Each step is looked at: the last redirect leads to a page that nobody serves here.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// begin asks the gateway for the address of the consent page.
func (w *walker) begin(ctx context.Context, address, apiKey string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	if apiKey != "" {
		req.Header.Set("Authorization", "Bearer "+apiKey)
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if location, moved := redirect(resp); moved {
		return location, nil
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("begin: %w", refusal(resp))
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	return strings.TrimSpace(string(text)), err
}

// allow opens the consent page, allows, and follows until the browser would come to target. It returns that address.
func (w *walker) allow(ctx context.Context, page, target string) (*url.URL, error) {
	req, err := w.form(ctx, page)
	if err != nil {
		return nil, err
	}
	for range 10 {
		resp, err := w.http.Do(req)
		if err != nil {
			return nil, err
		}
		_ = resp.Body.Close()
		location, moved := redirect(resp)
		if !moved {
			return nil, fmt.Errorf("consent ended at %s with %s", req.URL.Redacted(), resp.Status)
		}
		if strings.HasPrefix(location, target) {
			return url.Parse(location)
		}
		if req, err = http.NewRequestWithContext(ctx, http.MethodGet, location, nil); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("consent goes in a circle")
}

// form reads the page's form and fills it in as it is shown, with its first submit button pressed.
func (w *walker) form(ctx context.Context, page string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	root, err := html.Parse(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	form := first(root, "form")
	if resp.StatusCode != http.StatusOK || form == nil {
		return nil, fmt.Errorf("the consent page has no form (%s)", resp.Status)
	}
	action, err := req.URL.Parse(attribute(form, "action"))
	if err != nil {
		return nil, err
	}
	values := fields(form)
	if !strings.EqualFold(attribute(form, "method"), http.MethodPost) {
		action.RawQuery = values.Encode()
		return http.NewRequestWithContext(ctx, http.MethodGet, action.String(), nil)
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(values.Encode()))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return post, nil
}

// fields collects what a browser would send of a form.
func fields(form *html.Node) url.Values {
	values := url.Values{}
	pressed := false
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if n.Type != html.ElementNode || name == "" {
			continue
		}
		switch n.Data {
		case "input":
			if box := attribute(n, "type"); (box != "checkbox" && box != "radio") || has(n, "checked") {
				values.Add(name, attribute(n, "value"))
			}
		case "select":
			if option := first(n, "option"); option != nil {
				values.Add(name, attribute(option, "value"))
			}
		case "button":
			if !pressed {
				values.Add(name, attribute(n, "value"))
				pressed = true
			}
		}
	}
	return values
}

func first(root *html.Node, tag string) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			return n
		}
	}
	return nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// redirect is where a 3xx answer leads.
func redirect(resp *http.Response) (string, bool) {
	if resp.StatusCode < 300 || resp.StatusCode > 399 {
		return "", false
	}
	location, err := resp.Location()
	if err != nil {
		return "", false
	}
	return location.String(), true
}
