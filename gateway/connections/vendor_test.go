package connections

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// vendor is a platform with a token endpoint and a list of ad accounts, over HTTP. It is strict: a spent or unknown
// token, a wrong client, redirect URL or verifier is refused.
type vendor struct {
	srv *httptest.Server

	mu       sync.Mutex
	rotates  bool              // a refresh spends the old refresh token
	revokes  bool              // a spent refresh token ends the whole grant
	bare     bool              // gives no refresh tokens
	codes    map[string]string // code → what it is bound to
	refresh  map[string]bool   // live refresh tokens
	spent    map[string]bool
	access   map[string]bool // live access tokens
	dead     bool            // the grant was revoked
	life     int             // seconds of an access token
	left     int             // seconds of a refresh token; 0: not told
	accounts []string
	script   []func(http.ResponseWriter) // answers of the next token calls in place of the usual ones
	gate     chan struct{}               // token calls wait for it
	refreshs int                         // refresh calls seen
	revoked  []string
	serial   int
}

func newVendor(t testing.TB) *vendor {
	t.Helper()
	v := &vendor{codes: map[string]string{}, refresh: map[string]bool{}, spent: map[string]bool{}, access: map[string]bool{}, life: 3600, accounts: []string{"acc-1", "acc-2"}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", v.token)
	mux.HandleFunc("POST /revoke", v.revoke)
	mux.HandleFunc("GET /accounts", v.list)
	v.srv = httptest.NewServer(mux)
	t.Cleanup(v.srv.Close)
	return v
}

// with runs f while nothing else touches the vendor.
func (v *vendor) with(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f()
}

func (v *vendor) calls() (n int) {
	v.with(func() { n = v.refreshs })
	return n
}

func (v *vendor) alive(access string) (ok bool) {
	v.with(func() { ok = v.access[access] && !v.dead })
	return ok
}

// grant issues tokens as a consent elsewhere would.
func (v *vendor) grant() (access, refresh string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.issue(true)
}

func (v *vendor) issue(newRefresh bool) (access, refresh string) {
	v.serial++
	access = fmt.Sprintf("canary-access-%d", v.serial)
	v.access[access] = true
	if newRefresh && !v.bare {
		refresh = fmt.Sprintf("canary-refresh-%d", v.serial)
		v.refresh[refresh] = true
	}
	return access, refresh
}

// code stands for a person's consent on the page that the URL names: a code bound to what was asked.
func (v *vendor) code(challenge, redirect string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.serial++
	code := fmt.Sprintf("canary-code-%d", v.serial)
	v.codes[code] = challenge + " " + redirect
	return code
}

func (v *vendor) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	refreshing := r.PostForm.Get("grant_type") == "refresh_token"
	v.mu.Lock()
	if refreshing {
		v.refreshs++
	}
	var scripted func(http.ResponseWriter)
	if len(v.script) > 0 {
		scripted, v.script = v.script[0], v.script[1:]
	}
	gate := v.gate
	v.mu.Unlock()
	if gate != nil {
		<-gate
	}
	if scripted != nil {
		scripted(w)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.PostForm.Get("client_id") != "client" || r.PostForm.Get("client_secret") != "canary-client-secret" {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	var access, refresh string
	if refreshing {
		old := r.PostForm.Get("refresh_token")
		if v.spent[old] && v.revokes {
			v.dead = true
		}
		if v.dead || !v.refresh[old] {
			refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		if v.rotates {
			delete(v.refresh, old)
			v.spent[old] = true
		}
		if access, refresh = v.issue(v.rotates); refresh == "" {
			refresh = old
		}
	} else {
		code := r.PostForm.Get("code")
		sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if bound := base64.RawURLEncoding.EncodeToString(sum[:]) + " " + r.PostForm.Get("redirect_uri"); v.codes[code] != bound {
			refuse(w, http.StatusBadRequest, "invalid_grant")
			return
		}
		delete(v.codes, code)
		access, refresh = v.issue(true)
	}
	out := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": v.life, "scope": "ads_read"}
	if refresh != "" && !v.bare {
		out["refresh_token"] = refresh
		if v.left > 0 {
			out["refresh_token_expires_in"] = v.left
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":%q,"error_description":"said the vendor"}`, code)
}

func (v *vendor) revoke(_ http.ResponseWriter, r *http.Request) {
	v.with(func() { v.revoked = append(v.revoked, r.PostFormValue("token")) })
}

func (v *vendor) list(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] || v.dead {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	_ = json.NewEncoder(w).Encode(v.accounts)
}

const (
	apiHost  = "api.vendor.example"
	authHost = "auth.vendor.example"
)

// adapter is the vendor's provider.
type adapter struct {
	pkce, rotates bool
	whole         bool // a revocation ends everything of the same person and app
	margin        time.Duration
}

func (a adapter) Spec() providers.Spec {
	return providers.Spec{ID: "vendorads", Name: "Vendor Ads", Hosts: []string{apiHost},
		Settings: []providers.Setting{{Name: "developer_token", Secret: true}, {Name: "login"}},
		Auth: providers.AuthSpec{
			Endpoint: oauth2.Endpoint{AuthURL: "https://" + authHost + "/consent?theme=dark", TokenURL: "https://" + authHost + "/token"},
			Scopes:   []string{"ads_read", "ads_report"}, Optional: []string{"profile"}, PKCE: a.pkce, Rotates: a.rotates, RefreshMargin: a.margin, WholeGrant: a.whole,
			Params: map[string]string{"prompt": "consent"},
			Revoke: func(ctx context.Context, _ providers.App, client *http.Client, tok *oauth2.Token) error {
				req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+authHost+"/revoke", strings.NewReader("token="+tok.RefreshToken))
				if err != nil {
					return err
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				res, err := client.Do(req)
				if err == nil {
					err = res.Body.Close()
				}
				return err
			},
		}}
}

func (a adapter) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	list := func(ctx context.Context, _ providers.ListQuery) (providers.Page[normalize.Organization], error) {
		var page providers.Page[normalize.Organization]
		for try := 0; ; try++ {
			tok, err := conn.Tokens.Token(ctx)
			if err != nil {
				return page, err
			}
			ids, status, err := fetchAccounts(ctx, deps.HTTP, tok.AccessToken)
			if status == http.StatusUnauthorized && try == 0 {
				if err := conn.Tokens.Reject(ctx, tok); err != nil {
					return page, err
				}
				continue
			}
			if err != nil {
				return page, err
			}
			for _, id := range ids {
				page.Items = append(page.Items, normalize.Organization{ID: id, Name: "Account " + id, Currency: "EUR", Timezone: "UTC"})
			}
			return page, nil
		}
	}
	return &providers.Session{Organizations: providers.Collection[normalize.Organization]{MaxPage: 100, List: list}}, nil
}

func fetchAccounts(ctx context.Context, client *http.Client, access string) (ids []string, status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+apiHost+"/accounts", nil)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+access)
	res, err := client.Do(req)
	if err != nil {
		return nil, 0, &providers.Error{Kind: providers.Unavailable, Platform: "vendorads", Message: "not reached"}
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusUnauthorized:
		err = &providers.Error{Kind: providers.Unauthorized, Platform: "vendorads", Message: "token refused"}
	case res.StatusCode != http.StatusOK:
		err = &providers.Error{Kind: providers.Unavailable, Platform: "vendorads", Message: "odd status"}
	default:
		err = json.NewDecoder(res.Body).Decode(&ids)
	}
	return ids, res.StatusCode, err
}
