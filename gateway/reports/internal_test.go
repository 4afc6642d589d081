package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

func value(t *rapid.T, name string) normalize.Value {
	s := rapid.StringMatching(`(-?[0-9]{1,25}(\.[0-9]{1,12})?)?`).Draw(t, name)
	if s == "" {
		return normalize.Value{}
	}
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return normalize.Some(d)
}

func sign(n int) int { return min(max(n, -1), 1) }

// Keys compare as what they stand for.
func TestKeysCompareAsTheirValues(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := value(t, "a"), value(t, "b")
		want := 0
		switch {
		case a.OK && b.OK:
			want = a.D.Cmp(b.D)
		case a.OK:
			want = 1
		case b.OK:
			want = -1
		}
		ka, kb := appendNumber(nil, a), appendNumber(nil, b)
		if sign(bytes.Compare(ka, kb)) != want {
			t.Fatalf("%v and %v: %x, %x", a, b, ka, kb)
		}
		x, y := rapid.String().Draw(t, "x"), rapid.String().Draw(t, "y")
		x, y = strings.ReplaceAll(x, "\x00", ""), strings.ReplaceAll(y, "\x00", "")
		if got := sign(bytes.Compare(appendText(nil, x), appendText(nil, y))); got != strings.Compare(x, y) {
			t.Fatalf("%q and %q: %d", x, y, got)
		}
		// No key is the beginning of another, so that what follows decides only between equals.
		if x != y && bytes.HasPrefix(appendID(nil, x), appendID(nil, y)) {
			t.Fatalf("%q begins %q", y, x)
		}
	})
}

func request(level normalize.Level, dims, metrics int) *Request {
	return &Request{Level: level, Dimensions: normalizeDims()[:dims], Metrics: normalize.Metrics()[:metrics]}
}

func normalizeDims() []normalize.Dimension {
	return []normalize.Dimension{normalize.DimensionDevice, normalize.DimensionDate}
}

// A row comes back as it was written.
func TestCodecRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		level := rapid.SampledFrom(normalize.Levels()).Draw(rt, "level")
		req := request(level, rapid.IntRange(0, 2).Draw(rt, "dims"), rapid.IntRange(0, 5).Draw(rt, "metrics"))
		accounts := []*stream.Account{{ID: "1"}, {ID: "22"}}
		c := newCodec(req, accounts)
		for range rapid.IntRange(1, 4).Draw(rt, "rows") {
			n := rapid.IntRange(0, 1).Draw(rt, "account")
			row := stream.Row{Account: accounts[n], Final: rapid.Bool().Draw(rt, "final")}
			row.Organization = normalize.Entity{ID: accounts[n].ID, Name: rapid.String().Draw(rt, "org")}
			for _, l := range level.Above()[1:] {
				*entity(&row, l) = normalize.Entity{ID: rapid.String().Draw(rt, "id"), Name: rapid.String().Draw(rt, "name")}
			}
			row.Currency = rapid.SampledFrom([]string{"", "EUR"}).Draw(rt, "currency")
			row.Date = normalize.Day{Year: 2026, Month: 11, Dom: rapid.IntRange(1, 30).Draw(rt, "day")}
			row.Dims = make([]string, len(req.Dimensions))
			for i := range row.Dims {
				row.Dims[i] = rapid.String().Draw(rt, "dim")
			}
			row.Values = make([]normalize.Value, len(req.Metrics))
			for i := range row.Values {
				row.Values[i] = value(rt, "value")
			}
			b := c.encode(&row, n)
			got, account, err := c.decode(b)
			same := cmp.Comparer(func(a, b normalize.Value) bool { return a.OK == b.OK && a.D.Cmp(b.D) == 0 })
			if err != nil || account != n || !cmp.Equal(*got, row, same, cmp.Comparer(func(a, b *stream.Account) bool { return a == b })) {
				rt.Fatalf("%+v\n%+v\n%v", row, got, err)
			}
		}
	})
}

func FuzzCodec(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3})
	req := request(normalize.LevelAd, 2, 3)
	accounts := []*stream.Account{{ID: "1"}}
	c := newCodec(req, accounts)
	row := stream.Row{Account: accounts[0]}
	row.Dims, row.Values = []string{"a", "b"}, make([]normalize.Value, 3)
	row.Values[1] = normalize.Some(normalize.Int(7))
	f.Add(bytes.Clone(c.encode(&row, 0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, _, err := c.decode(b); err == nil && r.Account == nil {
			t.Fatal("a row without an account")
		}
	})
}

func FuzzKeyOfNumber(f *testing.F) {
	f.Add("1.5", "-1.50")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, err := normalize.ParseDecimal(a)
		if err != nil {
			return
		}
		y, err := normalize.ParseDecimal(b)
		if err != nil {
			return
		}
		if got := sign(bytes.Compare(appendNumber(nil, normalize.Some(x)), appendNumber(nil, normalize.Some(y)))); got != x.Cmp(y) {
			t.Fatalf("%s and %s: %d", x, y, got)
		}
	})
}
