package sim_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/tiktok/sim"
)

func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sign(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

func (w *world) upload(path, field string, file []byte, form map[string]string) answer {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range form {
		if err := m.WriteField(k, v); err != nil {
			w.t.Fatal(err)
		}
	}
	if file != nil {
		part, err := m.CreateFormFile(field, "from disk.mp4")
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := part.Write(file); err != nil {
			w.t.Fatal(err)
		}
	}
	m.Close()
	req := w.request(http.MethodPost, w.url+"/open_api/v1.3"+path, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return w.send(req)
}

// TestTrap23Uploads: signed, named once, an object for a picture, a list for a
// film.
func TestTrap23Uploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv, file := w.account(0), picture(t, 100, 50)
	form := map[string]string{"advertiser_id": adv, "upload_type": "UPLOAD_BY_FILE", "file_name": "a.png", "image_signature": sign(file)}
	got := w.data(w.upload("/file/image/ad/upload/", "image_file", file, form))
	id := text(got, "image_id")
	if !strings.Contains(id, "/") || text(got, "width") != "100" || got["create_time"] != nil || text(got, "signature") != sign(file) {
		t.Errorf("image %v", got)
	}
	wantCode(t, w.upload("/file/image/ad/upload/", "image_file", file, form), "40911")
	form["image_signature"], form["file_name"] = strings.Repeat("0", 32), "b.png"
	wantCode(t, w.upload("/file/image/ad/upload/", "image_file", file, form), "40900")
	delete(form, "image_signature")
	wantRefused(t, w.upload("/file/image/ad/upload/", "image_file", file, form), "40002", "image_signature")
	text1 := []byte("no picture")
	form["image_signature"] = sign(text1)
	wantCode(t, w.upload("/file/image/ad/upload/", "image_file", text1, form), "40908")
	w.data(w.post("/file/image/ad/upload/", obj{"advertiser_id": adv, "upload_type": "UPLOAD_BY_URL", "image_url": "https://cdn.example/c.png"}))
	wantCode(t, w.post("/file/image/ad/upload/", obj{"advertiser_id": adv, "upload_type": "UPLOAD_BY_URL", "image_url": "https://cdn.invalid/d.png"}), "40903")
	if list := rows(w.data(w.get("/file/image/ad/info/", obj{"advertiser_id": adv, "image_ids": []string{id, "ad-site-i18n-sg/none"}}))); len(list) != 1 || !strings.HasSuffix(text(list[0], "create_time"), "Z") {
		t.Errorf("info %v", list)
	}
}

// TestTrap25AFilmIsTranscoded before an ad can have it.
func TestTrap25AFilmIsTranscoded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv, file := w.account(0), []byte("film")
	form := map[string]string{"advertiser_id": adv, "upload_type": "UPLOAD_BY_FILE", "file_name": "v.mp4", "video_signature": sign(file), "flaw_detect": "True"}
	a := w.upload("/file/video/ad/upload/", "video_file", file, form)
	wantCode(t, a, "0")
	list, ok := a.body["data"].([]any)
	if !ok || len(list) != 1 {
		t.Fatalf("film %s", a.text)
	}
	id := text(list[0], "video_id")
	form["file_name"] = "w.mp4"
	again := w.upload("/file/video/ad/upload/", "video_file", file, form)
	if other := text(again.body["data"].([]any)[0], "video_id"); other == id || other == "" {
		t.Error("the same bytes made the same film")
	}
	wantCode(t, w.get("/file/video/suggestcover/", obj{"advertiser_id": adv, "video_id": id}), "40901")
	info := func() any {
		return rows(w.data(w.get("/file/video/ad/info/", obj{"advertiser_id": adv, "video_ids": []string{id}})))[0]["displayable"]
	}
	if info() != false {
		t.Error("displayable at once")
	}
	w.sim.Advance(30 * time.Second)
	if info() != true {
		t.Error("never displayable")
	}
	covers := rows(w.data(w.get("/file/video/suggestcover/", obj{"advertiser_id": adv, "video_id": id, "poster_number": 3})))
	if len(covers) != 3 || len(rows(w.data(w.get("/file/image/ad/info/", obj{"advertiser_id": adv, "image_ids": []string{text(covers[0], "id")}})))) != 1 {
		t.Errorf("covers %v", covers)
	}
}

