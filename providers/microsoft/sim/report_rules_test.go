package sim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/providers/microsoft/sim"
)

func (w *world) submitRaw(request string) reply {
	return w.do(http.MethodPost, "/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+request+`}`)
}

func TestReportsAreHeldToTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	base := w.request("Campaign", "Daily", "2026-11-01", "2026-11-07", "TimePeriod", "CampaignId", "Clicks")
	for name, c := range map[string]struct{ from, to, code string }{
		"fine":                 {"", "", ""},
		"no type":              {`"Type":"CampaignPerformanceReportRequest",`, "", "2002"},
		"another report":       {"CampaignPerformanceReportRequest", "NoSuchReportRequest", "2002"},
		"a report not made":    {"CampaignPerformanceReportRequest", "CallDetailReportRequest", "204"},
		"a column unknown":     {`"Clicks"`, `"Clickz"`, "100"},
		"a column of another":  {`"Clicks"`, `"Clicks","AdId"`, "100"},
		"twice":                {`"Clicks"`, `"Clicks","Clicks"`, "2016"},
		"no statistic":         {`,"Clicks"`, "", "2017"},
		"only a share":         {`"Clicks"`, `"ImpressionSharePercent"`, "2017"},
		"no column":            {`"TimePeriod","CampaignId","Clicks"`, "", "2014"},
		"period in a summary":  {`"Aggregation":"Daily"`, `"Aggregation":"Summary"`, "2034"},
		"both times":           {`"ReportTimeZone"`, `"PredefinedTime":"Yesterday","ReportTimeZone"`, "2008"},
		"end before start":     {`"Day":7`, `"Day":7,"Month":10,"Year":2026},"X":{"Day":1`, "100"},
		"Trap22 the account's": {"AmsterdamBerlinBernRomeStockholmVienna", "AthensBuckarestIstanbul", "100"},
		"Trap22 the report's":  {"AmsterdamBerlinBernRomeStockholmVienna", "AthensIslandanbulMinsk", ""},
		"flags as an array":    {`"Scope"`, `"Filter":{"Status":["Active"]},"Scope"`, "100"},
		"a filter not known":   {`"Scope"`, `"Filter":{"DeviceOS":"Windows"},"Scope"`, "2060"},
		"Trap16 __type":        {`"Type":`, `"__type":"x","Type":`, "100"},
		"shares by OS":         {`"Clicks"`, `"Clicks","DeviceOS","ImpressionSharePercent"`, "2064"},
		"somebody else's":      {`"AccountIds":["` + w.acc.ID, `"AccountIds":["` + w.sim.Accounts()[6].ID, "2003"},
		"no scope":             {`"AccountIds":["` + w.acc.ID + `"]`, `"AccountIds":null`, "2035"},
		"days of the week":     {`"Aggregation":"Daily"`, `"Aggregation":"DayOfWeek"`, "2007"},
	} {
		a := w.submitRaw(strings.Replace(base, c.from, c.to, 1))
		if codeOf(a) != c.code || (a.status == 200) != (c.code == "") {
			t.Errorf("%s: %d %s, want %q", name, a.status, a.text, c.code)
		}
		if a.status != 200 && c.code[0] == '2' && text(a.body, "Type") != "ApiFaultDetail" {
			t.Errorf("%s: %s", name, a.text)
		}
	}
	refused(t, w.submitRaw("null"), 400, "2001")
	for span, code := range map[[2]string]string{
		{"2023-01-01", "2023-02-01"}: "2010", {"2023-11-01", "2024-02-01"}: "2009", {"2026-11-20", "2026-11-25"}: "2010",
		{"2026-12-01", "2026-12-02"}: "2041", {"2026-11-07", "2026-11-01"}: "2011", {"2026-11-24", "2026-11-24"}: "",
	} {
		a := w.submitRaw(w.request("Campaign", "Daily", span[0], span[1], "TimePeriod", "CampaignId", "Clicks"))
		if codeOf(a) != code {
			t.Errorf("%v: %s, want %s", span, a.text, code)
		}
	}
	refused(t, w.submitRaw(w.request("Campaign", "Hourly", "2026-01-01", "2026-01-02", "TimePeriod", "CampaignId", "Clicks")), 400, "2010")
	complete := func(to string) reply {
		return w.submitRaw(strings.Replace(w.request("Campaign", "Daily", "2026-11-20", to, "TimePeriod", "CampaignId", "Clicks"), `"Format"`, `"ReturnOnlyCompleteData":true,"Format"`, 1))
	}
	refused(t, complete("2026-11-24"), 400, "2005")
	if a := complete("2026-11-23"); a.status != 200 {
		t.Error(a.text)
	}
	// 2015: both or none.
	age := strings.Replace(w.request("AgeGender", "Daily", "2026-11-01", "2026-11-07", "TimePeriod", "AgeGroup", "Clicks"), "AgeGenderPerformance", "AgeGenderAudience", 1)
	refused(t, w.submitRaw(age), 400, "2015")
}

