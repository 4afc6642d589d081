package meta

import (
	"cmp"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/admux/admux/providers"
)

const (
	platformID = "metaads"
	apiHost    = "graph.facebook.com"
	dialogHost = "www.facebook.com"

	settingVersion = "api_version"
	// apiVersion is of 29 July 2026. Meta has not said when it ends; a Marketing API version lives for at least 90 days
	// after the next one. https://developers.facebook.com/docs/graph-api/changelog
	apiVersion = "v26.0"
)

// provider is stateless but for which versions it has warned of.
type provider struct{ warned sync.Map }

// New returns the adapter. It does no I/O.
func New() providers.Provider { return &provider{} }

// Spec implements providers.Provider.
func (*provider) Spec() providers.Spec {
	return providers.Spec{
		ID:         platformID,
		Name:       "Meta Ads",
		APIVersion: apiVersion,
		DocsURL:    "https://developers.facebook.com/docs/marketing-api/",
		Auth:       authSpec(),
		Hosts:      []string{apiHost, dialogHost},
		Settings: []providers.Setting{{
			Name: settingVersion, Default: apiVersion,
			Help: "The Marketing API version, as in v26.0, which is part of every path. Meta retires each about half a year after the next one.",
		}},
	}
}

// Open implements providers.Provider.
func (p *provider) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	version := cmp.Or(conn.Settings[settingVersion], apiVersion)
	if !plausibleVersion(version) {
		return nil, fault(providers.Invalid, settingVersion,
			"the setting %s must be a Marketing API version of the form v26.0", settingVersion)
	}
	orgs := make([]string, len(conn.Orgs))
	for i, o := range conn.Orgs {
		id, ok := accountID(o)
		if !ok {
			return nil, fault(providers.Invalid, "org_id", "%q is no ad account of Meta", o)
		}
		orgs[i] = id
	}
	conn.Orgs = orgs
	return session(newClient(p, conn, deps, version)), nil
}

// plausibleVersion takes v26.0: a call without a version is refused, and the setting becomes a part of a path.
func plausibleVersion(s string) bool {
	major, minor, dotted := strings.Cut(strings.TrimPrefix(s, "v"), ".")
	return strings.HasPrefix(s, "v") && dotted && len(major) <= 3 && digitsOnly(major) && len(minor) == 1 && digitsOnly(minor)
}

func digitsOnly(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
