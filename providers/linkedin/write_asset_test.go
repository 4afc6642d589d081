package linkedin_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// The simulator knows no uploads, so a scripted library stands for them, as LinkedIn's reference describes it.

type library struct {
	mu       sync.Mutex
	host     string // where bytes go
	status   []string
	bytes    map[string][]byte
	auth     map[string]string
	requests []string
	final    map[string]any
	refuse   int    // status of an upload
	cut      string // the path whose answer is lost
}

func (l *library) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/rest/")
	l.requests = append(l.requests, r.Method+" "+path+"?"+r.URL.RawQuery)
	var asked map[string]any
	_ = json.Unmarshal(body, &asked)
	answer := func(v any) { _ = json.NewEncoder(w).Encode(v) }
	switch {
	case r.Method == http.MethodPut:
		if l.refuse != 0 {
			w.WriteHeader(l.refuse)
			return
		}
		l.bytes[r.URL.Path], l.auth[r.URL.Path] = body, r.Header.Get("Authorization")
		if l.cut == r.URL.Path {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("ETag", `"mark-`+r.URL.Path[len(r.URL.Path)-1:]+`"`)
		w.WriteHeader(http.StatusCreated)
	case path == "adAccounts/1":
		answer(map[string]any{"id": 1, "currency": "EUR", "reference": "urn:li:organization:5001"})
	case strings.HasSuffix(r.URL.RawQuery, "initializeUpload") && path == "images":
		answer(map[string]any{"value": map[string]any{"uploadUrl": "https://" + l.host + "/dms-uploads/i", "image": "urn:li:image:I1"}})
	case strings.HasSuffix(r.URL.RawQuery, "initializeUpload"):
		n := int64(asked["initializeUploadRequest"].(map[string]any)["fileSizeBytes"].(float64))
		part := func(i int, from, to int64) map[string]any {
			return map[string]any{"uploadUrl": fmt.Sprintf("https://%s/dms-uploads/v%d", l.host, i), "firstByte": from, "lastByte": to}
		}
		answer(map[string]any{"value": map[string]any{"video": "urn:li:video:V1", "uploadToken": "", "uploadInstructions": []any{part(1, 0, n/2), part(2, n/2+1, n-1)}}})
	case strings.HasSuffix(r.URL.RawQuery, "finalizeUpload"):
		l.final = asked
	case strings.HasPrefix(path, "images/") || strings.HasPrefix(path, "videos/"):
		status := l.status[0]
		if len(l.status) > 1 {
			l.status = l.status[1:]
		}
		answer(map[string]any{"id": "x", "status": status, "downloadUrl": "https://media.example/x", "mediaLibraryMetadata": map[string]any{"assetName": "banner", "associatedAccount": "urn:li:sponsoredAccount:1"}})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func withLibrary(t *testing.T) (*providers.Session, *library) {
	t.Helper()
	l := &library{host: "www.linkedin.com", status: []string{"WAITING_UPLOAD", "PROCESSING", "AVAILABLE"}, bytes: map[string][]byte{}, auth: map[string]string{}}
	srv := httptest.NewServer(l)
	t.Cleanup(srv.Close)
	return open(t, srv.URL, &staticTokens{token: "token-of-the-script"}, func() time.Time { return scriptNow }), l
}

var png = append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{7}, 100)...)

func theImage() normalize.Asset {
	return normalize.Asset{OrganizationID: "1", Name: "banner", Type: normalize.AssetTypeImage, MimeType: "image/png", Content: base64.StdEncoding.EncodeToString(png)}
}

func theVideo() normalize.Asset {
	mp4 := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte{7}, 80_000)...)
	return normalize.Asset{OrganizationID: "1", Type: normalize.AssetTypeVideo, Content: base64.StdEncoding.EncodeToString(mp4)}
}

