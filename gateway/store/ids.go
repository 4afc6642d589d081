package store

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// The prefixes say what an id is of, in logs and in support mails.
const (
	prefixWorkspace  = "ws_"
	prefixKey        = "key_"
	prefixConnection = "conn_"
	prefixCall       = "call_"
	prefixJob        = "job_"
	prefixAudit      = "aud_"
	prefixBlock      = "block_"
)

// newID returns an id that sorts by its moment of birth and cannot be guessed (80 random bits).
func newID(prefix string, at time.Time) string {
	return prefix + strings.ToLower(ulid.MustNew(ulid.Timestamp(at), rand.Reader).String())
}
