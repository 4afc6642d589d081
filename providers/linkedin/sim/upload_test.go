package sim_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/linkedin/sim"
)

const (
	initOf  = "?action=initializeUpload"
	ownedBy = `{"initializeUploadRequest":{"owner":"urn:li:organization:5001"`
)

var (
	aPNG = "\x89PNG\r\n\x1a\n" + strings.Repeat("p", 500)
	aMP4 = "\x00\x00\x00\x18ftypmp42" + strings.Repeat("v", 5<<20)
)

// begin initializes an upload and gives the value of the answer.
func (w *world) begin(kind, more string) map[string]any {
	w.t.Helper()
	a := w.do("POST", "/rest/"+kind+initOf, ownedBy+more+`}}`)
	v, ok := a.body["value"].(map[string]any)
	if a.status != 200 || !ok {
		w.t.Fatalf("%s: %d %s", kind, a.status, a.text)
	}
	return v
}

// bytes puts to an upload address, which names LinkedIn's host, with the given headers alone.
func (w *world) bytes(address any, body string, headers ...string) answer {
	w.t.Helper()
	path := strings.TrimPrefix(fmt.Sprint(address), "https://www.linkedin.com")
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, w.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, h := range headers {
		k, v, _ := strings.Cut(h, ": ")
		req.Header.Set(k, v)
	}
	return w.send(req)
}

func (w *world) asset(kind string, urn any) map[string]any {
	w.t.Helper()
	return w.ok("/rest/" + kind + "/" + strings.ReplaceAll(fmt.Sprint(urn), ":", "%3A")).body
}

func sumOf(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }

func TestUpload_Image(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{AllowAssetListing: true})
	v := w.begin("images", `,"mediaLibraryMetadata":{"associatedAccount":"urn:li:sponsoredAccount:503000001","assetName":"banner"}`)
	if got := w.asset("images", v["image"]); got["status"] != "WAITING_UPLOAD" || got["downloadUrl"] != nil {
		t.Errorf("before its bytes: %v", got)
	}
	if a := w.bytes(v["uploadUrl"], aPNG, "Authorization: Bearer "+w.token); a.status != 201 {
		t.Fatalf("bytes: %d %s", a.status, a.text)
	}
	if got := w.asset("images", v["image"]); got["status"] != "PROCESSING" {
		t.Errorf("at once: %v", got)
	}
	got := w.asset("images", v["image"])
	library, _ := got["mediaLibraryMetadata"].(map[string]any)
	if got["status"] != "AVAILABLE" || got["downloadUrl"] == nil || library["assetName"] != "banner" || library["associatedAccount"] != "urn:li:sponsoredAccount:503000001" {
		t.Errorf("then: %v", got)
	}
	if u := w.sim.Uploads(); len(u) != 1 || u[0].SHA256 != sumOf(aPNG) || u[0].URN != v["image"] {
		t.Errorf("kept %+v", u)
	}
	if a := w.ok("/rest/images?q=associatedAccount&count=100&associatedAccount=" + acctURN); !strings.Contains(a.text, fmt.Sprint(v["image"])) {
		t.Error("it is not in the account's library")
	}
	w.refused(w.bytes(v["uploadUrl"], aPNG), 409, "CONFLICT")
}

func TestUpload_Video(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{ProcessAfter: time.Minute})
	v := w.begin("videos", fmt.Sprintf(`,"fileSizeBytes":%d,"uploadCaptions":false,"uploadThumbnail":false`, len(aMP4)))
	parts := v["uploadInstructions"].([]any)
	if len(parts) != 2 || v["uploadToken"] != "" {
		t.Fatalf("told %v", v)
	}
	var ids []string
	cut := 4 << 20
	for i, piece := range []string{aMP4[:cut], aMP4[cut:]} {
		at := parts[i].(map[string]any)["uploadUrl"]
		for name, a := range map[string]answer{
			"a token": w.bytes(at, piece, "Content-Type: application/octet-stream", "Authorization: Bearer "+w.token), "no type": w.bytes(at, piece),
			"a byte less": w.bytes(at, piece[1:], "Content-Type: application/octet-stream"), "a wrong address": w.bytes(fmt.Sprint(at)+"0", piece),
		} {
			if a.status != 400 && a.status != 403 {
				t.Errorf("%s: %d", name, a.status)
			}
		}
		a := w.bytes(at, piece, "Content-Type: application/octet-stream")
		if tag := a.header.Get("ETag"); a.status != 200 || len(tag) < 3 || tag[0] != '"' {
			t.Fatalf("part: %d %q", a.status, tag)
		}
		ids = append(ids, a.header.Get("ETag"))
	}
	end := func(token string, ids ...string) answer {
		return w.do("POST", "/rest/videos?action=finalizeUpload", fmt.Sprintf(`{"finalizeUploadRequest":{"video":"%s","uploadToken":"%s","uploadedPartIds":[%s]}}`, v["video"], token, strings.Join(ids, ",")))
	}
	w.refused(end("", ids[1], ids[0]), 400, "FIELD_INVALID")
	w.refused(end("", ids[0]), 400, "FIELD_INVALID")
	w.refused(end("x", ids...), 400, "FIELD_INVALID")
	if got := w.asset("videos", v["video"]); got["status"] != "WAITING_UPLOAD" {
		t.Errorf("before the end: %v", got)
	}
	if a := end("", ids...); a.status != 200 {
		t.Fatal(a.text)
	}
	if got := w.asset("videos", v["video"]); got["status"] != "PROCESSING" {
		t.Errorf("at once: %v", got)
	}
	w.sim.Advance(time.Minute)
	if got := w.asset("videos", v["video"]); got["status"] != "AVAILABLE" || got["duration"] == nil {
		t.Errorf("a minute later: %v", got)
	}
	if u := w.sim.Uploads(); u[0].SHA256 != sumOf(aMP4) || u[0].Bytes != int64(len(aMP4)) {
		t.Errorf("kept %+v", u)
	}
}

