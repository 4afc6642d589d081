package sim

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// call is one request of the API on its way.
type call struct {
	s        *Sim
	op       *operation
	in       obj
	user     *user
	acc      *account // by the CustomerAccountId header; nil in Customer Management
	customer string
	token    simkit.Token
	now      time.Time
	base     string // scheme and host that the client used
}

// handler answers one operation. It runs under the simulator's lock.
type handler func(*call) (answer, *fault)

// guid is a GUID that is its own for each request.
func (s *Sim) guid(salt uint64) string {
	a, b := simkit.Hash(s.opts.Seed, 31, salt), simkit.Hash(s.opts.Seed, 32, salt)
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a), uint16(a>>32), uint16(a>>48)&0xfff, uint16(b)&0x3fff|0x8000, b>>16)
}

// stamp sets what every answer carries.
func (s *Sim) stamp(h http.Header) { h.Set("TrackingId", s.guid(s.served.Add(1))) }

func baseOf(r *http.Request) string {
	scheme := "http"
	if p := r.Header.Get("X-Forwarded-Proto"); p == "https" || r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case parts[0] == "storage":
		s.download(w, r)
		return
	case len(parts) == 4 && parts[1] == "oauth2" && parts[2] == "v2.0":
		s.identity(w, r, parts[0], parts[3])
		return
	}
	if old, ok := soapServices[r.URL.Path]; ok {
		s.soap(w, r, old[0], old[1])
		return
	}
	s.stamp(w.Header())
	methods := s.tab.ops[strings.TrimSuffix(r.URL.Path, "/")]
	if methods == nil {
		http.Error(w, "The resource cannot be found.", http.StatusNotFound)
		return
	}
	op := methods[r.Method]
	if op == nil {
		w.Header().Set("Allow", "POST, PUT, DELETE")
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	simkit.Annotate(r.Context(), func(c *simkit.Call) { c.Operation, c.Version = op.name, "v13" })
	out, asked, f := s.answer(op, r)
	if f != nil {
		s.fail(w, op.service, f)
		return
	}
	s.send(w, http.StatusOK, s.tab.render(out, asked))
}

func (s *Sim) send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) // a client that left is no error of ours
}

func (s *Sim) fail(w http.ResponseWriter, service string, f *fault) {
	s.send(w, f.status, appendJSON(nil, s.envelope(service, w.Header().Get("TrackingId"), f)))
}

func (s *Sim) answer(op *operation, r *http.Request) (answer, map[string]bool, *fault) {
	c := &call{s: s, op: op, now: s.kit.Clock.Now(), base: baseOf(r)}
	if f := s.authenticate(c, r); f != nil {
		return nil, nil, f
	}
	if f := s.limits.take(c); f != nil {
		return nil, nil, f
	}
	body, err := simkit.ReadBody(r)
	if err != nil || simkit.MediaType(r) != "application/json" || r.URL.RawQuery != "" {
		return nil, nil, unparsable("$")
	}
	if s.ops[op.name] == nil || op.in == nil {
		return nil, nil, &fault{status: http.StatusBadRequest, code: 204, message: "The simulator does not serve " + op.name + "."}
	}
	in, f := s.tab.parse(op, body)
	if f != nil {
		return nil, nil, f
	}
	c.in = in
	out, f := s.run(c)
	return out, flagSet(in["ReturnAdditionalFields"]), f
}

// run is a call whose caller and words are known to be good.
func (s *Sim) run(c *call) (answer, *fault) {
	in, op := c.in, c.op
	if id, ok := in["AccountId"].(string); c.acc != nil && op.in.byName["AccountId"] != nil && (!ok || id != c.acc.id) {
		return nil, refuse(1102, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if writing(op.name) && !c.user.writes() {
		if op.service == "CustomerManagement" {
			return nil, refuse(1001, "")
		}
		return nil, general(http.StatusForbidden, 106, "")
	}
	return s.ops[op.name](c)
}

func writing(op string) bool {
	return strings.HasPrefix(op, "Add") || strings.HasPrefix(op, "Update") || strings.HasPrefix(op, "Delete")
}

// given is a header's value; the Python client writes "None" for one it has not.
func given(r *http.Request, name string) string {
	v := strings.TrimSpace(r.Header.Get(name))
	if v == "None" {
		return ""
	}
	return v
}

// authenticate checks token, developer token and, but for Customer Management,
// the pair of customer and account.
func (s *Sim) authenticate(c *call, r *http.Request) *fault {
	if r.Header.Get("Authorization") == "" || given(r, "DeveloperToken") == "" {
		return general(http.StatusBadRequest, 116, "")
	}
	token, ok := simkit.Bearer(r)
	if !ok || given(r, "DeveloperToken") != s.opts.DeveloperToken {
		return general(http.StatusUnauthorized, 105, "")
	}
	t, state := s.kit.OAuth.Check(token)
	switch {
	case state == simkit.TokenExpired:
		return general(http.StatusUnauthorized, 109, "")
	case state != simkit.TokenActive || !manages(t.Scopes):
		return general(http.StatusUnauthorized, 105, "")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.token, c.user = t, s.userOf(t.Member.ID)
	c.customer = c.user.customer
	if c.op.service == "CustomerManagement" || c.op.service == "CustomerBilling" {
		return nil
	}
	return s.pair(c, given(r, "CustomerId"), given(r, "CustomerAccountId"))
}

func (s *Sim) pair(c *call, customer, accountID string) *fault {
	missing := map[bool]int{customer == "": 1029, accountID == "": 1030}[true]
	if missing != 0 && c.op.service != "CampaignManagement" {
		return general(http.StatusBadRequest, 116, "")
	}
	if missing != 0 {
		return refuse(missing, "")
	}
	a := s.accountOf(accountID)
	switch {
	case a == nil || !c.user.sees(a) || !s.customerFor(c.user, a, customer):
		return general(http.StatusForbidden, 106, "")
	case a.str("AccountLifeCycleStatus") != "Active":
		return general(http.StatusUnauthorized, 105, "") // trap: looks like bad credentials
	}
	c.acc, c.customer = a, customer
	return nil
}
