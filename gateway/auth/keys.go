package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/gateway/store"
)

// ErrInvalidKey says that a key is malformed, unknown or revoked; which of them is nobody's business.
var ErrInvalidKey = errors.New("the API key is not valid")

const (
	keyPrefix  = "admux_"
	keyBytes   = 32
	shownChars = len(keyPrefix) + 6 // leaves 220 bits unseen
	touchEvery = 5 * time.Minute
)

// Store is what Keys needs of the store.
type Store interface {
	CreateAPIKey(ctx context.Context, k store.APIKey, hash []byte) (store.APIKey, error)
	APIKeyByHashAnyWorkspace(ctx context.Context, hash []byte) (store.APIKey, error)
	RevokeAPIKey(ctx context.Context, workspace, id string) error
	TouchAPIKey(ctx context.Context, workspace, id string, at time.Time) error
}

// Options rule the cache of accepted keys. Zero fields take the defaults named.
type Options struct {
	Now  func() time.Time // time.Now
	TTL  time.Duration    // 10 s: how long a key that was revoked by another process may still be accepted
	Size int              // 10,000 keys
}

// Keys makes, checks and revokes API keys. It is safe for concurrent use.
type Keys struct {
	store Store
	opts  Options

	mu      sync.Mutex
	cache   map[[sha256.Size]byte]cached
	revokes int // goes up with each revocation: what was read before it is not cached after it
}

type cached struct {
	principal Principal
	until     time.Time
}

// New returns keys over a store.
func New(s Store, o Options) *Keys {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.TTL, o.Size = cmp.Or(o.TTL, 10*time.Second), cmp.Or(o.Size, 10_000)
	return &Keys{store: s, opts: o, cache: map[[sha256.Size]byte]cached{}}
}

// Generate makes a key for a workspace. The key is returned this once and never again: only its hash is kept.
//
// The hash is one SHA-256, not bcrypt or Argon2. Those slow down the guessing of what people think up; a key of 256
// random bits cannot be guessed however fast the hash is, and every request pays for it.
func (k *Keys) Generate(ctx context.Context, workspace, name string, scopes ...Scope) (store.Secret, store.APIKey, error) {
	if len(scopes) == 0 {
		return "", store.APIKey{}, errors.New("a key needs a scope")
	}
	var random [keyBytes]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the process first
	key := keyPrefix + base64.RawURLEncoding.EncodeToString(random[:])
	row := store.APIKey{WorkspaceID: workspace, Name: name, Prefix: key[:shownChars]}
	for _, s := range scopes {
		if _, err := ParseScope(string(s)); err != nil {
			return "", store.APIKey{}, err
		}
		row.Scopes = append(row.Scopes, string(s))
	}
	hash := sha256.Sum256([]byte(key))
	row, err := k.store.CreateAPIKey(ctx, row, hash[:])
	return store.Secret(key), row, err
}

// Verify returns whose key this is, or ErrInvalidKey. Any other error means that the store could not be asked.
//
// The key is looked up by its hash: how long that takes tells of the hash, which tells nothing of the key.
func (k *Keys) Verify(ctx context.Context, key string) (Principal, error) {
	if !wellFormed(key) {
		return Principal{}, ErrInvalidKey
	}
	hash, now := sha256.Sum256([]byte(key)), k.opts.Now()
	p, revokes, ok := k.lookup(hash, now)
	if ok {
		return p, nil
	}
	row, err := k.store.APIKeyByHashAnyWorkspace(ctx, hash[:])
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !row.RevokedAt.IsZero():
		return Principal{}, ErrInvalidKey
	case err != nil:
		return Principal{}, err
	}
	p = Principal{Workspace: row.WorkspaceID, KeyID: row.ID}
	for _, s := range row.Scopes {
		p.Scopes = append(p.Scopes, Scope(s))
	}
	k.keep(hash, p, now, revokes)
	k.touch(ctx, row, now)
	return p, nil
}

// Revoke ends a key: at once in this process, within Options.TTL in others.
func (k *Keys) Revoke(ctx context.Context, workspace, id string) error {
	err := k.store.RevokeAPIKey(ctx, workspace, id)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.revokes++
	for hash, c := range k.cache {
		if c.principal.KeyID == id && c.principal.Workspace == workspace {
			delete(k.cache, hash)
		}
	}
	return err
}

func wellFormed(key string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(key, keyPrefix))
	return strings.HasPrefix(key, keyPrefix) && err == nil && len(raw) == keyBytes
}

func (k *Keys) lookup(hash [sha256.Size]byte, now time.Time) (p Principal, revokes int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c, ok := k.cache[hash]
	// A clock that was set back must not keep an entry alive: no entry is younger than its TTL allows.
	if !ok || !now.Before(c.until) || c.until.Sub(now) > k.opts.TTL {
		return Principal{}, k.revokes, false
	}
	return c.principal, k.revokes, true
}

func (k *Keys) keep(hash [sha256.Size]byte, p Principal, now time.Time, revokes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if revokes != k.revokes {
		return
	}
	if len(k.cache) >= k.opts.Size {
		k.evict(now)
	}
	p.Scopes = slices.Clip(p.Scopes)
	k.cache[hash] = cached{p, now.Add(k.opts.TTL)}
}

// evict drops what has expired, and any one entry when nothing has.
func (k *Keys) evict(now time.Time) {
	for hash, c := range k.cache {
		if !now.Before(c.until) {
			delete(k.cache, hash)
		}
	}
	for hash := range k.cache {
		if len(k.cache) < k.opts.Size {
			return
		}
		delete(k.cache, hash)
	}
}

// touch notes that the key is in use, seldom enough to cost nothing. That it fails must not fail the request.
func (k *Keys) touch(ctx context.Context, row store.APIKey, now time.Time) {
	if now.Sub(row.LastUsedAt) < touchEvery {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	_ = k.store.TouchAPIKey(ctx, row.WorkspaceID, row.ID, now)
}
