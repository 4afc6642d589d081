package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// apps are what the environment says of each platform: the app of a single-tenant install, and where the platform is.
type apps struct {
	byType   map[string]providers.App
	baseURLs map[string]string // platform host → base URL of a simulator
}

// variable is the name of a platform's environment variable.
func variable(spec providers.Spec, name string) string {
	return "ADMUX_" + strings.ToUpper(spec.ID) + "_" + strings.ToUpper(name)
}

// readApps reads ADMUX_<TYPE>_… of every platform and tells every fault at once.
func readApps(registry *providers.Registry, env func(string) string) (apps, error) {
	read := apps{byType: map[string]providers.App{}, baseURLs: map[string]string{}}
	var faults []error
	for _, p := range registry.All() {
		spec := p.Spec()
		app := providers.App{
			ClientID:     env(variable(spec, "CLIENT_ID")),
			ClientSecret: env(variable(spec, "CLIENT_SECRET")),
			RedirectURL:  env(variable(spec, "REDIRECT_URL")),
			Extra:        map[string]string{},
		}
		for _, s := range spec.Settings {
			if value := env(variable(spec, s.Name)); value != "" {
				app.Extra[s.Name] = value
			}
		}
		faults = append(faults, checkApp(spec, app)...)
		if app.ClientID != "" {
			read.byType[spec.ID] = app
		}
		if base := env(variable(spec, "BASE_URL")); base != "" {
			if !isAbsolute(base) {
				faults = append(faults, fmt.Errorf("%s: an absolute http or https URL is needed", variable(spec, "BASE_URL")))
			}
			for _, host := range hostsOf(spec) {
				read.baseURLs[host] = strings.TrimRight(base, "/")
			}
		}
	}
	return read, errors.Join(faults...)
}

// checkApp refuses half an app: it would fail at the first consent, in front of a customer.
func checkApp(spec providers.Spec, app providers.App) []error {
	var faults []error
	given := app.ClientID != "" || app.ClientSecret != "" || app.RedirectURL != ""
	if given && app.ClientID == "" {
		faults = append(faults, fmt.Errorf("%s is missing: an app needs it", variable(spec, "CLIENT_ID")))
	}
	if given && app.ClientSecret == "" {
		faults = append(faults, fmt.Errorf("%s is missing: an app needs it", variable(spec, "CLIENT_SECRET")))
	}
	if app.RedirectURL != "" && !isAbsolute(app.RedirectURL) {
		faults = append(faults, fmt.Errorf("%s: an absolute http or https URL is needed", variable(spec, "REDIRECT_URL")))
	}
	for _, s := range spec.Settings {
		if given && s.Required && app.Extra[s.Name] == "" {
			faults = append(faults, fmt.Errorf("%s is missing: %s", variable(spec, s.Name), s.Help))
		}
	}
	return faults
}

// hostsOf lists every host of a platform: those of its API, and those where it authorizes.
func hostsOf(spec providers.Spec) []string {
	hosts := slices.Clone(spec.Hosts)
	for _, raw := range []string{spec.Auth.Endpoint.AuthURL, spec.Auth.Endpoint.TokenURL} {
		if u, err := url.Parse(raw); err == nil && u.Host != "" && !slices.Contains(hosts, u.Host) {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

func isAbsolute(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// appsHelp names each platform's variables, from the platforms' own declarations.
func appsHelp(registry *providers.Registry) string {
	var b strings.Builder
	b.WriteString("Apps at the platforms, for an install with one tenant (a workspace's own app goes before them):\n\n")
	line := func(name, help string) { fmt.Fprintf(&b, "    %-40s %s\n", name, help) }
	for _, p := range registry.All() {
		spec := p.Spec()
		line(variable(spec, "CLIENT_ID"), spec.Name+": client id of the app")
		line(variable(spec, "CLIENT_SECRET"), spec.Name+": its secret")
		line(variable(spec, "REDIRECT_URL"), "exactly as registered there; PUBLIC_URL/oauth/callback otherwise")
		for _, s := range spec.Settings {
			help := s.Help
			if s.Default != "" {
				help += " (" + s.Default + ")"
			}
			line(variable(spec, s.Name), help)
		}
		line(variable(spec, "BASE_URL"), "send the platform's calls to a simulator (`admux sim`)")
	}
	return b.String()
}
