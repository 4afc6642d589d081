// Package all lists the platforms: their adapters (all.go) and their simulators (sims.go). These two lists are all that
// a new platform adds outside its own folder.
package all

import (
	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/google"
	"github.com/admux/admux/providers/linkedin"
	"github.com/admux/admux/providers/meta"
)

// All returns a fresh adapter of every platform, in the order in which they are shown.
func All() []providers.Provider {
	return []providers.Provider{
		linkedin.New(),
		google.New(),
		meta.New(),
	}
}