// Trap18, Trap23: a report is pending first; its address holds five minutes and
// takes no token; success without one is an empty result.
func TestTrap23AddressesEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	a := w.ok("/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+w.request("Account", "Daily", "2026-11-01", "2026-11-07", "TimePeriod", "AccountId", "Clicks")+`}`)
	body := `{"ReportRequestId":"` + text(a, "ReportRequestId") + `"}`
	first := w.ok("/Reporting/v13/GenerateReport/Poll", body)
	if text(first, "ReportRequestStatus", "Status") != "Pending" || at(first, "ReportRequestStatus", "ReportDownloadUrl") != nil {
		t.Errorf("%v", first)
	}
	done := w.ok("/Reporting/v13/GenerateReport/Poll", body)
	address := text(done, "ReportRequestStatus", "ReportDownloadUrl")
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	req.Header.Set("Authorization", "Bearer "+w.token)
	if x := w.send(req); x.status != 400 {
		t.Errorf("with a token: %d", x.status)
	}
	w.file(address)
	w.sim.Advance(5 * time.Minute)
	req.Header.Del("Authorization")
	if x := w.send(req); x.status != 403 {
		t.Errorf("after five minutes: %d", x.status)
	}
	w.file(text(w.ok("/Reporting/v13/GenerateReport/Poll", body), "ReportRequestStatus", "ReportDownloadUrl"))
	other := *w
	other.token = w.sim.GrantTo(1).Access
	refused(t, other.do(http.MethodPost, "/Reporting/v13/GenerateReport/Poll", body), 400, "2101")
	refused(t, w.do(http.MethodPost, "/Reporting/v13/GenerateReport/Poll", `{"ReportRequestId":"x"}`), 400, "2100")
	w.sim.Advance(24 * time.Hour)
	w.token = w.sim.Grant().Access
	refused(t, w.do(http.MethodPost, "/Reporting/v13/GenerateReport/Poll", body), 400, "2101")
	empty := w.on(5)
	if got := empty.submit(empty.request("Campaign", "Daily", "2026-11-01", "2026-11-07", "TimePeriod", "CampaignId", "Clicks")); got != "" {
		t.Errorf("the empty account's report: %s", got)
	}
	if c := w.control(http.MethodPost, "reports", `{"errors":1,"pending_polls":-1}`); c.status != 204 {
		t.Fatal(c.text)
	}
	a = w.ok("/Reporting/v13/GenerateReport/Submit", `{"ReportRequest":`+w.request("Account", "Daily", "2026-11-01", "2026-11-07", "TimePeriod", "AccountId", "Clicks")+`}`)
	if p := w.ok("/Reporting/v13/GenerateReport/Poll", `{"ReportRequestId":"`+text(a, "ReportRequestId")+`"}`); text(p, "ReportRequestStatus", "Status") != "Error" {
		t.Errorf("%v", p)
	}
}

// Trap17, Trap19: the file is ragged, begins with a byte order mark, and the old
// format has separators of thousands.
func TestTrap19TheFileIsRagged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{Dense: true, Accounts: 1, Campaigns: 4, Groups: 4, Ads: 8, HistoryDays: 100})
	full := w.request("Campaign", "Weekly", "2026-11-01", "2026-11-14", "TimePeriod", "CampaignId", "CampaignName", "Impressions", "Ctr", "Spend", "Revenue", "CostPerConversion", "QualityScore", "ImpressionSharePercent", "Conversions", "ConversionsQualified")
	full = strings.NewReplacer(`"ExcludeReportHeader":true`, `"ExcludeReportHeader":false`, `"ExcludeReportFooter":true`, `"ExcludeReportFooter":false`, `"Format":`, `"ReportName":"x \"y\"","Format":`).Replace(full)
	file := w.file(w.submit(full))
	lines := strings.Split(file, "\r\n")
	if !strings.HasPrefix(file, "\ufeff\"Report Name: x \"\"y\"\"\"") || lines[1] != `"Report Time: 11/1/2026,11/14/2026"` || lines[8] != `"Rows: 8"` || lines[9] != "" {
		t.Errorf("%q", lines[:11])
	}
	if !strings.HasPrefix(lines[10], `"TimePeriod","CampaignId","CampaignName"`) || len(lines) != 22 || lines[19] != "" || !strings.HasPrefix(lines[20], `"©2026`) {
		t.Errorf("%q", lines)
	}
	if !strings.Contains(lines[11], `%"`) || !strings.HasPrefix(lines[11], `"2026-11-01"`) {
		t.Errorf("%s", lines[11])
	}
	if strings.Contains(lines[11], `,000.`) {
		t.Errorf("%s", lines[11])
	}
	old := w.file(w.submit(strings.Replace(full, `"FormatVersion":"2.0"`, `"FormatVersion":null`, 1)))
	if !thousands.MatchString(old) || thousands.MatchString(file) {
		t.Errorf("separators: old %v, new %v", thousands.MatchString(old), thousands.MatchString(file))
	}
	hours := strings.Replace(w.request("Account", "Hourly", "2026-11-01", "2026-11-01", "TimePeriod", "AccountId", "Clicks"), `"2.0"`, `"1.0"`, 1)
	if f := w.file(w.submit(hours)); !strings.Contains(f, `"11/1/2026 12:00:00 AM|7"`) {
		t.Errorf("%.300s", f)
	}
	if !strings.Contains(file, `"--"`) && !strings.Contains(file, `.00"`) {
		t.Errorf("%s", file)
	}
}

