package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// envelopeVersion is the first byte of every envelope.
//
// An envelope is: version (1 byte), length of the key's id (1 byte), the key's id, nonce (12 bytes), ciphertext with
// its 16-byte tag. AES-256-GCM; the nonce is random, which is safe for 2^32 envelopes a key (NIST SP 800-38D, 8.3):
// rotate long before that. The associated data is the header and the place of the envelope.
const envelopeVersion = 1

const keySize = 32

// ErrSealed says that an envelope does not open: no key of the ring made it, or it is not where it was sealed.
var ErrSealed = errors.New("sealed value does not open")

// Place is where an envelope lives. It is authenticated with it: moved to another place it does not open.
type Place struct{ Table, Workspace, Row, Column string }

// Keyring seals and opens. The first key seals; all open, so that keys can be changed while the service runs.
// It is immutable and safe for concurrent use.
type Keyring struct{ keys []ringKey }

type ringKey struct {
	id   string
	aead cipher.AEAD
	mac  []byte
}

// NewKey returns a fresh random key in the form that ParseKeyring reads.
func NewKey() string {
	var b [keySize]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process first
	return base64.StdEncoding.EncodeToString(b[:])
}

// ParseKeyring reads a comma-separated list of keys, `base64` or `id:base64`, each of 32 bytes. A key without an id
// gets one from its own fingerprint. The error never carries the input.
func ParseKeyring(s string) (*Keyring, error) {
	ring := &Keyring{}
	for i, entry := range strings.Split(s, ",") {
		k, err := parseKey(strings.TrimSpace(entry))
		if err != nil {
			return nil, fmt.Errorf("key %d of the keyring: %w", i+1, err)
		}
		if ring.find(k.id) != nil {
			return nil, fmt.Errorf("key %d of the keyring: the id %q is there already", i+1, k.id)
		}
		ring.keys = append(ring.keys, k)
	}
	return ring, nil
}

func parseKey(entry string) (ringKey, error) {
	id, value, named := strings.Cut(entry, ":")
	if !named {
		id, value = "", entry
	}
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		raw, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(value, "="))
	}
	if err != nil {
		return ringKey{}, errors.New("not base64")
	}
	if len(raw) != keySize {
		return ringKey{}, fmt.Errorf("%d bytes long, not %d", len(raw), keySize)
	}
	if named && (id == "" || len(id) > 32 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "") {
		return ringKey{}, errors.New("an id is 1 to 32 letters, digits, dots, dashes or underscores")
	}
	return newRingKey(id, raw)
}

// newRingKey derives one key for sealing and one for signing, so that neither use weakens the other.
func newRingKey(id string, raw []byte) (ringKey, error) {
	seal, err := hkdf.Key(sha256.New, raw, nil, "admux seal v1", keySize)
	if err != nil {
		return ringKey{}, err
	}
	mac, err := hkdf.Key(sha256.New, raw, nil, "admux sign v1", keySize)
	if err != nil {
		return ringKey{}, err
	}
	if id == "" {
		print, err := hkdf.Key(sha256.New, raw, nil, "admux key id v1", 4)
		if err != nil {
			return ringKey{}, err
		}
		id = hex.EncodeToString(print)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return ringKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return ringKey{}, err
	}
	return ringKey{id: id, aead: aead, mac: mac}, nil
}

// Seal returns the envelope of plain at its place.
func (r *Keyring) Seal(plain []byte, at Place) []byte {
	head := r.header()
	return r.keys[0].aead.Seal(head, nil, plain, bind(head, at))
}

// Open returns what was sealed at this place. The error is ErrSealed.
func (r *Keyring) Open(envelope []byte, at Place) ([]byte, error) {
	id, n, ok := keyID(envelope)
	if !ok {
		return nil, fmt.Errorf("%w: %s.%s holds no envelope", ErrSealed, at.Table, at.Column)
	}
	k := r.find(id)
	if k == nil {
		return nil, fmt.Errorf("%w: %s.%s needs key %q, which is not in the keyring", ErrSealed, at.Table, at.Column, id)
	}
	head := envelope[:n:n]
	plain, err := k.aead.Open(nil, nil, envelope[n:], bind(head, at))
	if err != nil {
		return nil, fmt.Errorf("%w: %s.%s of row %s", ErrSealed, at.Table, at.Column, at.Row)
	}
	return plain, nil
}

// Sign returns a code over the message that only this keyring can make. The purpose keeps one use from passing for
// another.
func (r *Keyring) Sign(purpose, message string) []byte {
	return r.keys[0].sign(purpose, message)
}

// Verify tells whether any key of the ring signed the message for this purpose.
func (r *Keyring) Verify(purpose, message string, code []byte) bool {
	ok := false
	for _, k := range r.keys {
		if hmac.Equal(code, k.sign(purpose, message)) {
			ok = true
		}
	}
	return ok
}

// IDs lists the ids of the keys, the sealing one first. Ids are not secret.
func (r *Keyring) IDs() []string {
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.id
	}
	return ids
}

// String shows the ids alone.
func (r *Keyring) String() string { return "keyring " + strings.Join(r.IDs(), ",") }

// LogValue implements slog.LogValuer.
func (r *Keyring) LogValue() slog.Value { return slog.StringValue(r.String()) }

// header is how every envelope of the sealing key starts; the rotation finds the others by it.
func (r *Keyring) header() []byte {
	id := r.keys[0].id
	return append([]byte{envelopeVersion, byte(len(id))}, id...)
}

func (r *Keyring) find(id string) *ringKey {
	for i := range r.keys {
		if r.keys[i].id == id {
			return &r.keys[i]
		}
	}
	return nil
}

func (k *ringKey) sign(purpose, message string) []byte {
	h := hmac.New(sha256.New, k.mac)
	h.Write(fields(purpose, message))
	return h.Sum(nil)
}

// keyID reads an envelope's header and its length.
func keyID(envelope []byte) (id string, header int, ok bool) {
	if len(envelope) < 2 || envelope[0] != envelopeVersion {
		return "", 0, false
	}
	n := 2 + int(envelope[1])
	if len(envelope) < n {
		return "", 0, false
	}
	return string(envelope[2:n]), n, true
}

func bind(head []byte, at Place) []byte {
	return append(fields(at.Table, at.Workspace, at.Row, at.Column), head...)
}

// fields joins strings so that no two different lists give the same bytes.
func fields(parts ...string) []byte {
	var out []byte
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}
