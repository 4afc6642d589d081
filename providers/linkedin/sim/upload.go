package sim

import (
	"net/http"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// upload is an asset that a client brings. Its URN exists before its bytes do.
type upload struct {
	urn, owner, name string
	kind             simkit.Format
	account          int64 // of mediaLibraryMetadata; 0 = none
	member           string
	token            string // uploadToken; it may well be empty
	expires          time.Time
	parts            []part
	bytes            int64 // of what arrived
	sum              string
	arrived          time.Time // zero = WAITING_UPLOAD
	reads            int       // since it arrived
	failed           bool
}

// part is one address to send bytes to.
type part struct {
	key         string
	first, last int64
	data        []byte
	etag        string
}

const (
	partSize  = 4 << 20
	uploadFor = 24 * time.Hour
	minVideo  = 75 << 10
	maxVideo  = 500 << 20
)

// initializeUpload gives an URN and the addresses for its bytes.
func (s *Sim) initializeUpload(w http.ResponseWriter, q *request, kind simkit.Format, internal string) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	in, ok := body["initializeUploadRequest"].(obj)
	if !ok || len(body) != 1 {
		return badRequest("Parameter initializeUploadRequest is required")
	}
	if f := uploadShape(kind).shape(in); f != nil {
		return f
	}
	if errs := uploadShape(kind).missing(in); errs != nil {
		return validations(errs)
	}
	u := &upload{kind: kind, owner: in["owner"].(string), member: q.token.Member.ID, expires: s.Now().Add(uploadFor)}
	if !s.authors(u.member, u.owner) {
		return denied(internal, q.operation(), q.release())
	}
	if f := s.library(q, u, in); f != nil {
		return f
	}
	size := int64(0)
	if kind == simkit.Video {
		size, _ = number(in["fileSizeBytes"])
		if size < minVideo || size > maxVideo { // the codes are assumed
			code := "FIELD_VALUE_TOO_LOW"
			if size > maxVideo {
				code = "FIELD_VALUE_TOO_HIGH"
			}
			return validations([]inputError{{code, "A video has 75 KB to 500 MB", "initializeUploadRequest/fileSizeBytes"}})
		}
	}
	writeJSON(w, http.StatusOK, obj{"value": s.begin(u, size)})
	return nil
}

func uploadShape(kind simkit.Format) schema {
	sc := schema{"owner": urns("organization").must(), "mediaLibraryMetadata": of("record")}
	if kind == simkit.Video {
		sc["fileSizeBytes"] = of("long").must()
		sc["uploadCaptions"], sc["uploadThumbnail"] = of("bool"), of("bool")
		sc["templateName"], sc["linkbackContext"] = of("string"), of("record") // since 202602
	}
	return sc
}

// library reads mediaLibraryMetadata, which ties an asset to an ad account.
func (s *Sim) library(q *request, u *upload, in obj) *fault {
	m, ok := in["mediaLibraryMetadata"].(obj)
	if !ok {
		return nil
	}
	if f := (schema{"associatedAccount": urns("sponsoredAccount"), "assetName": of("string")}).shape(m); f != nil {
		return f
	}
	u.name, _ = m["assetName"].(string)
	if acc, ok := m["associatedAccount"].(string); ok {
		u.account, _ = numberURN(acc, "sponsoredAccount")
		return s.mayWrite(q.token, u.account, true)
	}
	return nil
}

// authors tells whether a member may upload for a page.
func (s *Sim) authors(member, page string) bool {
	for _, a := range s.pages(member) {
		if makeURN("organization", a.PageID) == page {
			return true
		}
	}
	return false
}

// begin stores an upload and says where to send it.
func (s *Sim) begin(u *upload, size int64) obj {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.nextID
	s.nextID++
	word := mediaTypes[u.kind]
	u.urn = "urn:li:" + word + ":" + mediaPrefix[u.kind] + "sim" + itoa(n)
	add := func(first, last int64) string {
		i := int64(len(u.parts))
		key := itoa(n) + "/" + itoa(i) + "/" + itoa(int64(simkit.Hash(s.opts.Seed, uint64(n), uint64(i))>>1))
		u.parts = append(u.parts, part{key: key, first: first, last: last})
		s.parts[key] = u
		return s.opts.UploadBase + uploadPath + key
	}
	s.uploads[u.urn] = u
	s.uploaded = append(s.uploaded, u)
	if u.kind != simkit.Video {
		return obj{word: u.urn, "uploadUrl": add(0, 0), "uploadUrlExpiresAt": ms(u.expires)}
	}
	var list []any
	for at := int64(0); at < size; at += partSize {
		last := min(at+partSize, size) - 1
		list = append(list, obj{"uploadUrl": add(at, last), "firstByte": at, "lastByte": last})
	}
	return obj{word: u.urn, "uploadUrlsExpireAt": ms(u.expires), "uploadToken": u.token, "uploadInstructions": list}
}

