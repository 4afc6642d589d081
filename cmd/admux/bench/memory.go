package main

import (
	"context"
	"fmt"
	"net/http/httptest"
)

// memoryOf measures P4: the peak of a small report and of one of many more days, of as many ads. Here the simulator
// answers itself: what it costs is nobody's memory but its own.
func (b *bench) memoryOf(ctx context.Context, t *table, name string) error {
	const ads, few = 10_000, 10
	p := newPlatform(name, size{ads: ads}.world())
	srv := httptest.NewServer(p.handler)
	defer srv.Close()
	var peaks [2]cost
	for i, days := range []int{few, b.long / ads} {
		of := size{ads: ads, days: days}
		b.note("%s: the memory of a report of %d rows", name, of.rows())
		var err error
		if peaks[i], err = b.measure(ctx, newTape(p), srv.URL, of, ""); err != nil {
			return err
		}
	}
	small, large := peaks[0], peaks[1]
	ratio := large.peak / small.peak
	t.add(figure{id: "P4", what: fmt.Sprintf("%s: peak of %d rows", name, large.rows), ours: fmt.Sprintf("%.0f MiB", large.peak),
		beside: fmt.Sprintf("%d rows %.0f MiB", small.rows, small.peak), ratio: ratio, goal: "≤ 1.1, ≤ 96 MiB", met: ratio <= 1.1 && large.peak <= 96})
	return nil
}
