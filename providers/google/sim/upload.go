package sim

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// uploads are the video uploads under way, by the id in their URL.
type uploads struct {
	mu   sync.Mutex
	open map[string]*upload
}

// upload is one film on its way; its bytes are counted, not kept.
type upload struct {
	customer int64
	video    obj
	size     int64 // as announced
	got      int64
}

// granularity is what every chunk but the last is a multiple of.
const granularity = 256 << 10

// upload serves /resumable/upload/v{N}/customers/{cid}/youTubeVideoUploads:create.
func (c *call) upload() *apiError {
	if id := c.r.URL.Query().Get("upload_id"); id != "" {
		return c.continueUpload(id)
	}
	return c.startUpload()
}

func (c *call) startUpload() *apiError {
	h := c.r.Header
	size, err := strconv.ParseInt(h.Get("X-Goog-Upload-Header-Content-Length"), 10, 64)
	if h.Get("X-Goog-Upload-Protocol") != "resumable" || h.Get("X-Goog-Upload-Command") != "start" || err != nil || size < 1 ||
		!strings.HasPrefix(h.Get("X-Goog-Upload-Header-Content-Type"), "video/") {
		return badRequest("", "Invalid resumable upload request.") // the protocol's own words are assumed
	}
	in, bad := c.decode("CreateYouTubeVideoUploadRequest")
	if bad != nil {
		return bad
	}
	video, _ := in["you_tube_video_upload"].(obj)
	switch {
	case text(video, "video_title") == "":
		return c.rejected([]adsError{required("you_tube_video_upload.video_title")})
	case text(video, "channel_id") == "" && text(video, "video_privacy") == "PUBLIC": // Google's own channel shows nothing in public
		return c.rejected([]adsError{issue("fieldError", "INVALID_VALUE", "The field's value is invalid.").at("you_tube_video_upload.video_privacy")})
	}
	if bad := c.spend(1); bad != nil {
		return bad
	}
	id := c.s.requestID()
	c.s.uploads.mu.Lock()
	if c.s.uploads.open == nil {
		c.s.uploads.open = map[string]*upload{}
	}
	c.s.uploads.open[id] = &upload{customer: c.c.id, video: video, size: size}
	c.s.uploads.mu.Unlock()
	h = c.w.Header()
	h.Set("X-Goog-Upload-URL", "http://"+c.r.Host+c.r.URL.EscapedPath()+"?upload_id="+id)
	h.Set("X-Goog-Upload-Status", "active")
	h.Set("X-Goog-Upload-Chunk-Granularity", strconv.Itoa(granularity))
	c.w.WriteHeader(http.StatusOK)
	return nil
}

func (c *call) continueUpload(id string) *apiError {
	c.s.uploads.mu.Lock()
	defer c.s.uploads.mu.Unlock()
	u := c.s.uploads.open[id]
	if u == nil || u.customer != c.c.id {
		return &apiError{http: http.StatusNotFound}
	}
	h := c.w.Header()
	h.Set("X-Goog-Upload-Status", "active")
	commands := strings.FieldsFunc(c.r.Header.Get("X-Goog-Upload-Command"), func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(commands, "query") {
		h.Set("X-Goog-Upload-Size-Received", itoa(u.got))
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	offset, err := strconv.ParseInt(c.r.Header.Get("X-Goog-Upload-Offset"), 10, 64)
	if !slices.Contains(commands, "upload") || err != nil || offset != u.got {
		return badRequest("", "Invalid resumable upload request: the offset is not what has been received.")
	}
	n, err := io.Copy(io.Discard, c.r.Body)
	u.got += n // what came before a broken connection counts
	final := slices.Contains(commands, "finalize")
	switch {
	case err != nil:
		return badRequest("", "Request payload could not be read.")
	case u.got > u.size || !final && n%granularity != 0 || final && u.got != u.size:
		return badRequest("", "Invalid resumable upload request: the size does not fit.")
	case !final:
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	delete(c.s.uploads.open, id)
	h.Set("X-Goog-Upload-Status", "final")
	return c.reply(obj{"resource_name": c.film(u).name()})
}

// film makes the object that tells what became of an upload.
func (c *call) film(u *upload) *entity {
	c.s.ready(c.c, "asset")
	id := c.s.nextID.Add(1)
	o := u.video
	o["video_upload_id"] = id
	setDefault(o, "video_privacy", "UNLISTED")
	e := &entity{kind: "you_tube_video_upload", key: key{a: id}, c: c.c, made: c.s.kit.Clock.Now()}
	o["resource_name"] = e.name()
	e.data = o
	c.c.mu.Lock()
	defer c.c.mu.Unlock()
	return c.c.put(e)
}

// filmState: a film is processed some time after its upload, and has an id then.
func (s *Sim) filmState(e *entity) (state, id string) {
	if s.kit.Clock.Now().Sub(e.made) < reviewTime {
		return "UPLOADED", ""
	}
	return "PROCESSED", youtubeID(e.key.a)
}
