package all_test

import (
	"slices"
	"testing"

	"github.com/admux/admux/providers"
	"github.com/admux/admux/providers/all"
)

func TestEveryPlatformHasOneSimulator(t *testing.T) {
	t.Parallel()
	var sims []string
	for _, s := range all.Sims() {
		sims = append(sims, s.ID)
	}
	if ids := providers.NewRegistry(all.All()...).IDs(); !slices.Equal(ids, sims) {
		t.Errorf("adapters %q, simulators %q", ids, sims)
	}
}
