package guard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/admux/admux/gateway/problem"
	"github.com/admux/admux/gateway/rates"
	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// memory keeps limits and rates, or is away.
type memory struct {
	limits    map[string]string
	rates     map[string]string // of one euro
	away      error
	ratesAway error
	spends    []store.Spend
	clock     int64
}

func (m *memory) Guardrail(_ context.Context, ws, conn string) (json.RawMessage, error) {
	return json.RawMessage(m.limits[ws+"/"+conn]), m.away
}

func (m *memory) PutGuardrail(_ context.Context, ws, conn string, l json.RawMessage) error {
	m.limits[ws+"/"+conn] = string(l)
	return m.away
}

func today() normalize.Day { return normalize.Day{Year: 2026, Month: 11, Dom: 24} }

func (m *memory) PutRates(context.Context, []store.Rate) (int64, error) { return 0, nil }

func (m *memory) Rates(_ context.Context, currencies []string, _, _ normalize.Day) ([]store.Rate, error) {
	var out []store.Rate
	for _, c := range currencies {
		if r, ok := m.rates[c]; ok {
			d, _ := normalize.ParseDecimal(r)
			out = append(out, store.Rate{Currency: c, Day: today(), PerEuro: d})
		}
	}
	return out, m.ratesAway
}

func (m *memory) RateSpans(context.Context) (map[string]store.RateSpan, error) {
	out := map[string]store.RateSpan{}
	for c := range m.rates {
		out[c] = store.RateSpan{First: today().Add(-100), Last: today()}
	}
	return out, m.ratesAway
}

func service(t *testing.T, m *memory) *Service {
	t.Helper()
	if m.limits == nil {
		m.limits = map[string]string{}
	}
	r, err := rates.New(rates.Config{Store: m})
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Store: m, Rates: r.Table, Now: func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }})
}

func dec(s string) normalize.Decimal {
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

func budget(amount string, p normalize.BudgetPeriod) []Budget {
	return []Budget{{Field: "budget_amount", Amount: dec(amount), Period: p}}
}

func in(currency string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return currency, nil }
}

const daily, monthly, total, lifetime = normalize.BudgetPeriodDaily, normalize.BudgetPeriodMonthly, normalize.BudgetPeriodTotal, normalize.BudgetPeriodLifetime

func TestCheck(t *testing.T) {
	t.Parallel()
	confirm := dec("600")
	for name, c := range map[string]struct {
		limits, of string // of the workspace, of the connection
		change     Change
		refused    string // what the refusal says; "" for none
	}{
		"nothing is set":                     {"", "", Change{After: budget("1000000", daily), Activates: true, Removes: true}, ""},
		"ten times":                          {"", "", Change{Before: budget("50", daily), After: budget("500", daily)}, ""},
		"over ten times":                     {"", "", Change{Before: budget("50", daily), After: budget("500.01", daily)}, "confirm=500.01"},
		"confirmed":                          {"", "", Change{Before: budget("50", daily), After: budget("600.00", daily), Confirm: &confirm}, ""},
		"another amount is confirmed":        {"", "", Change{Before: budget("50", daily), After: budget("6000", daily), Confirm: &confirm}, "confirm=6000"},
		"from nothing":                       {"", "", Change{Before: budget("0", daily), After: budget("1", daily)}, "confirm=1"},
		"a lifetime becomes a day":           {"", "", Change{Before: budget("50", lifetime), After: budget("50", daily)}, "confirm=50"},
		"two words for one":                  {"", "", Change{Before: budget("50", lifetime), After: budget("60", total)}, ""},
		"the daily limit":                    {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("100", daily), Currency: in("EUR")}, ""},
		"over the daily limit":               {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("100.01", daily), Currency: in("EUR")}, "max_daily_budget is 100 EUR"},
		"over the connection's":              {`{"max_daily_budget":100,"currency":"EUR"}`, `{"max_daily_budget":10,"currency":"EUR"}`, Change{After: budget("11", daily), Currency: in("EUR")}, "max_daily_budget is 10 EUR"},
		"the connection's does not lift":     {`{"max_daily_budget":100,"currency":"EUR"}`, `{"max_daily_budget":1000,"currency":"EUR"}`, Change{After: budget("101", daily), Currency: in("EUR")}, "max_daily_budget is 100 EUR"},
		"a lifetime is no day":               {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("500", lifetime), Currency: in("EUR")}, ""},
		"over the lifetime limit":            {`{"max_total_budget":100,"currency":"EUR"}`, "", Change{After: budget("101", lifetime), Currency: in("EUR")}, "max_total_budget"},
		"a month by its days":                {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("2801", monthly), Currency: in("EUR")}, "max_daily_budget"},
		"of a time that is not told":         {`{"max_total_budget":100,"currency":"EUR"}`, "", Change{After: budget("101", ""), Currency: in("EUR")}, "max_total_budget"},
		"in yen, under":                      {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("16000", daily), Currency: in("JPY")}, ""},
		"in yen, over":                       {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("16001", daily), Currency: in("JPY")}, "16001 JPY"},
		"in a currency without rates":        {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("1", daily), Currency: in("XXX")}, "XXX"},
		"in a currency that nobody knows":    {`{"max_daily_budget":100,"currency":"EUR"}`, "", Change{After: budget("1", daily), Currency: in("")}, "currency"},
		"unchanged, and over":                {`{"max_daily_budget":1,"currency":"EUR"}`, "", Change{Before: budget("5", daily), After: budget("5.0", daily), Currency: in("EUR")}, ""},
		"unchanged, over, and switched on":   {`{"max_daily_budget":1,"currency":"EUR"}`, "", Change{Before: budget("5", daily), After: budget("5.0", daily), Activates: true, Currency: in("EUR")}, "max_daily_budget"},
		"the ratio":                          {`{"max_budget_change_ratio":1.5}`, "", Change{Before: budget("10", daily), After: budget("15", daily)}, ""},
		"over the ratio":                     {`{"max_budget_change_ratio":1.5}`, "", Change{Before: budget("10", daily), After: budget("15.01", daily)}, "max_budget_change_ratio is 1.5"},
		"over the ratio, confirmed":          {`{"max_budget_change_ratio":1.5}`, "", Change{Before: budget("10", daily), After: budget("600", daily), Confirm: &confirm}, "max_budget_change_ratio"},
		"switched on":                        {`{"allow_activate":false}`, "", Change{Activates: true}, "allow_activate"},
		"switched on through the connection": {"", `{"allow_activate":false}`, Change{Activates: true}, "allow_activate"},
		"deleted":                            {`{"allow_delete":false}`, "", Change{Removes: true}, "allow_delete"},
		"may be":                             {`{"allow_delete":true,"allow_activate":true}`, "", Change{Removes: true, Activates: true}, ""},
	} {
		s := service(t, &memory{limits: map[string]string{"ws/": c.limits, "ws/c": c.of}, rates: map[string]string{"JPY": "160"}})
		c.change.Workspace, c.change.Connection = "ws", "c"
		_, err := s.Check(t.Context(), c.change)
		switch {
		case c.refused == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.refused != "" && (err == nil || problem.CodeOf(err) != problem.CodeGuardrail || !strings.Contains(err.Error(), c.refused)):
			t.Errorf("%s: %v, want %q", name, err, c.refused)
		}
	}
}

