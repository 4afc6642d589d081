package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

const amzDate = "20060102T150405Z"

// signed is a pre-signed URL on this host that stands for one of S3's.
func (s *Sim) signed(r *http.Request, bucket, name string, now time.Time, life time.Duration) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	path := "/s3/" + bucket + "/" + name
	date, seconds := now.UTC().Format(amzDate), strconv.Itoa(int(life/time.Second))
	return scheme + "://" + r.Host + path + "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=" + date + "&X-Amz-SignedHeaders=host&X-Amz-Expires=" + seconds +
		"&X-Amz-Credential=AKIASIMULATED%2F" + date[:8] + "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=" + s.signature(path, date, seconds)
}

func (s *Sim) signature(path, date, seconds string) string {
	h := simkit.Hash(s.opts.Seed, simkit.HashString(path), simkit.HashString(date), simkit.HashString(seconds))
	return fmt.Sprintf("%016x%016x%016x%016x", h, simkit.Hash(h, 1), simkit.Hash(h, 2), simkit.Hash(h, 3))
}

func s3Error(w http.ResponseWriter, code int, word, text string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(code)
	w.Write([]byte("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + word + "</Code><Message>" + text + "</Message><RequestId>SIM0000000000001</RequestId></Error>"))
}

// storage answers as S3 does: one way of proving oneself, not two, and only in
// time.
func (s *Sim) storage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-amz-request-id", letters(16, s.opts.Seed, 43, s.served.Add(1)))
	q := r.URL.Query()
	date, err := time.Parse(amzDate, q.Get("X-Amz-Date"))
	seconds, err2 := strconv.Atoi(q.Get("X-Amz-Expires"))
	now := s.kit.Clock.Now()
	switch {
	case r.Header.Get("Authorization") != "":
		s3Error(w, http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified")
		return
	case err != nil || err2 != nil || q.Get("X-Amz-Signature") != s.signature(r.URL.Path, q.Get("X-Amz-Date"), q.Get("X-Amz-Expires")):
		s3Error(w, http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.")
		return
	case now.After(date.Add(time.Duration(seconds) * time.Second)):
		s3Error(w, http.StatusForbidden, "AccessDenied", "Request has expired")
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/s3/"), "/")
	bucket, name := parts[0], parts[len(parts)-1]
	switch {
	case r.Method == http.MethodPut && bucket == uploadBucket:
		s.takeUpload(w, r, name)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		s3Error(w, http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	case bucket == exportBucket:
		s.sendFile(w, s.exportFile(name), name)
	default:
		s.desk.mu.Lock()
		rep := s.desk.byID[name]
		var b []byte
		if rep != nil && rep.status == "COMPLETED" {
			b = s.file(rep)
		}
		s.desk.mu.Unlock()
		s.sendFile(w, b, name)
	}
}

// sendFile sends a packed file under headers that vary, as they do.
func (s *Sim) sendFile(w http.ResponseWriter, b []byte, name string) {
	if b == nil {
		s3Error(w, http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	kind := simkit.HashString(name) % 3
	s.desk.mu.Lock()
	if s.desk.opts.Plain {
		kind = 0
	}
	s.desk.mu.Unlock()
	switch kind {
	case 1:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
	case 2:
		w.Header().Set("Content-Type", "application/gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.Write(b) // a client that left is no error of ours
}
