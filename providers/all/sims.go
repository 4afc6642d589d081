package all

import (
	"net/http"

	google "github.com/admux/admux/providers/google/sim"
	linkedin "github.com/admux/admux/providers/linkedin/sim"
	meta "github.com/admux/admux/providers/meta/sim"
)

// SimOptions are what every simulator is told. Zero fields take the simulator's own defaults.
type SimOptions struct {
	Size                   string // small, medium or large
	ClientID, ClientSecret string // of the one registered app
	RedirectURLs           []string
}

// Sim is one simulated platform: a handler that stands for all of the platform's hosts.
type Sim struct {
	ID  string // the integration type
	New func(SimOptions) http.Handler
}

// Sims lists a simulator for each platform of All, in its order.
func Sims() []Sim {
	return []Sim{
		{ID: "linkedinads", New: func(o SimOptions) http.Handler {
			return linkedin.New(linkedin.Options{
				Size: o.Size, ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURLs,
			})
		}},
		{ID: "googleads", New: func(o SimOptions) http.Handler {
			return google.New(google.Options{
				Size: o.Size, ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURLs,
			})
		}},
		{ID: "metaads", New: func(o SimOptions) http.Handler {
			return meta.New(meta.Options{
				Size: o.Size, ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURIs: o.RedirectURLs, RequireProof: true,
			})
		}},
	}
}
