package simkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Kit is what every simulator is made of. The platform's sim fills it and
// serves through Handler.
type Kit struct {
	World  *World
	Clock  *Clock
	OAuth  *OAuth
	Faults *Faults
	Calls  *Calls
	// LedgerIDs spells an ad's ids as the platform's wire does; nil is the bare
	// numbers.
	LedgerIDs func(ad *Ad) LedgerIDs
	// LoadedIDs spells a loaded campaign's and group's ids in the answer of
	// /_sim/load (the group is nil for the campaign alone); nil is the bare
	// numbers.
	LoadedIDs func(c *Campaign, g *Group) string
	// OnLoad renders an account that World.Load has just added, so that the
	// platform shows it and the first member administers it; nil refuses
	// POST /_sim/load.
	OnLoad func(a *Account, l *Load) error
	// CheckLoad refuses what this platform cannot hold before anything is
	// added; nil takes everything.
	CheckLoad func(l *Load) error
	// Extra are further control paths of this platform, below /_sim/.
	Extra map[string]http.Handler
}

// Handler serves the control paths and, behind the call log and the fault plan,
// the platform.
func (k *Kit) Handler(platform http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sim/ledger", k.ledger)
	mux.HandleFunc("POST /_sim/fault", k.arm)
	mux.HandleFunc("DELETE /_sim/fault", func(w http.ResponseWriter, _ *http.Request) {
		k.Faults.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sim/advance", k.advance)
	mux.HandleFunc("GET /_sim/clock", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"now": k.Clock.Now()})
	})
	mux.HandleFunc("GET /_sim/calls", k.calls)
	mux.HandleFunc("DELETE /_sim/calls", func(w http.ResponseWriter, _ *http.Request) {
		k.Calls.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_sim/oauth", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"settings": k.OAuth.Settings(), "counts": k.OAuth.Counts()})
	})
	mux.HandleFunc("POST /_sim/oauth", k.oauth)
	mux.HandleFunc("POST /_sim/load", k.load)
	for path, h := range k.Extra {
		mux.Handle("/_sim/"+path, h)
	}
	served := k.Calls.log(k.Clock, k.Faults.wrap(platform))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) >= 6 && r.URL.Path[:6] == "/_sim/" {
			mux.ServeHTTP(w, r)
			return
		}
		served.ServeHTTP(w, r)
	})
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // a client that left is no error of ours
}

func refuse(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
}

func decode(r *http.Request, v any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("simkit: something follows the JSON value")
	}
	return nil
}

func (k *Kit) arm(w http.ResponseWriter, r *http.Request) {
	var f Fault
	err := decode(r, &f)
	if err == nil {
		err = k.Faults.Arm(f)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (k *Kit) advance(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Duration string `json:"duration"`
	}
	err := decode(r, &in)
	var d time.Duration
	if err == nil {
		d, err = time.ParseDuration(in.Duration)
	}
	if err == nil && d < 0 {
		err = fmt.Errorf("simkit: time does not go back (%s)", in.Duration)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	k.Clock.Advance(d)
	reply(w, map[string]any{"now": k.Clock.Now()})
}

func (k *Kit) calls(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, c := range k.Calls.All() {
		if enc.Encode(c) != nil {
			return
		}
	}
}

// oauthChange is the body of POST /_sim/oauth: any of the settings, and what
// should end now.
type oauthChange struct {
	OAuthSettings
	Revoke string `json:"revoke"`
	Expire string `json:"expire"`
}

func (k *Kit) oauth(w http.ResponseWriter, r *http.Request) {
	in := oauthChange{OAuthSettings: k.OAuth.Settings()}
	err := decode(r, &in) // what the body does not name keeps its value
	if err == nil && in.Revoke != "" {
		err = k.OAuth.End(in.Revoke, false)
	}
	if err == nil && in.Expire != "" {
		err = k.OAuth.End(in.Expire, true)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	k.OAuth.Configure(func(s *OAuthSettings) { *s = in.OAuthSettings })
	reply(w, map[string]any{"settings": k.OAuth.Settings(), "counts": k.OAuth.Counts()})
}
