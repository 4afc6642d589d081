package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// bankRates are about what a euro cost in November 2026; the demo's bank lets them waver around that.
const bankRates = `USD 1.1493 JPY 179.48 CZK 24.344 DKK 7.4659 GBP 0.86625 HUF 380.01 PLN 4.2334 RON 5.1222 SEK 10.8761 CHF 0.9346
ISK 145.09 NOK 11.4801 TRY 57.5926 AUD 1.7173 BRL 6.2523 CAD 1.5931 CNY 7.9877 HKD 8.9790 IDR 19840.73 ILS 3.6901 INR 106.2443
KRW 1688.84 MXN 20.9275 MYR 4.7044 NZD 1.9628 PHP 68.891 SGD 1.4925 THB 37.024 ZAR 19.9221`

// bank stands for the European Central Bank as the simulators stand for the platforms: it publishes reference rates of the
// last 90 days, in the form of the bank's own file. They are nobody's.
func bank(now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, bankFile(now().UTC())) // a caller who has left is nobody's error
	})
}

func bankFile(now time.Time) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender><gesmes:name>Simulated bank</gesmes:name></gesmes:Sender>
<Cube>`)
	words := strings.Fields(bankRates)
	for back := range 90 {
		day := now.AddDate(0, 0, -back)
		if back == 0 && now.Hour() < 16 || day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		fmt.Fprintf(&b, "<Cube time=%q>", day.Format(time.DateOnly))
		for i := 0; i < len(words); i += 2 {
			var rate float64
			_, _ = fmt.Sscan(words[i+1], &rate) // a constant
			waver := 1 + float64((day.YearDay()*37+i*11)%200-100)/10_000
			fmt.Fprintf(&b, `<Cube currency=%q rate="%.5g"/>`, words[i], rate*waver)
		}
		b.WriteString("</Cube>")
	}
	b.WriteString("</Cube></gesmes:Envelope>")
	return b.String()
}
