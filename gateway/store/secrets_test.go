package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestKeyring(t *testing.T) {
	t.Parallel()
	oldKey, newKey := "k1:"+NewKey(), NewKey()
	oldRing, bothRing, newRing := parse(t, oldKey), parse(t, newKey+", "+oldKey), parse(t, newKey)
	at := Place{"connections", "ws_1", "conn_1", "sealed_grant"}
	sealed := oldRing.Seal([]byte("canary"), at)
	if bytes.Contains(sealed, []byte("canary")) {
		t.Error("the envelope shows its content")
	}
	if bytes.Equal(sealed, oldRing.Seal([]byte("canary"), at)) {
		t.Error("two envelopes of one content are equal: the nonce repeats")
	}
	if plain, err := bothRing.Open(sealed, at); err != nil || string(plain) != "canary" {
		t.Errorf("the second key does not open: %v", err)
	}
	if _, err := newRing.Open(sealed, at); !errors.Is(err, ErrSealed) || !strings.Contains(err.Error(), `"k1"`) {
		t.Errorf("without the key: %v", err)
	}
	// A place must not be told by another cut of the same letters.
	if _, err := oldRing.Open(sealed, Place{"connectionsws_1", "", "conn_1", "sealed_grant"}); !errors.Is(err, ErrSealed) {
		t.Errorf("another place: %v", err)
	}
	for i := range sealed {
		bent := bytes.Clone(sealed)
		bent[i] ^= 1
		if _, err := oldRing.Open(bent, at); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d bent: %v", i, err)
		}
		if _, err := oldRing.Open(sealed[:i], at); !errors.Is(err, ErrSealed) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}

func TestKeyringSignature(t *testing.T) {
	t.Parallel()
	oldRing, otherRing := parse(t, "a:"+NewKey()), parse(t, "a:"+NewKey())
	code := oldRing.Sign("state", "message")
	switch {
	case !oldRing.Verify("state", "message", code):
		t.Error("the own signature is refused")
	case oldRing.Verify("reauthorize", "message", code), oldRing.Verify("statem", "essage", code):
		t.Error("a signature passes for another purpose")
	case otherRing.Verify("state", "message", code), oldRing.Verify("state", "message", nil):
		t.Error("a foreign signature passes")
	}
}

func TestParseKeyringRefuses(t *testing.T) {
	t.Parallel()
	key := NewKey()
	for name, in := range map[string]string{
		"empty": "", "not base64": "hunter2!", "short": "aHVudGVyMg==", "twice": key + "," + key, "same id": "a:" + key + ",a:" + NewKey(),
		"bad id": "a b:" + key, "no id": ":" + key, "trailing comma": key + ",",
	} {
		_, err := ParseKeyring(in)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows the key", name)
		}
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if _, err := LoadKeyFile(path, false); err == nil {
		t.Error("a missing file was accepted")
	}
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			ring, err := LoadKeyFile(path, true)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = ring.String()
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("processes that started at once read different keys: %v", ids)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".admux-key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadKeyFile(path, true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file open to others: %v", err)
	}
}

// S3: a secret does not show itself, however it is printed.
func TestS3_SecretNeverShows(t *testing.T) {
	t.Parallel()
	const canary = "canary-7f3a"
	app := App{ClientSecret: canary, Extra: map[string]Secret{"developer_token": canary}}
	grant := Grant{AccessToken: canary, RefreshToken: canary, Settings: map[string]Secret{"x": canary}}
	var out bytes.Buffer
	for _, v := range []any{Secret(canary), app, &grant, grant, []Secret{canary}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T%v"} {
			_, _ = fmt.Fprintf(&out, verb+"\n", v)
		}
		_ = json.NewEncoder(&out).Encode(v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(out.String(), form) {
			t.Errorf("%q shows in:\n%s", form, out.String())
		}
	}
	if !strings.Contains(out.String(), redacted) {
		t.Error("nothing was printed at all")
	}
	if _, err := Secret(canary).Value(); err == nil || strings.Contains(err.Error(), canary) {
		t.Errorf("SQL takes a secret: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	ring, err := ParseKeyring("k:" + NewKey())
	if err != nil {
		f.Fatal(err)
	}
	at := Place{"t", "w", "r", "c"}
	f.Add([]byte{})
	f.Add([]byte{1, 200, 'k'})
	f.Add(ring.Seal([]byte("x"), Place{"t", "w", "r", "other"}))
	f.Fuzz(func(t *testing.T, in []byte) {
		if _, err := ring.Open(in, at); !errors.Is(err, ErrSealed) {
			t.Errorf("opened: %v", err)
		}
	})
}

func parse(t *testing.T, keys string) *Keyring {
	t.Helper()
	ring, err := ParseKeyring(keys)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}
