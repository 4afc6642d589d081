package simkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
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
	return d.Decode(v)
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

// ledger answers one fact per ad and day, sorted by day, campaign, group, ad.
func (k *Kit) ledger(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	id, err := strconv.ParseInt(q.Get("org"), 10, 64)
	a := k.World.Account(id)
	if err != nil || a == nil {
		refuse(w, fmt.Errorf("simkit: no account %q", q.Get("org")))
		return
	}
	from, err := ParseDay(q.Get("from"))
	to, err2 := ParseDay(q.Get("to"))
	if err != nil || err2 != nil {
		refuse(w, fmt.Errorf("simkit: from and to are days, YYYY-MM-DD, to exclusive"))
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	now := k.Clock.Now()
	var line []byte
	for d := from; d < to; d++ {
		for ad := range a.AllAds {
			f := k.World.Day(ad, d, now)
			if f.IsZero() {
				continue
			}
			line = appendLedgerLine(line[:0], ad, d, &f)
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	}
}

func appendLedgerLine(b []byte, ad *Ad, d Day, f *Fact) []byte {
	text := func(name, v string) {
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":"`...)
		b = append(b, v...)
		b = append(b, `",`...)
	}
	number := func(name string, v int64) {
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `":`...)
		b = strconv.AppendInt(b, v, 10)
		b = append(b, ',')
	}
	b = append(b, '{')
	a := ad.AccountOf()
	text("org", strconv.FormatInt(a.ID, 10))
	text("campaign", strconv.FormatInt(ad.Group.Campaign.ID, 10))
	text("group", strconv.FormatInt(ad.Group.ID, 10))
	text("ad", strconv.FormatInt(ad.ID, 10))
	text("date", d.String())
	text("currency", a.Currency)
	number("impressions", f[Impressions])
	number("clicks", f[Clicks])
	text("cost", FormatMicros(f[Cost]))
	b = append(b, `"conversions":`...)
	b = AppendMicros(b, f.Conversions())
	b = append(b, ',')
	text("conversion_value", FormatMicros(f[ConversionValue]))
	b[len(b)-1] = '}'
	return append(b, '\n')
}
