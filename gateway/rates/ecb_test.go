package rates

import (
	"fmt"
	"strings"
	"testing"

	"github.com/admux/admux/normalize"
)

const head = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>`

const tail = `</Cube>
</gesmes:Envelope>
`

// file is a file of the bank's with the days given, each "2026-11-20 USD 1.15 JPY 180.2".
func file(days ...string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, d := range days {
		w := strings.Fields(d)
		fmt.Fprintf(&b, "\n\t\t<Cube time=%q>", w[0])
		for i := 1; i < len(w); i += 2 {
			fmt.Fprintf(&b, "\n\t\t\t<Cube currency='%s' rate='%s'/>", w[i], w[i+1])
		}
		b.WriteString("</Cube>")
	}
	return b.String() + tail
}

func day(t testing.TB, s string) normalize.Day {
	t.Helper()
	d, err := normalize.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dec(t interface{ Fatal(...any) }, s string) normalize.Decimal {
	d, err := normalize.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse(strings.NewReader(file("2026-11-20 USD 1.1545 JPY 180.20", "2026-11-19 USD 1.15")))
	if err != nil || len(got) != 3 || got[1].Currency != "JPY" || got[1].PerEuro.String() != "180.2" || got[2].Day.String() != "2026-11-19" {
		t.Errorf("%v, %v", got, err)
	}
}

// A file that is not exactly what it should be is none at all.
func TestParseIsStrict(t *testing.T) {
	t.Parallel()
	good := file("2026-11-20 USD 1.1545 JPY 180.20", "2026-11-19 USD 1.15")
	for name, bad := range map[string]string{
		"empty":              "",
		"a page":             "<html><body>Sorry</body></html>",
		"cut":                good[:len(good)-20],
		"cut in a day":       good[:strings.Index(good, "JPY")],
		"more after it":      good + "<x/>",
		"two files":          good + good,
		"no days":            file(),
		"a day without any":  file("2026-11-20"),
		"a day twice":        file("2026-11-20 USD 1.1", "2026-11-20 USD 1.1"),
		"a currency twice":   file("2026-11-20 USD 1.1 USD 1.1"),
		"the euro":           file("2026-11-20 EUR 1"),
		"small letters":      file("2026-11-20 usd 1.1"),
		"no day":             file("2026-02-30 USD 1.1"),
		"before the euro":    file("1998-12-31 USD 1.1"),
		"no number":          file("2026-11-20 USD N/A"),
		"zero":               file("2026-11-20 USD 0.000"),
		"below zero":         file("2026-11-20 USD -1.1"),
		"a power of ten":     file("2026-11-20 USD 1e3"),
		"a jump":             file("2026-11-20 USD 11.545", "2026-11-19 USD 1.15"),
		"a fall":             file("2026-11-19 USD 115", "2026-11-18 USD 1.15", "2026-11-20 USD 1.15"),
		"another vocabulary": strings.ReplaceAll(good, "2002-08-01/eurofxref", "2030-01-01/eurofxref"),
		"another element":    strings.Replace(good, "<Cube currency", "<Rate/><Cube currency", 1),
		"another attribute":  strings.Replace(good, "currency='USD'", "currency='USD' unit='100'", 1),
		"text":               strings.Replace(good, "<Cube currency", "100 <Cube currency", 1),
		"a document type":    strings.Replace(good, "<gesmes:Env", "<!DOCTYPE x [<!ENTITY e 'x'>]><gesmes:Env", 1),
	} {
		if got, err := Parse(strings.NewReader(bad)); err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := Parse(strings.NewReader(file("2026-11-20 ISK 290", "2018-02-01 ISK 125"))); err != nil {
		t.Errorf("after years without a rate: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(file("2026-11-20 USD 1.1545 JPY 180.20", "2026-11-19 USD 1.15")))
	f.Add([]byte(head))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Parse(strings.NewReader(string(b)))
		if (err == nil) != (len(got) > 0) {
			t.Fatalf("%d rates, %v", len(got), err)
		}
		for _, r := range got {
			if r.PerEuro.Sign() <= 0 || len(r.Currency) != 3 || r.Day.IsZero() {
				t.Fatalf("%+v", r)
			}
		}
	})
}