func TestUpload_Refused(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for name, c := range map[string]struct {
		kind, body string
		status     int
		code       string
	}{
		"no owner":        {"images", `{"initializeUploadRequest":{}}`, 400, "MISSING_FIELD"},
		"a person":        {"images", `{"initializeUploadRequest":{"owner":"urn:li:person:x"}}`, 422, ""},
		"a foreign page":  {"images", `{"initializeUploadRequest":{"owner":"urn:li:organization:5999"}}`, 403, "ACCESS_DENIED"},
		"unknown field":   {"images", ownedBy + `,"fileSizeBytes":9}}`, 422, ""},
		"viewer's":        {"images", ownedBy + `,"mediaLibraryMetadata":{"associatedAccount":"urn:li:sponsoredAccount:503000004"}}}`, 403, "NO_PERMISSION_TO_UPDATE"},
		"no size":         {"videos", ownedBy + `}}`, 400, "MISSING_FIELD"},
		"a small video":   {"videos", ownedBy + `,"fileSizeBytes":76799}}`, 400, "FIELD_VALUE_TOO_LOW"},
		"a large video":   {"videos", ownedBy + `,"fileSizeBytes":524288001}}`, 400, "FIELD_VALUE_TOO_HIGH"},
		"without wrapper": {"documents", `{"owner":"urn:li:organization:5001"}`, 400, ""},
	} {
		if a := w.do("POST", "/rest/"+c.kind+initOf, c.body); a.status != c.status || a.code() != c.code {
			t.Errorf("%s: %d %q %s", name, a.status, a.code(), a.text)
		}
	}
	if a := w.do("POST", "/rest/images?action=finalizeUpload", `{}`); a.status != 400 {
		t.Errorf("an image is not finalized: %d", a.status)
	}
	late := w.begin("images", "")
	w.sim.Advance(25 * time.Hour)
	if a := w.bytes(late["uploadUrl"], aPNG); a.status != 403 {
		t.Errorf("an address of yesterday: %d", a.status)
	}
	w.token = w.sim.Grant("rw_ads", "r_organization_social").Access
	w.refused(w.do("POST", "/rest/images"+initOf, ownedBy+`}}`), 403, "ACCESS_DENIED")
}

func TestUpload_WhatIsNoSuchFileFailsInProcessing(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	for name, c := range map[string]struct{ kind, key, body, want string }{
		"text as image":    {"images", "image", "hello", "PROCESSING_FAILED"},
		"a video as image": {"images", "image", aMP4[:1000], "PROCESSING_FAILED"},
		"over 5 MB":        {"images", "image", aPNG + strings.Repeat("x", 5<<20), "PROCESSING_FAILED"},
		"jpeg":             {"images", "image", "\xff\xd8\xff\xe0..", "AVAILABLE"},
		"gif":              {"images", "image", "GIF89a..", "AVAILABLE"},
		"pdf":              {"documents", "document", "%PDF-1.7 …", "AVAILABLE"},
		"text as document": {"documents", "document", "hello", "PROCESSING_FAILED"},
	} {
		v := w.begin(c.kind, "")
		if a := w.bytes(v["uploadUrl"], c.body); a.status != 201 {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
		w.asset(c.kind, v[c.key])
		if got := w.asset(c.kind, v[c.key]); got["status"] != c.want {
			t.Errorf("%s: %v, want %s", name, got["status"], c.want)
		}
	}
}

func TestUpload_ACreativeWaitsForItsMedia(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	v := w.begin("images", "")
	id := create(w, acct+"/creatives?action=createInline", fmt.Sprintf(`{"creative":{"campaign":"urn:li:sponsoredCampaign:720000001","intendedStatus":"ACTIVE",
	 "inlineContent":{"post":{"adContext":{"dscAdAccount":"urn:li:sponsoredAccount:503000001"},"author":"urn:li:organization:5001","commentary":"early",
	 "content":{"media":{"id":"%s"}}}}}}`, v["image"]))
	holds := func() string { return fmt.Sprint(w.ok(acct + "/creatives/" + id).body["servingHoldReasons"]) }
	if h := holds(); !strings.Contains(h, "PROCESSING") {
		t.Error(h)
	}
	w.bytes(v["uploadUrl"], "no image")
	w.asset("images", v["image"])
	if h := holds(); !strings.Contains(h, "PROCESSING_FAILED") {
		t.Error(h)
	}
	if a := w.do("DELETE", acct+"/creatives/"+id, ""); a.status != 204 {
		t.Errorf("its media failed: %d %s", a.status, a.text)
	}
}

func TestUpload_Faults(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{})
	v := w.begin("images", "")
	for path, ask := range map[string]func() answer{
		"/dms-uploads/": func() answer { return w.bytes(v["uploadUrl"], aPNG) },
		"/rest/images":  func() answer { return w.do("POST", "/rest/images"+initOf, ownedBy+`}}`) },
		"/rest/campaignConversions/": func() answer {
			return w.do("PUT", linkPath(720000001, 104000001), "{}")
		},
	} {
		if err := w.sim.Fault(sim.Fault{Path: path, Status: 503, Times: 1}); err != nil {
			t.Fatal(err)
		}
		if a := ask(); a.status != 503 || a.header.Get("X-Li-Uuid") == "" {
			t.Errorf("%s: %d", path, a.status)
		}
		if a := ask(); a.status >= 300 {
			t.Errorf("%s after its fault: %d %s", path, a.status, a.text)
		}
	}
}