// Trap21: Conversions is rounded, row by row; its twin is not.
func TestTrap21ConversionsAreRounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	fraction := false
	for _, r := range w.rows(w.request("Campaign", "Daily", "2026-11-01", "2026-11-20", "TimePeriod", "CampaignId", "Clicks", "Conversions", "ConversionsQualified", "ViewThroughConversions", "AllConversions")) {
		if strings.Contains(r["Conversions"], ".") || len(r["ConversionsQualified"])-strings.Index(r["ConversionsQualified"], ".") != 3 {
			t.Fatalf("%v", r)
		}
		fraction = fraction || !strings.HasSuffix(r["ConversionsQualified"], ".00")
	}
	if !fraction {
		t.Error("all conversions are whole")
	}
}

func TestScopesAndFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	rows := w.rows(w.request("AdGroup", "Summary", "2026-01-01", "2026-11-20", "AdGroupId", "CampaignId", "CampaignStatus", "Status", "Clicks"))
	one := rows[0]
	scope := `"Scope":{"AccountIds":null,"Campaigns":[{"AccountId":"` + w.acc.ID + `","CampaignId":"` + one["CampaignId"] + `"}]}`
	request := w.request("AdGroup", "Summary", "2026-01-01", "2026-11-20", "AdGroupId", "CampaignId", "Clicks")
	got := w.rows(strings.Replace(request, `"Scope":{"AccountIds":["`+w.acc.ID+`"]}`, scope, 1))
	if len(got) == 0 || len(got) >= len(rows) {
		t.Errorf("%d of %d", len(got), len(rows))
	}
	for _, r := range got {
		if r["CampaignId"] != one["CampaignId"] {
			t.Errorf("%v", r)
		}
	}
	// A union: what is named twice counts once.
	both := strings.Replace(scope, `"AccountIds":null`, `"AccountIds":["`+w.acc.ID+`"]`, 1)
	if got := w.rows(strings.Replace(request, `"Scope":{"AccountIds":["`+w.acc.ID+`"]}`, both, 1)); len(got) != len(rows) {
		t.Errorf("union: %d of %d", len(got), len(rows))
	}
	active := w.rows(strings.Replace(request, `"Scope"`, `"Filter":{"CampaignStatus":"Active, BudgetPaused","Status":null},"Scope"`, 1))
	want := 0
	for _, r := range rows {
		if r["CampaignStatus"] == "Active" || r["CampaignStatus"] == "BudgetPaused" {
			want++
		}
	}
	if len(active) != want || want == 0 || want == len(rows) {
		t.Errorf("active: %d, want %d of %d", len(active), want, len(rows))
	}
}

// The widest request that a connector in production is known to send.
func TestAConnectorsReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.Options{})
	rows := w.rows(w.request("Account", "Hourly", "2026-11-18", "2026-11-18", strings.Fields(`AccountId TimePeriod CurrencyCode AdDistribution DeviceType
Network DeliveredMatchType DeviceOS TopVsOther BidMatchType AccountName AccountNumber PhoneImpressions PhoneCalls Clicks Ctr Spend Impressions Assists
ReturnOnAdSpend AverageCpc AveragePosition AverageCpm Conversions ConversionsQualified ConversionRate CostPerAssist CostPerConversion LowQualityClicks
LowQualityClicksPercent LowQualityImpressions LowQualitySophisticatedClicks LowQualityConversions LowQualityConversionRate Revenue RevenuePerAssist
RevenuePerConversion Ptr`)...))
	sameSums(t, "hours", w.sumRows(rows, func(map[string]string) string { return "" }),
		w.ledger("2026-11-18", "2026-11-19", func(map[string]any) string { return "" }))
}
