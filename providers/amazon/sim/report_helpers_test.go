package sim_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// config is a report's configuration.
func config(product, kind, by, columns, unit string) string {
	list := func(s string) string {
		b, _ := json.Marshal(strings.Fields(s))
		return string(b)
	}
	return fmt.Sprintf(`{"adProduct":%q,"reportTypeId":%q,"groupBy":%s,"columns":%s,"timeUnit":%q,"format":"GZIP_JSON"}`, product, kind, list(by), list(columns), unit)
}

func (w *world) create(from, to, conf string) answer {
	w.t.Helper()
	return w.call("POST", "/reporting/reports", fmt.Sprintf(`{"name":"n","startDate":%q,"endDate":%q,"configuration":%s}`, from, to, conf),
		"Content-Type", "application/vnd.createasyncreportrequest.v3+json")
}

// finish looks at a report until it is done.
func (w *world) finish(id string) answer {
	w.t.Helper()
	for range 10 {
		a := w.call("GET", "/reporting/reports/"+id, "")
		if a.status != 200 {
			w.t.Fatalf("%d %s", a.status, a.text)
		}
		if s := text(a.body, "status"); s != "PENDING" && s != "PROCESSING" {
			return a
		}
	}
	w.t.Fatal("the report does not finish")
	return answer{}
}

func (w *world) report(from, to, conf string) []map[string]any {
	w.t.Helper()
	a := w.create(from, to, conf)
	if a.status != 200 || text(a.body, "status") != "PENDING" {
		w.t.Fatalf("create: %d %s", a.status, a.text)
	}
	done := w.finish(text(a.body, "reportId"))
	return unpack(w.t, w.call("GET", text(done.body, "url"), "", "Authorization", "-"))
}

type truth struct{ impressions, clicks, cost, conversions, value *big.Rat }

func (x truth) String() string {
	return fmt.Sprint(x.impressions.FloatString(0), x.clicks.FloatString(0), " ", x.cost.FloatString(2), " ", x.conversions.FloatString(0), " ", x.value.FloatString(2))
}

func newTruth() truth {
	return truth{new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)}
}

func plus(r *big.Rat, s string) {
	if s == "" {
		return
	}
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	r.Add(r, v)
}

// ledger is the truth of a profile by key, which makes one of a line.
func (w *world) ledger(from, to string, key func(line map[string]any) string) map[string]truth {
	w.t.Helper()
	end, _ := time.Parse(time.DateOnly, to)
	a := w.call("GET", "/_sim/ledger?org="+w.org.ID+"&from="+from+"&to="+end.AddDate(0, 0, 1).Format(time.DateOnly), "")
	out := map[string]truth{}
	for line := range strings.Lines(a.text) {
		m, _ := decode(line)
		k := key(m)
		if _, ok := out[k]; !ok {
			out[k] = newTruth()
		}
		for f, r := range map[string]*big.Rat{"impressions": out[k].impressions, "clicks": out[k].clicks, "cost": out[k].cost, "conversions": out[k].conversions, "conversion_value": out[k].value} {
			plus(r, text(m, f))
		}
	}
	return out
}

func sums(rows []map[string]any, key func(map[string]any) string, orders, sales string) map[string]truth {
	out := map[string]truth{}
	for _, m := range rows {
		k := key(m)
		if _, ok := out[k]; !ok {
			out[k] = newTruth()
		}
		for f, r := range map[string]*big.Rat{"impressions": out[k].impressions, "clicks": out[k].clicks, "cost": out[k].cost, orders: out[k].conversions, sales: out[k].value} {
			plus(r, text(m, f))
		}
	}
	return out
}
