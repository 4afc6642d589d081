package linkedin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/admux/admux/normalize"
)

func TestRestliEncoding(t *testing.T) {
	t.Parallel()
	week := normalize.DayRange{From: normalize.Day{Year: 2026, Month: time.January, Dom: 5}, To: normalize.Day{Year: 2026, Month: time.January, Dom: 12}}
	for _, c := range []struct{ got, want string }{
		{esc("urn:li:sponsoredAccount:5"), "urn%3Ali%3AsponsoredAccount%3A5"},
		{esc("urn:li:staffCountRange:(51,200)"), "urn%3Ali%3AstaffCountRange%3A%2851%2C200%29"},
		{esc("value with spaces"), "value%20with%20spaces"},
		{esc("Zürich's 100%"), "Z%C3%BCrich%27s%20100%25"},
		{esc("a-b_c.d!e~f*g"), "a-b_c.d!e~f*g"},
		{esc(""), "''"},
		{listOf(), "List()"},
		{listOf("a,b", "c"), "List(a%2Cb,c)"},
		{record("status", oneOf("ACTIVE", "PAUSED"), "test", "false"), "(status:(values:List(ACTIVE,PAUSED)),test:false)"},
		{restliRange(week), "(start:(year:2026,month:1,day:5),end:(year:2026,month:1,day:11))"},
		{new(query).add("q", "search").text("query", "r&d=1#x").int("count", 5).fields("id", "name").String(), "q=search&query=r%26d%3D1%23x&count=5&fields=id,name"},
		{new(query).own("search", "(status:(values:List(ACTIVE)))").own("x", "a&b#c d%3A").String(), "search=(status:(values:List(ACTIVE)))&x=a%26b%23c%20d%3A"},
	} {
		if c.got != c.want {
			t.Errorf("got  %s\nwant %s", c.got, c.want)
		}
	}
}

func TestURNs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, tail, kind string }{
		{"urn:li:sponsoredCreative:830000001", "830000001", "sponsoredCreative"},
		{"830000001", "830000001", ""},
		{"urn:li:staffCountRange:(51,200)", "(51,200)", "staffCountRange"},
		{"urn:lla:llaPartnerConversion:104", "104", "llaPartnerConversion"},
		{"urn:li:image:C4E00AQ", "C4E00AQ", "image"},
		{"", "", ""},
		{"urn:li", "li", ""},
	} {
		if tail(c.in) != c.tail || kindOf(c.in) != c.kind {
			t.Errorf("%q: %q, %q", c.in, tail(c.in), kindOf(c.in))
		}
	}
	for id, want := range map[string]bool{
		"9007199254740993": true, "urn:li:sponsoredCampaign:7": true, "urn:li:sponsoredCreative:7": false, "0": false, "007": false,
		"7a": false, "": false, "-7": false, "7/../8": false, "99999999999999999999999": false,
	} {
		if _, ok := numeric(urnCampaign, id); ok != want {
			t.Errorf("numeric(%q) = %v", id, ok)
		}
	}
}

func TestLongQueriesAreTunnelled(t *testing.T) {
	t.Parallel()
	c := &client{}
	short := c.request(call{methodFinder, "adAnalytics", strings.Repeat("x", maxQuery)}, "adAnalytics", "202609")
	if short.Method != http.MethodGet || short.Body != nil || !strings.HasSuffix(short.URL, "/rest/adAnalytics?"+strings.Repeat("x", maxQuery)) {
		t.Errorf("a query of %d characters: %s with a body of %d", maxQuery, short.Method, len(short.Body))
	}
	long := c.request(call{methodFinder, "adAnalytics", strings.Repeat("x", maxQuery+1)}, "adAnalytics", "202609")
	if long.Method != http.MethodPost || string(long.Body) != strings.Repeat("x", maxQuery+1) || strings.Contains(long.URL, "?") ||
		long.Header.Get("X-Http-Method-Override") != "GET" || long.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || long.Write {
		t.Errorf("a longer query: %+v", long)
	}
}