// W5: without the store, or the rates that a limit needs, nothing passes.
func TestW5_failsClosed(t *testing.T) {
	t.Parallel()
	boom := errors.New("away")
	m := &memory{limits: map[string]string{"ws/": `{"max_daily_budget":100,"currency":"EUR"}`}, rates: map[string]string{"JPY": "160"}, ratesAway: boom}
	s := service(t, m)
	c := Change{Workspace: "ws", Connection: "c", After: budget("1", daily), Currency: in("JPY")}
	if _, err := s.Check(t.Context(), c); problem.CodeOf(err) != problem.CodeUnavailable {
		t.Errorf("without rates: %v", err)
	}
	m.ratesAway, m.away = nil, boom
	if _, err := s.Check(t.Context(), c); problem.CodeOf(err) != problem.CodeUnavailable {
		t.Errorf("without the store: %v", err)
	}
	m.away = nil
	m.limits["ws/"] = `{"max_daily_budget":{"of a later version":1}}`
	if _, err := s.Check(t.Context(), c); problem.CodeOf(err) != problem.CodeUnavailable {
		t.Errorf("with limits that are not understood: %v", err)
	}
	asked := errors.New("the platform does not answer")
	m.limits["ws/"] = `{"max_daily_budget":100,"currency":"EUR"}`
	c.Currency = func(context.Context) (string, error) { return "", asked }
	if _, err := s.Check(t.Context(), c); !errors.Is(err, asked) {
		t.Errorf("without the account's currency: %v", err)
	}
}

func TestHandler(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	m := &memory{}
	h := &Handler{Service: service(t, m), Workspace: func(*gin.Context) string { return "ws" }, Connection: func(_ *gin.Context, id string) error {
		if id != "c" {
			return problem.NotFound("connection")
		}
		return nil
	}}
	e := gin.New()
	e.GET("/g", h.Get)
	e.PUT("/g", h.Put)
	e.GET("/c/:id/g", h.Get)
	e.PUT("/c/:id/g", h.Put)
	do := func(method, path, body string) (int, string) {
		rec := httptest.NewRecorder()
		e.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
		return rec.Code, rec.Body.String()
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{http.MethodGet, "/g", "", 200, "{}"},
		{http.MethodPut, "/g", `{"max_daily_budget":500.50,"currency":"EUR","allow_delete":false}`, 200, `{"max_daily_budget":500.5,"allow_delete":false,"currency":"EUR"}`},
		{http.MethodGet, "/g", "", 200, `{"max_daily_budget":500.5,"allow_delete":false,"currency":"EUR"}`},
		{http.MethodGet, "/c/c/g", "", 200, "{}"},
		{http.MethodPut, "/c/c/g", `{"allow_activate":false}`, 200, `{"allow_activate":false}`},
		{http.MethodPut, "/g", `{"max_budget_change_ratio":2}`, 200, `{"max_budget_change_ratio":2}`},
		{http.MethodGet, "/c/other/g", "", 404, "not_found"},
		{http.MethodPut, "/c/other/g", "{}", 404, "not_found"},
		{http.MethodPut, "/g", `{"max_daily_budget":5}`, 400, "currency"},
		{http.MethodPut, "/g", `{"max_daily_budget":-5,"currency":"eur"}`, 400, "max_daily_budget"},
		{http.MethodPut, "/g", `{"max_budget_change_ratio":0.5}`, 400, "max_budget_change_ratio"},
		{http.MethodPut, "/g", `{"max_daly_budget":5}`, 400, "body"},
	} {
		if status, body := do(c.method, c.path, c.body); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, status, body)
		}
	}
}
