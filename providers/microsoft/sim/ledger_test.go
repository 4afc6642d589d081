package sim_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"
)

// ledger sums the truth by a key of its lines.
func (w *world) ledger(from, to string, key func(map[string]any) string) map[string]*sums {
	w.t.Helper()
	a := w.control(http.MethodGet, "ledger?org="+w.acc.ID+"&from="+from+"&to="+to, "")
	out := map[string]*sums{}
	scan := bufio.NewScanner(strings.NewReader(a.text))
	for scan.Scan() {
		var line map[string]any
		d := json.NewDecoder(bytes.NewReader(scan.Bytes()))
		d.UseNumber()
		if err := d.Decode(&line); err != nil {
			w.t.Fatal(err)
		}
		k := key(line)
		if out[k] == nil {
			out[k] = newSums()
		}
		out[k].add(text(line, "impressions"), text(line, "clicks"), text(line, "cost"), text(line, "conversions"), text(line, "conversion_value"))
	}
	return out
}

type sums [5]*big.Rat

func newSums() *sums {
	return &sums{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
}

func (s *sums) add(values ...string) {
	for i, v := range values {
		if n, ok := new(big.Rat).SetString(v); ok {
			s[i].Add(s[i], n)
		}
	}
}

func (s *sums) String() string {
	out := ""
	for _, n := range s {
		out += n.FloatString(2) + " "
	}
	return out
}

var kpis = []string{"Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue"}

func (w *world) sumRows(rows []map[string]string, key func(map[string]string) string) map[string]*sums {
	out := map[string]*sums{}
	for _, r := range rows {
		k := key(r)
		if out[k] == nil {
			out[k] = newSums()
		}
		out[k].add(r["Impressions"], r["Clicks"], r["Spend"], r["ConversionsQualified"], r["Revenue"])
	}
	return out
}

func sameSums(t *testing.T, what string, got, want map[string]*sums) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d keys, the ledger has %d", what, len(got), len(want))
	}
	for k, v := range want {
		if got[k] == nil || got[k].String() != v.String() {
			t.Errorf("%s: %s: got %v, the ledger says %v", what, k, got[k], v)
			return
		}
	}
}
