package rates

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/admux/admux/gateway/store"
	"github.com/admux/admux/normalize"
)

// Names of the bank's file, of the last day, of 90 days or of all of them.
// https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/html/index.en.html
const (
	spaceEnvelope = "http://www.gesmes.org/xml/2002-08-01"
	spaceRates    = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref"
)

// Bounds of one file, far above the bank's own: its whole history is 8 MB, 7,000 days of at most 42 currencies.
const (
	maxFile  = 64 << 20
	maxRates = 2_000_000
	// maxJump is how many times its last rate a currency's next one may be, or a part of it: more is a slip of a pen.
	maxJump = 2
)

// Parse reads a file of the bank's to its end. It is strict: anything that it does not know, a rate that cannot be, a day
// or currency told twice, a file that ends early, is an error, and nothing of the file is to be used.
func Parse(r io.Reader) ([]store.Rate, error) {
	p := &parser{dec: xml.NewDecoder(&bounded{r: r, left: maxFile}), days: map[normalize.Day]bool{}}
	if err := p.file(); err != nil {
		return nil, fmt.Errorf("rates: not a file of the European Central Bank's reference rates: %w", err)
	}
	return p.rates, nil
}

// bounded is a reader that fails past its bound, where io.LimitReader would end.
type bounded struct {
	r    io.Reader
	left int64
}

var errTooLarge = errors.New("it is too large")

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

type parser struct {
	dec   *xml.Decoder
	rates []store.Rate
	days  map[normalize.Day]bool
}

// next returns the next element's start or end; nil at the end of the file. Text is let pass where it is blank.
func (p *parser) next() (xml.Token, error) {
	for {
		t, err := p.dec.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil, nil
		case err != nil:
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t.Copy(), nil
		case xml.EndElement:
			return t, nil
		case xml.CharData:
			if strings.TrimSpace(string(t)) != "" {
				return nil, errors.New("it has text where there is none")
			}
		case xml.Directive:
			return nil, errors.New("it has a document type")
		case xml.ProcInst, xml.Comment:
		}
	}
}

func (p *parser) file() error {
	t, err := p.next()
	if err != nil {
		return err
	}
	if e, ok := t.(xml.StartElement); !ok || e.Name != (xml.Name{Space: spaceEnvelope, Local: "Envelope"}) {
		return errors.New("it does not begin as one")
	}
	cubes := 0
	for {
		switch t, err = p.next(); e := t.(type) {
		case nil:
			return cmpErr(err, io.ErrUnexpectedEOF)
		case xml.EndElement: // of the envelope
			if t, err = p.next(); err != nil || t != nil {
				return cmpErr(err, errors.New("it goes on after its end"))
			}
			return p.whole(cubes)
		case xml.StartElement:
			switch {
			case e.Name.Space == spaceEnvelope && (e.Name.Local == "subject" || e.Name.Local == "Sender"):
				err = p.dec.Skip()
			case isCube(e):
				cubes++
				err = p.history()
			default:
				err = unknown(e)
			}
			if err != nil {
				return err
			}
		}
	}
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func isCube(e xml.StartElement) bool { return e.Name == xml.Name{Space: spaceRates, Local: "Cube"} }

func unknown(e xml.StartElement) error {
	return fmt.Errorf("it has an element %.40q where there is none", e.Name.Local)
}

// each reads the cubes within one, until its end.
func (p *parser) each(do func(xml.StartElement) error) error {
	for {
		switch t, err := p.next(); e := t.(type) {
		case nil:
			return cmpErr(err, io.ErrUnexpectedEOF)
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if !isCube(e) {
				return unknown(e)
			}
			if err := do(e); err != nil {
				return err
			}
		}
	}
}

// history reads the days.
func (p *parser) history() error {
	return p.each(func(e xml.StartElement) error {
		at, err := attributes(e, "time")
		if err != nil {
			return err
		}
		day, err := normalize.ParseDay(at[0])
		if err != nil || day.Year < 1999 {
			return errors.New("it has a day that is none")
		}
		if p.days[day] {
			return fmt.Errorf("it has %s twice", day)
		}
		p.days[day] = true
		first := len(p.rates)
		if err := p.day(day); err != nil {
			return err
		}
		if len(p.rates) == first {
			return fmt.Errorf("it has no rate of %s", day)
		}
		return nil
	})
}

// day reads the rates of one day.
func (p *parser) day(day normalize.Day) error {
	seen := map[string]bool{}
	return p.each(func(e xml.StartElement) error {
		at, err := attributes(e, "currency", "rate")
		if err != nil {
			return err
		}
		r := store.Rate{Day: day, Currency: at[0]}
		if len(r.Currency) != 3 || strings.Trim(r.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || r.Currency == Euro || seen[r.Currency] {
			return fmt.Errorf("of %s it has a currency that is none, or one twice", day)
		}
		seen[r.Currency] = true
		if r.PerEuro, err = parseRate(at[1]); err != nil {
			return fmt.Errorf("of %s it has a rate of %s that is none", day, r.Currency)
		}
		if p.rates = append(p.rates, r); len(p.rates) > maxRates {
			return errTooLarge
		}
		return p.each(unknown)
	})
}

// parseRate reads a plain decimal number above zero. The bank gives five or six significant digits.
func parseRate(s string) (normalize.Decimal, error) {
	d, err := normalize.ParseDecimal(s)
	if err != nil || d.Sign() <= 0 || len(s) > 16 || d.Scale() > 8 || strings.Trim(s, "0123456789.") != "" {
		return d, errors.New("no rate")
	}
	return d, nil
}

// attributes returns the values of exactly these attributes.
func attributes(e xml.StartElement, names ...string) ([]string, error) {
	out := make([]string, len(names))
	for i, name := range names {
		for _, a := range e.Attr {
			if a.Name == (xml.Name{Local: name}) {
				out[i] = a.Value
			}
		}
		if out[i] == "" || len(e.Attr) != len(names) {
			return nil, fmt.Errorf("it has an element without exactly %s", strings.Join(names, " and "))
		}
	}
	return out, nil
}

// whole judges the file as a whole, once it has ended.
func (p *parser) whole(cubes int) error {
	if cubes != 1 || len(p.rates) == 0 {
		return errors.New("it has no rates")
	}
	of := map[string][]store.Rate{}
	for _, r := range p.rates {
		of[r.Currency] = append(of[r.Currency], r)
	}
	for currency, list := range of {
		sortByDay(list)
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if b.Day.Sub(a.Day) <= MaxAge && (jumps(a.PerEuro, b.PerEuro) || jumps(b.PerEuro, a.PerEuro)) {
				return fmt.Errorf("its rate of %s jumps from %s to %s", currency, a.Day, b.Day)
			}
		}
	}
	return nil
}

func jumps(from, to normalize.Decimal) bool { return to.Cmp(from.Mul(normalize.Int(maxJump))) > 0 }
