package sim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// uploadPath is where bytes go; clients take the whole address from the answer
// and build none themselves.
const uploadPath = "/dms-uploads/"

// maxBytes are how many bytes an upload of a kind may have.
var maxBytes = map[simkit.Format]int64{simkit.Image: 5 << 20, simkit.Document: 100 << 20}

// takeBytes is the upload host: signed addresses, none of the API's rules.
func (s *Sim) takeBytes(w http.ResponseWriter, r *http.Request) *fault {
	if r.Method != http.MethodPut {
		return &fault{status: http.StatusMethodNotAllowed, message: "Method Not Allowed"}
	}
	key := strings.TrimPrefix(r.URL.EscapedPath(), uploadPath)
	s.mu.RLock()
	u := s.parts[key]
	s.mu.RUnlock()
	if u == nil || s.Now().After(u.expires) {
		return &fault{status: http.StatusForbidden, message: "The upload address is not valid or has expired"}
	}
	if f := s.uploadHeaders(r, u); f != nil {
		return f
	}
	limit := int64(partSize)
	if u.kind != simkit.Video {
		limit = maxBytes[u.kind]
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return badRequest("The body ended early")
	}
	if len(b) == 0 {
		return badRequest("The body is empty")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range u.parts {
		if u.parts[i].key == key {
			return s.keep(w, u, &u.parts[i], b)
		}
	}
	return nil
}

// uploadHeaders: a video's addresses are signed and take neither a token nor a
// version; an image's take the token (or none: not settled).
func (s *Sim) uploadHeaders(r *http.Request, u *upload) *fault {
	if u.kind != simkit.Video {
		if r.Header.Get("Authorization") == "" {
			return nil
		}
		_, f := s.bearer(r)
		return f
	}
	if r.Header.Get("Authorization") != "" || r.Header.Get("LinkedIn-Version") != "" {
		return badRequest("A signed upload address takes no Authorization and no LinkedIn-Version header")
	}
	if t := simkit.MediaType(r); t != "application/octet-stream" {
		return badRequest("Content-Type must be application/octet-stream")
	}
	return nil
}

// keep stores a part's bytes. The caller holds the lock.
func (s *Sim) keep(w http.ResponseWriter, u *upload, p *part, b []byte) *fault {
	if !u.arrived.IsZero() {
		return &fault{status: http.StatusConflict, code: "CONFLICT", message: "The upload has ended"}
	}
	if u.kind == simkit.Video {
		if want := p.last - p.first + 1; int64(len(b)) != want {
			return badRequest("The part must have " + itoa(want) + " bytes")
		}
		sum := sha256.Sum256(b)
		p.data, p.etag = b, hex.EncodeToString(sum[:16])
		w.Header().Set("ETag", `"`+p.etag+`"`)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	p.data = b
	s.arrive(u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// arrive ends an upload: what it is shows in its processing, as its size does
// (assumed: the sheet names the limits, not the refusal). The caller holds the lock.
func (s *Sim) arrive(u *upload) {
	hash := sha256.New()
	for i := range u.parts {
		u.bytes += int64(len(u.parts[i].data))
		hash.Write(u.parts[i].data) // a hash takes everything
	}
	u.failed = !sniff(u.kind, u.parts[0].data) || u.kind != simkit.Video && u.bytes > maxBytes[u.kind]
	u.sum, u.arrived = hex.EncodeToString(hash.Sum(nil)), s.Now()
	for i := range u.parts {
		u.parts[i].data = nil
	}
}

// sniff tells whether bytes begin as a file of the kind does.
func sniff(kind simkit.Format, b []byte) bool {
	begins := func(magics ...string) bool {
		for _, m := range magics {
			if bytes.HasPrefix(b, []byte(m)) {
				return true
			}
		}
		return false
	}
	switch kind {
	case simkit.Image:
		return begins("\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "GIF87a", "GIF89a")
	case simkit.Video: // MP4
		return len(b) > 8 && string(b[4:8]) == "ftyp"
	}
	return begins("%PDF-", "\xd0\xcf\x11\xe0", "PK\x03\x04") // PDF, DOC and PPT, DOCX and PPTX
}

// UploadInfo tells a test about an asset that a client brought.
type UploadInfo struct {
	URN, Owner, Name string
	Bytes            int64
	SHA256           string // of all bytes in order; "" = they have not all arrived
	Failed           bool
}

// Uploads lists what clients have begun to upload, in order.
func (s *Sim) Uploads() []UploadInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]UploadInfo, 0, len(s.uploaded))
	for _, u := range s.uploaded {
		out = append(out, UploadInfo{u.urn, u.owner, u.name, u.bytes, u.sum, u.failed})
	}
	return out
}