// TestAFileInParts and by a name of its own.
func TestAFileInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	whole := bytes.Repeat([]byte("0123456789abcdef"), 21<<16)
	wantRefused(t, w.post("/file/start/upload/", obj{"advertiser_id": adv, "size": 100, "content_type": "video"}), "40002", "size")
	d := w.data(w.post("/file/start/upload/", obj{"advertiser_id": adv, "size": len(whole), "content_type": "video", "name": "big.mp4"}))
	id := text(d, "upload_id")
	wantCode(t, w.post("/file/finish/upload/", obj{"advertiser_id": adv, "upload_id": id}), "40002")
	for text(d, "start_offset") != text(d, "end_offset") {
		from, to := number(t, text(d, "start_offset")), number(t, text(d, "end_offset"))
		part := whole[from:to]
		d = w.data(w.upload("/file/transfer/upload/", "file", part, map[string]string{"advertiser_id": adv, "upload_id": id, "signature": sign(part), "start_offset": strconv.FormatInt(from, 10)}))
	}
	file := text(w.data(w.post("/file/finish/upload/", obj{"advertiser_id": adv, "upload_id": id})), "file_id")
	a := w.post("/file/video/ad/upload/", obj{"advertiser_id": adv, "upload_type": "UPLOAD_BY_FILE_ID", "file_id": file})
	wantCode(t, a, "0")
	if got := text(a.body["data"].([]any)[0], "signature"); got != sign(whole) {
		t.Errorf("signature %s", got)
	}
	names := w.data(w.get("/file/name/check/", obj{"advertiser_id": adv, "files": []obj{{"file_name": "big.mp4", "file_type": "VIDEO"}, {"file_name": "free.mp4", "file_type": "VIDEO"}}}))
	if list := names["check_list"].([]any); at(list[0], "duplicated") != true || at(list[1], "duplicated") != false {
		t.Errorf("names %v", list)
	}
	w.sim.Advance(25 * time.Hour)
	wantCode(t, w.post("/file/video/ad/upload/", obj{"advertiser_id": adv, "upload_type": "UPLOAD_BY_FILE_ID", "file_id": file, "file_name": "late.mp4"}), "40910")
}

// TestLookups: regions, postal codes, interests.
func TestLookups(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	adv := w.account(0)
	p := obj{"advertiser_id": adv, "placements": []string{"PLACEMENT_TIKTOK"}, "objective_type": "TRAFFIC", "level_range": "TO_COUNTRY"}
	if list := w.data(w.get("/tool/region/", p))["region_info"].([]any); len(list) != 8 || text(list[0], "location_id") != "6252001" {
		t.Errorf("regions %v", list)
	}
	wantRefused(t, w.get("/tool/region/", obj{"advertiser_id": adv}), "40002", "Missing")
	search := obj{"advertiser_id": adv, "placements": []string{"PLACEMENT_TIKTOK"}, "objective_type": "TRAFFIC", "search_type": "FUZZY_SEARCH", "keywords": []string{"muni"}}
	if list := w.data(w.post("/tool/targeting/search/", search))["targeting_tag_list"].([]any); len(list) != 1 || text(list[0], "geo", "geo_id") != "2867714" {
		t.Errorf("search %v", list)
	}
	search["search_type"], search["keywords"], search["region_codes"] = "BATCH_ZIPCODE_SEARCH", []string{"94107"}, []string{"US"}
	if list := w.data(w.post("/tool/targeting/search/", search))["targeting_tag_list"].([]any); len(list) != 1 || text(list[0], "geo", "geo_type") != "ZIP_CODE" {
		t.Errorf("postal codes %v", list)
	}
	for _, path := range []string{"/tool/interest_category/", "/tool/language/", "/pixel/list/", "/app/list/", "/dmp/custom_audience/list/", "/adgroup/quota/"} {
		w.data(w.get(path, obj{"advertiser_id": adv}))
	}
}
