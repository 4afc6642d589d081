package reports_test

import (
	"testing"
)

// Memory does not grow with rows, in no shape: what has to be put together goes to the disk. Not parallel: it measures.
func TestMemoryIsFlat(t *testing.T) {
	rows := 200_000
	if testing.Short() {
		rows = 60_000
	}
	for _, c := range []struct {
		shape string
		mib   float64 // more than the small report
	}{{"table", 8}, {"table&sort=cost", 32}, {"json", 32}} {
		_, few := download(t, bulk(t, 2_000)+"&format="+c.shape)
		size, lots := download(t, bulk(t, rows)+"&format="+c.shape)
		grown := (float64(lots) - float64(few)) / (1 << 20)
		t.Logf("%s: %d rows, %.0f MiB of answer, heap grown by %.1f MiB", c.shape, rows, float64(size)/(1<<20), grown)
		if grown > c.mib {
			t.Errorf("%s: the heap grew by %.1f MiB, want at most %v", c.shape, grown, c.mib)
		}
	}
}