func TestWriteAsset_Image(t *testing.T) {
	t.Parallel()
	s, l := withLibrary(t)
	got := made(t, s.Assets, theImage())
	if got.ID != "urn:li:image:I1" || got.Name != "banner" || got.OrganizationID != "1" || got.URL == "" || got.Content != "" {
		t.Errorf("%+v", got)
	}
	if !bytes.Equal(l.bytes["/dms-uploads/i"], png) || l.auth["/dms-uploads/i"] != "Bearer token-of-the-script" {
		t.Errorf("sent %q with %q", l.bytes, l.auth)
	}
}

func TestWriteAsset_Video(t *testing.T) {
	t.Parallel()
	s, l := withLibrary(t)
	v := theVideo()
	got := made(t, s.Assets, v)
	whole, _ := base64.StdEncoding.DecodeString(v.Content)
	if got.ID != "urn:li:video:V1" || !bytes.Equal(append(l.bytes["/dms-uploads/v1"], l.bytes["/dms-uploads/v2"]...), whole) {
		t.Errorf("%+v", got)
	}
	if l.auth["/dms-uploads/v1"]+l.auth["/dms-uploads/v2"] != "" {
		t.Errorf("the token left for a signed address: %v", l.auth)
	}
	if f := put(l.final, "finalizeUploadRequest"); f != `{"uploadToken":"","uploadedPartIds":["mark-1","mark-2"],"video":"urn:li:video:V1"}` {
		t.Errorf("ended by %s", f)
	}
}

func TestWriteAsset_WhatGoesWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arm       func(*library)
		asset     normalize.Asset
		kind      providers.Kind
		uncertain bool
		names     string
	}{
		"refused":       {func(l *library) { l.refuse = 400 }, theImage(), providers.Invalid, false, "urn:li:image:I1 was begun"},
		"foreign host":  {func(l *library) { l.host = "uploads.example" }, theImage(), providers.Unsupported, false, "uploads.example"},
		"unusable":      {func(l *library) { l.status = []string{"PROCESSING_FAILED"} }, theImage(), providers.Rejected, false, "urn:li:image:I1"},
		"never arrived": {func(l *library) { l.cut = "/dms-uploads/i"; l.status = []string{"WAITING_UPLOAD"} }, theImage(), providers.Unavailable, false, "urn:li:image:I1 was begun"},
		"a piece":       {func(l *library) { l.cut = "/dms-uploads/v2" }, theVideo(), providers.Unavailable, false, "urn:li:video:V1 was begun"},
	} {
		s, l := withLibrary(t)
		c.arm(l)
		_, err := s.Assets.Create(t.Context(), wanted(c.asset))
		e, ok := errors.AsType[*providers.Error](err)
		if !ok || e.Kind != c.kind || e.Uncertain != c.uncertain || !strings.Contains(e.Message, c.names) {
			t.Errorf("%s: %+v", name, e)
		}
	}
	// The answer to the bytes was lost, and they had arrived.
	s, l := withLibrary(t)
	l.cut = "/dms-uploads/i"
	if got := made(t, s.Assets, theImage()); got.ID != "urn:li:image:I1" {
		t.Errorf("%+v", got)
	}
}

func TestWriteAsset_RefusedBeforeSending(t *testing.T) {
	t.Parallel()
	s, l := withLibrary(t)
	for field, change := range map[string]func(*normalize.Asset){
		"type": func(a *normalize.Asset) { a.Type = normalize.AssetTypeText },
		"content": func(a *normalize.Asset) {
			a.Content = base64.StdEncoding.EncodeToString([]byte("no image"))
			a.MimeType = ""
		},
		"mime_type": func(a *normalize.Asset) { a.MimeType = "image/gif" },
		"name":      func(a *normalize.Asset) { a.Type = normalize.AssetTypeVideo },
	} {
		a := theImage()
		change(&a)
		_, err := s.Assets.Create(t.Context(), wanted(a))
		refusedAt(t, err, field)
	}
	for _, a := range []normalize.Asset{theImage(), theVideo()} {
		w := wanted(a)
		w.DryRun = true
		if got, err := s.Assets.Create(t.Context(), w); err != nil || got.Checked != providers.CheckedByRules || got.Object.Content != "" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for _, r := range l.requests {
		if !strings.HasPrefix(r, "GET ") {
			t.Errorf("sent %s", r)
		}
	}
}
