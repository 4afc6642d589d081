package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/google/sim"
)

func TestVideoUpload(t *testing.T) {
	t.Parallel()
	w := start(t, sim.Options{Seed: 1})
	const path = "/resumable/upload/v26/customers/" + first + "/youTubeVideoUploads:create"
	const body = `{"customer_id":"4210000001","you_tube_video_upload":{"video_title":"Clip","video_privacy":"UNLISTED"}}`
	film := strings.Repeat("f", 256<<10) + "tail"
	a := w.do("POST", path, body, "X-Goog-Upload-Protocol: resumable", "X-Goog-Upload-Command: start", "X-Goog-Upload-Header-Content-Type: video/mp4", "X-Goog-Upload-Header-Content-Length: 262148")
	to := strings.TrimPrefix(a.header.Get("X-Goog-Upload-URL"), w.url)
	if a.status != 200 || !strings.Contains(to, "?upload_id=") {
		t.Fatalf("%d %v %s", a.status, a.header, a.text)
	}
	part := func(command, offset, bytes string) answer {
		return w.do("POST", to, bytes, "X-Goog-Upload-Command: "+command, "X-Goog-Upload-Offset: "+offset, "Content-Type: video/mp4")
	}
	if a := part("upload", "0", film[:256<<10]); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.text)
	}
	if a := part("upload", "0", film[:256<<10]); a.status != 400 {
		t.Error("the same bytes were taken twice")
	}
	if a := part("query", "", ""); a.header.Get("X-Goog-Upload-Size-Received") != "262144" {
		t.Errorf("%v", a.header)
	}
	if a := part("upload, finalize", "262144", film[256<<10:256<<10+1]); a.status != 400 {
		t.Error("a short film was taken")
	}
	if a := part("query", "", ""); a.header.Get("X-Goog-Upload-Size-Received") != "262145" {
		t.Errorf("%v", a.header)
	}
	a = part("upload, finalize", "262145", film[256<<10+1:])
	name, _ := a.body["resourceName"].(string)
	if a.status != 200 || !strings.HasPrefix(name, "customers/4210000001/youTubeVideoUploads/") {
		t.Fatalf("%d %s", a.status, a.text)
	}
	state := func() map[string]any {
		return w.rows(first, "SELECT you_tube_video_upload.state, you_tube_video_upload.video_id FROM you_tube_video_upload WHERE you_tube_video_upload.resource_name = '"+name+"'")[0]
	}
	if r := state(); str(r, "youTubeVideoUpload.state") != "UPLOADED" {
		t.Errorf("%v", r)
	}
	w.sim.Advance(time.Minute)
	id := str(state(), "youTubeVideoUpload.videoId")
	if len(id) != 11 || str(state(), "youTubeVideoUpload.state") != "PROCESSED" {
		t.Errorf("%v", state())
	}
	if a := w.mutate("assets", `{"create":{"youtubeVideoAsset":{"youtubeVideoId":"`+id+`"}}}`, ""); a.status != 200 {
		t.Errorf("%d %s", a.status, a.text)
	}
}