// finalizeUpload joins the parts of a video, named by their ETags in order.
func (s *Sim) finalizeUpload(w http.ResponseWriter, q *request, internal string) *fault {
	body, f := bodyOf(q)
	if f != nil {
		return f
	}
	in, ok := body["finalizeUploadRequest"].(obj)
	if !ok || len(body) != 1 {
		return badRequest("Parameter finalizeUploadRequest is required")
	}
	sc := schema{"video": urns("video").must(), "uploadToken": of("string").must(), "uploadedPartIds": of("").must()}
	if f := sc.shape(in); f != nil {
		return f
	}
	if errs := sc.missing(in); errs != nil {
		return validations(errs)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[in["video"].(string)]
	if u == nil {
		return notFound(in["video"].(string))
	}
	if u.member != q.token.Member.ID {
		return denied(internal, q.operation(), q.release())
	}
	if in["uploadToken"] != u.token {
		return fieldInvalid("finalizeUploadRequest/uploadToken", "uploadToken is not the one of this upload")
	}
	ids, _ := in["uploadedPartIds"].([]any)
	if len(ids) != len(u.parts) {
		return fieldInvalid("finalizeUploadRequest/uploadedPartIds", "uploadedPartIds must name every part once, in order")
	}
	for i, p := range u.parts {
		if p.etag == "" || ids[i] != p.etag {
			return fieldInvalid("finalizeUploadRequest/uploadedPartIds", "Part "+itoa(int64(i))+" was not uploaded under this id")
		}
	}
	if u.arrived.IsZero() {
		s.arrive(u)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// uploadObj renders what a client brought. Processing takes ProcessAfter by the
// clock, else until it was asked for once; look says that this is such a reading.
func (s *Sim) uploadObj(u *upload, look bool) obj {
	now := s.Now()
	status := "AVAILABLE"
	switch {
	case u.arrived.IsZero():
		status = "WAITING_UPLOAD"
	case s.processing(u):
		status = "PROCESSING"
		if look {
			u.reads++
		}
	case u.failed:
		status = "PROCESSING_FAILED"
	}
	library := obj{"mediaLibraryStatus": "ACTIVE"}
	if u.account != 0 {
		library["associatedAccount"] = makeURN("sponsoredAccount", u.account)
	}
	if u.name != "" {
		library["assetName"] = u.name
	}
	o := obj{"id": u.urn, "owner": u.owner, "status": status, "mediaLibraryMetadata": library}
	if status != "AVAILABLE" {
		return o
	}
	id := u.urn[strings.LastIndex(u.urn, ":")+1:]
	o["downloadUrl"] = "https://media.sim.example/dms/" + string(u.kind) + "/" + id + "?e=" + itoa(now.Unix()/86400)
	o["downloadUrlExpiresAt"] = ms(now.Truncate(24 * time.Hour).Add(7 * 24 * time.Hour))
	if u.kind == simkit.Video { // what the simulator does not measure is assumed
		o["duration"], o["aspectRatioWidth"], o["aspectRatioHeight"] = int64(30_000), int64(1920), int64(1080)
		o["thumbnail"] = "https://media.sim.example/thumb/" + id
	}
	return o
}

func (s *Sim) processing(u *upload) bool {
	if s.opts.ProcessAfter > 0 {
		return s.Now().Sub(u.arrived) < s.opts.ProcessAfter
	}
	return u.reads == 0
}

// mediaHold is what the media of a creative's post holds back, if anything. The
// caller holds the lock.
func (s *Sim) mediaHold(creative *entity) string {
	content, _ := creative.data["content"].(obj)
	ref, _ := content["reference"].(string)
	p := s.posts[ref]
	if p == nil {
		return ""
	}
	for _, id := range mediaOf(p.data) {
		u := s.uploads[id]
		switch {
		case u == nil:
		case u.arrived.IsZero() || s.processing(u):
			return "PROCESSING"
		case u.failed:
			return "PROCESSING_FAILED"
		}
	}
	return ""
}

// mediaOf are the URNs of the media that a post shows.
func mediaOf(post obj) []string {
	var out []string
	add := func(v any) {
		if m, ok := v.(obj); ok {
			if id, ok := m["id"].(string); ok {
				out = append(out, id)
			}
		}
	}
	content, _ := post["content"].(obj)
	add(content["media"])
	if a, ok := content["article"].(obj); ok {
		if id, ok := a["thumbnail"].(string); ok {
			out = append(out, id)
		}
	}
	carousel, _ := content["carousel"].(obj)
	cards, _ := carousel["cards"].([]any)
	for _, c := range cards {
		if m, ok := c.(obj); ok {
			add(m["media"])
		}
	}
	multi, _ := content["multiImage"].(obj)
	images, _ := multi["images"].([]any)
	for _, i := range images {
		add(i)
	}
	return out
}
