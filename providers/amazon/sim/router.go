package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// route is one operation of an API host.
type route struct {
	family     family
	media      string // vendor type of the body; empty: any JSON
	accept     string // of the answer, where it differs
	plainBody  bool   // application/json is taken for the body too
	needAccept bool   // but then the vendor's Accept must be there
	anyAccept  bool
	noProfile  bool // no Scope header
	write      bool
	product    string // which ad product must be open to the profile
	scope      string // the OAuth scope; empty is campaign_management
	weight     int
	kind       *kind
	serve      func(*call) (any, *fault)
}

// routes is the table of everything that the API hosts answer.
func (s *Sim) routes() *http.ServeMux {
	mux := http.NewServeMux()
	add := func(pattern string, rt route) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.run(w, r, pattern, &rt) })
	}
	s.accountRoutes(add)
	s.entityRoutes(add)
	s.reportRoutes(add)
	s.exportRoutes(add)
	s.assetRoutes(add)
	s.creativeRoutes(add)
	s.searchRoutes(add)
	s.extraRoutes(add)
	return mux
}

type adder = func(pattern string, rt route)

func (s *Sim) accountRoutes(add adder) {
	add("GET /v2/profiles", route{family: old, noProfile: true, serve: s.listProfiles})
	add("GET /v2/profiles/{id}", route{family: old, noProfile: true, serve: s.getProfile})
	add("PUT /v2/profiles", route{family: old, noProfile: true, serve: s.putProfiles})
	add("POST /adsAccounts/list", route{family: old, noProfile: true, media: "application/vnd.listaccountsresource.v1+json", serve: s.listAdsAccounts})
	add("GET /managerAccounts", route{family: old, noProfile: true, serve: func(*call) (any, *fault) {
		return obj{"managerAccounts": []any{}}, nil
	}})
	add("GET /brands", route{family: old, media: "application/vnd.brand.v3+json", serve: s.listBrands})
}

func (s *Sim) listBrands(c *call) (any, *fault) {
	if c.prof.subType == "KDP_AUTHOR" {
		return []any{}, nil
	}
	return []any{obj{"brandId": "A1" + itoa(c.prof.id%100000), "brandEntityId": c.prof.brand, "brandRegistryName": "ACME"}}, nil
}

// regions are the API hosts' names in the real world.
var regionHosts = map[string]string{
	"advertising-api.amazon.com": "na", "advertising-api-eu.amazon.com": "eu", "advertising-api-fe.amazon.com": "fe",
}

// splitRegion tells the region of a request and its path on the region's host.
func splitRegion(r *http.Request) (region, path string) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "na", "eu", "fe":
		return first, "/" + rest
	}
	if region = regionHosts[strings.ToLower(r.Host)]; region != "" {
		return region, r.URL.Path
	}
	return "na", r.URL.Path
}

func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	region, path := splitRegion(r)
	switch {
	case path == "/ap/oa":
		s.consent(w, r)
		return
	case path == "/auth/o2/token":
		s.token(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/s3/"):
		s.storage(w, r)
		return
	}
	r2 := r.Clone(r.Context())
	r2.URL.Path, r2.URL.RawPath = path, ""
	if _, pattern := s.mux.Handler(r2); pattern == "" {
		s.stamp(w.Header())
		s.unknown(w, path)
		return
	}
	r2.Header.Set("X-Sim-Region", region)
	s.mux.ServeHTTP(w, r2)
}

// dead are paths that old clients still call.
var dead = []string{"/v2/sp/", "/v2/hsa/", "/sb/beta/", "/sb/campaigns", "/sb/adGroups", "/v2/portfolios", "/v2/campaigns"}

func (s *Sim) unknown(w http.ResponseWriter, path string) {
	for _, d := range dead {
		if strings.HasPrefix(path, d) {
			writeJSON(w, http.StatusNotFound, obj{"code": "404", "details": "This version of the API has been shut off", "requestId": w.Header().Get("X-Amz-Rid")})
			return
		}
	}
	writeJSON(w, http.StatusNotFound, obj{"message": "Not Found"})
}

// run settles who calls, for what, and answers.
func (s *Sim) run(w http.ResponseWriter, r *http.Request, pattern string, rt *route) {
	s.stamp(w.Header())
	c := &call{s: s, w: w, r: r, route: rt, region: r.Header.Get("X-Sim-Region"), now: s.kit.Clock.Now(), kind: rt.kind}
	simkit.Annotate(r.Context(), func(k *simkit.Call) { k.Operation, k.Version = pattern, c.region })
	f := c.authenticate()
	if f == nil && !rt.noProfile {
		f = c.scoped()
	}
	if f == nil {
		f = s.limiter.take(c)
	}
	if f == nil {
		f = c.mediaTypes()
	}
	var v any
	if f == nil {
		v, f = rt.serve(c)
	}
	if f != nil {
		for k, x := range f.header {
			w.Header().Set(k, x)
		}
		if text, ok := f.body.(string); ok { // a page of the gateway
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(f.status)
			w.Write([]byte(text))
			return
		}
		writeJSON(w, f.status, f.body)
		return
	}
	c.write(v)
}

func (c *call) write(v any) {
	code := http.StatusOK
	if a, ok := v.(answer); ok {
		code, v = a.status, a.body
		for k, x := range a.header {
			c.w.Header().Set(k, x)
		}
	}
	if c.s.opts.VendorTypes && c.route.media != "" {
		media := c.route.media
		if c.route.accept != "" {
			media = c.route.accept
		}
		c.w.Header().Set("Content-Type", media)
	}
	writeJSON(c.w, code, v)
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		code = http.StatusInternalServerError
	}
	w.WriteHeader(code)
	w.Write([]byte(strings.TrimSuffix(b.String(), "\n"))) // a client that left is no error of ours
}

// stamp sets the ids that every answer carries.
func (s *Sim) stamp(h http.Header) {
	n := s.served.Add(1)
	h.Set("x-amzn-RequestId", uuid(s.opts.Seed, 41, n))
	h.Set("x-amz-rid", letters(20, s.opts.Seed, 42, n))
}

// uuid is a version 4 UUID drawn from its parts.
func uuid(parts ...uint64) string {
	a, b := simkit.Hash(append(parts, 1)...), simkit.Hash(append(parts, 2)...)
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

func letters(n int, parts ...uint64) string {
	const abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	h, b := simkit.Hash(parts...), make([]byte, n)
	for i := range b {
		b[i] = abc[h%36]
		if h /= 36; h < 36 {
			h = simkit.Hash(h, uint64(i), parts[len(parts)-1])
		}
	}
	return string(b)
}
