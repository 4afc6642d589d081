package linkedin

import (
	"context"
	"maps"
	"slices"

	"github.com/admux/admux/providers"
)

// labelBatch is how many URNs are named in one call, which is tunnelled when that is long.
const labelBatch = 200

// labels names targeting URNs, in English. What LinkedIn does not know stays without a name, and so does everything
// when the grant may not ask: an id is right without its name.
func (c *client) labels(ctx context.Context, urns []string) (map[string]string, error) {
	c.known.mu.Lock()
	out := maps.Clone(c.known.labels)
	c.known.mu.Unlock()
	if out == nil {
		out = map[string]string{}
	}
	slices.Sort(urns)
	var ask []string
	for _, u := range slices.Compact(urns) {
		if _, known := out[u]; !known {
			ask = append(ask, u)
		}
	}
	for chunk := range slices.Chunk(ask, labelBatch) {
		found, err := c.askLabels(ctx, chunk)
		if providers.KindOf(err) == providers.Forbidden {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		for _, u := range chunk {
			out[u] = found[u]
		}
	}
	if len(ask) > 0 {
		c.known.mu.Lock()
		c.known.labels = maps.Clone(out)
		c.known.mu.Unlock()
	}
	return out, nil
}

func (c *client) askLabels(ctx context.Context, urns []string) (map[string]string, error) {
	q := new(query).text("q", "urns").list("urns", urns).add("queryVersion", "QUERY_USES_URNS").add("locale", record("language", "en", "country", "US"))
	entities, _, err := collect(ctx, c, call{methodFinder, "adTargetingEntities", q.String()}, false, entityOf)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(entities))
	for _, e := range entities {
		out[e.URN] = e.Name
	}
	return out, nil
}
