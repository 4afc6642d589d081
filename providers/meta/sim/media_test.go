package sim_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"github.com/admux/admux/providers/meta/sim"
)

func TestImagesAreUploaded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	var picture, body bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("banner.png", "banner.png")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(picture.Bytes())
	m.Close()
	byFile := w.post(act+"/adimages", m.FormDataContentType(), &body)
	got := at(byFile.body, "images", "banner.png")
	if text(got, "width") != "40" || text(got, "height") != "20" || len(text(got, "hash")) != 32 {
		t.Fatalf("file: %s", byFile.text)
	}
	byBytes := w.do(http.MethodPost, act+"/adimages", "bytes", base64.StdEncoding.EncodeToString(picture.Bytes()))
	if text(byBytes.body, "images", "bytes", "hash") != text(got, "hash") {
		t.Errorf("bytes: %s", byBytes.text)
	}
	if n := len(w.data(act+"/adimages", "hashes", `["`+text(got, "hash")+`"]`)); n != 1 {
		t.Errorf("%d images with the hash", n)
	}
	if a := w.do(http.MethodDelete, act+"/adimages", "hash", text(got, "hash")); at(a.body, "success") != true {
		t.Errorf("delete: %s", a.text)
	}
	copied := w.do(http.MethodPost, accountID(w, 1)+"/adimages", "copy_from", `{"source_account_id":"`+w.sim.Accounts()[0].ID+`","hash":"`+text(got, "hash")+`"}`)
	if copied.status != 200 {
		t.Errorf("copy: %s", copied.text)
	}
}

func TestVideosAreUploadedInPhases(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	act := accountID(w, 0)
	start := w.do(http.MethodPost, act+"/advideos", "upload_phase", "start", "file_size", "1500000")
	session, video := text(start.body, "upload_session_id"), text(start.body, "video_id")
	if start.body["start_offset"] != "0" || start.body["end_offset"] != "1048576" {
		t.Fatalf("start: %s", start.text)
	}
	for _, chunk := range []struct {
		at   string
		size int
		want string
	}{{"0", 1 << 20, "1048576"}, {"1048576", 1500000 - 1<<20, "1500000"}} {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		m.WriteField("upload_phase", "transfer")
		m.WriteField("upload_session_id", session)
		m.WriteField("start_offset", chunk.at)
		part, err := m.CreateFormFile("video_file_chunk", "chunk")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(make([]byte, chunk.size))
		m.Close()
		if a := w.post(act+"/advideos", m.FormDataContentType(), &body); a.body["start_offset"] != chunk.want {
			t.Fatalf("transfer: %s", a.text)
		}
	}
	if a := w.do(http.MethodPost, act+"/advideos", "upload_phase", "finish", "upload_session_id", session, "title", "clip.mp4"); at(a.body, "success") != true {
		t.Fatalf("finish: %s", a.text)
	}
	if s := text(w.ok(video, "fields", "status"), "status", "video_status"); s != "processing" {
		t.Errorf("at first: %s", s)
	}
	w.sim.Advance(time.Minute)
	if s := w.ok(video, "fields", "status,title"); text(s, "status", "video_status") != "ready" || text(s, "title") != "clip.mp4" {
		t.Errorf("later: %v", s)
	}
}
