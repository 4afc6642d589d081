package connections

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// What signatures are for: one made for one purpose does not pass for another.
const (
	purposeState       = "oauth state"
	purposeReauthorize = "reauthorize"
)

// newSecretID returns 128 random bits as text.
func newSecretID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process first
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// signed joins a message and its signature. The message must not hold a dot.
func (s *Service) signed(purpose, message string) string {
	return message + "." + base64.RawURLEncoding.EncodeToString(s.store.Keyring().Sign(purpose, message))
}

// verified returns the message, and false when the signature is not ours for this purpose.
func (s *Service) verified(purpose, signed string) (string, bool) {
	message, code, ok := strings.Cut(signed, ".")
	if !ok {
		return "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || !s.store.Keyring().Verify(purpose, message, raw) {
		return "", false
	}
	return message, true
}
