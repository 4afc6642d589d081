package google

import (
	"cmp"
	"log/slog"
	"regexp"
	"time"

	"github.com/admux/admux/providers"
)

const (
	platformID = "googleads"
	apiHost    = "googleads.googleapis.com"
	authHost   = "accounts.google.com"
	oauthHost  = "oauth2.googleapis.com"

	// defaultVersion is the major version whose field names this adapter was written by. A newer one drops and renames
	// fields of its own choosing; none that is used here changed in v26, so that the setting may name it.
	// https://developers.google.com/google-ads/api/docs/release-notes
	defaultVersion = "v25"

	settingVersion = "api_version"
	settingToken   = "developer_token"
	settingLogin   = "login_customer_id"
	settingAccess  = "access_level"
)

// provider is stateless but for the trees of accounts that its connections have walked, and what reports have looked up.
type provider struct {
	forest *forest
	memory *reportMemory
}

// New returns the adapter. It does no I/O.
func New() providers.Provider { return &provider{forest: &forest{}, memory: newReportMemory()} }

// Spec implements providers.Provider. Google publishes the end of a version some months ahead, and has not for this one.
func (p *provider) Spec() providers.Spec {
	return providers.Spec{
		ID:         platformID,
		Name:       "Google Ads",
		APIVersion: defaultVersion,
		DocsURL:    "https://developers.google.com/google-ads/api/docs/start",
		Auth:       authSpec(),
		Hosts:      []string{apiHost, authHost, oauthHost},
		Settings: []providers.Setting{
			{Name: settingVersion, Default: defaultVersion,
				Help: "The major version of the Google Ads API, such as v25 or v26. Google retires each about a year after its release."},
			{Name: settingToken, Secret: true,
				Help: "A developer token. Google has ignored it since September 2026: access belongs to the Cloud project of the OAuth client. It is sent only when it is set."},
			{Name: settingLogin,
				Help: "The manager account to go through, digits only, for a person who has several ways to an account. Without it the managers of the person are tried."},
			{Name: settingAccess,
				Help: "The access level of the Cloud project: test, explorer, basic or standard. It decides how many operations are allowed in 24 hours: 15000, 2880, 15000 or any number. Without it operations are not counted, and Google refuses when they are too many."},
		},
	}
}

var versionForm = regexp.MustCompile(`^v[1-9][0-9]$`)

// Open implements providers.Provider. A setting is the connection's, else the app's.
func (p *provider) Open(conn providers.Conn, deps providers.Deps) (*providers.Session, error) {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	setting := func(name, otherwise string) string {
		return cmp.Or(conn.Settings[name], conn.App.Extra[name], otherwise)
	}
	o := options{
		version: setting(settingVersion, defaultVersion), developerToken: setting(settingToken, ""),
		login: setting(settingLogin, ""), access: setting(settingAccess, ""),
	}
	switch {
	case !versionForm.MatchString(o.version):
		return nil, fault(providers.Invalid, settingVersion, "the setting %s must be a major version such as %s", settingVersion, defaultVersion)
	case o.login != "" && !digits(o.login):
		return nil, fault(providers.Invalid, settingLogin, "the setting %s must be a customer id of digits, without hyphens", settingLogin)
	}
	if _, known := dailyOperations[o.access]; !known && o.access != "" {
		return nil, fault(providers.Invalid, settingAccess, "the setting %s must be test, explorer, basic or standard", settingAccess)
	}
	return session(newClient(p, conn, deps, o)), nil
}

// options are the settings of a session.
type options struct{ version, developerToken, login, access string }
