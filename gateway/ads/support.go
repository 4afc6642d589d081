package ads

import (
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// Filters lists the filters of an object that the gateway can apply itself, whatever the platform.
func Filters(o providers.Object) []providers.Filter { return endpointOf(o).filters() }

// Sorts lists what lists of an object can be sorted by.
func Sorts(o providers.Object) []normalize.SortKey { return endpointOf(o).sortKeys() }

// Objects lists every kind of object that has lists, in the document's order.
func Objects() []providers.Object {
	return []providers.Object{providers.ObjectOrganization, providers.ObjectCampaign, providers.ObjectGroup, providers.ObjectAd,
		providers.ObjectCreative, providers.ObjectAsset, providers.ObjectTarget, providers.ObjectPromoted, providers.ObjectInsertionOrder}
}

func (k kind[T]) filters() []providers.Filter {
	if slices.Contains(k.facts, providers.FilterUpdatedSince) {
		return slices.Clone(k.facts)
	}
	return append(slices.Clone(k.facts), providers.FilterUpdatedSince) // nothing is dated: all is left in
}

func (k kind[T]) sortKeys() []normalize.SortKey { return slices.Clone(k.sorts) }
