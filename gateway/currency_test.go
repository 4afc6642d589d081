package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/admux/admux/gateway/rates"
)

// The rates of the configured address reach the store while the gateway runs, and those of the store reach reports.
func TestGateway_currency(t *testing.T) {
	t.Parallel()
	bank := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
			<Cube><Cube time="2020-01-03"><Cube currency="XTS" rate="2.5"/></Cube></Cube></gesmes:Envelope>`))
	}))
	t.Cleanup(bank.Close)
	b := newBed(t, func(c *Config) { c.RatesURL = bank.URL + "/rates.xml" })
	me := b.tenant()
	report := "/ads/" + me.connection + "/report?type=COST&start_gte=2020-01-03&end_lt=2020-01-04&currency="
	if got := b.get(report+"XTS", me.keys["read"]); got.status != 422 || !strings.Contains(got.body, "no reference rate of") || !strings.Contains(got.body, "XTS; it has them of EUR, AUD") {
		t.Errorf("before it was fetched: %d %s", got.status, got.body)
	}
	if err := b.server.rates.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := b.get(report+"XTS", me.keys["read"]); strings.Contains(got.body, "XTS; it has them") {
		t.Errorf("after it was fetched: %d %s", got.status, got.body)
	}
	for query, want := range map[string]int{"EUR&round=currency": 200, "ARS": 422, "euro": 400, "EUR&round=cents": 400} {
		if got := b.get(report+query, me.keys["read"]); got.status != want {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestConfig_ratesURL(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{"": true, rates.DefaultURL: true, "https://u:hunter2@h/x?y=1": true, "ftp://u:hunter2@h/x": false, "hunter2": false, "http://%zz": false} {
		c := Config{RatesURL: address}
		err := c.prepare()
		if told := strings.Contains(err.Error(), "rates URL"); told == ok || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
