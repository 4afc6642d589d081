package linkedin

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/admux/admux/providers"
)

const (
	platformID = "linkedinads"
	apiHost    = "api.linkedin.com"
	oauthHost  = "www.linkedin.com"

	settingVersion = "api_version"
)

// provider is stateless but for what it has learnt of the API's versions, which all connections share.
type provider struct {
	versions *versions
	throttle *throttle
}

// New returns the adapter. It does no I/O.
func New() providers.Provider {
	return &provider{versions: &versions{}, throttle: &throttle{}}
}

// Spec implements providers.Provider.
func (p *provider) Spec() providers.Spec {
	v := newestVersion()
	return providers.Spec{
		ID:         platformID,
		Name:       "LinkedIn Ads",
		APIVersion: v.name,
		Sunset:     v.sunset,
		DocsURL:    "https://learn.microsoft.com/linkedin/marketing/",
		Auth:       authSpec(),
		Hosts:      []string{apiHost, oauthHost},
		Settings: []providers.Setting{{
			Name: settingVersion, Default: v.name,
			Help: "The Marketing API version, YYYYMM, sent as LinkedIn-Version. LinkedIn retires each after about a year.",
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
	version := cmp.Or(conn.Settings[settingVersion], newestVersion().name)
	if !plausibleVersion(version) {
		return nil, &providers.Error{
			Kind: providers.Invalid, Platform: platformID, Field: settingVersion,
			Message: "the setting " + settingVersion + " must be a Marketing API version of the form YYYYMM, such as " + newestVersion().name,
		}
	}
	return session(newClient(p, conn, deps, version)), nil
}
