package stream

import (
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/admux/admux/normalize"
)

const (
	// decimalScale keeps every digit that a platform's double or micros can have after the point; 20 stand before it.
	decimalScale     = 18
	decimalPrecision = 38
	decimalBytes     = 16
	// groupCells is how many cells are held until a row group is written.
	groupCells = 400_000
	// metaKey is where the file's own metadata carries what the table shape carries as meta and totals.
	metaKey = "admux"
)

// Parquet writes typed columns: decimals, dates, texts with a dictionary; an absent value is null. Totals and meta are in
// the file's metadata, as JSON under the key admux.
type Parquet struct {
	out
	flat
	kinds []parquetKind
	w     *parquet.GenericWriter[any]
	row   parquet.Row
	cells int
}

// parquetKind is how a column is typed.
type parquetKind uint8

const (
	parquetText parquetKind = iota
	parquetDecimal
	parquetDate
	parquetBool
)

// NewParquet writes to w, an http.ResponseWriter or any other writer. Fields limits the columns; none is all.
func NewParquet(w io.Writer, s Schema, page Page, fields []string) *Parquet {
	p := &Parquet{out: newOut(w, "application/vnd.apache.parquet"), flat: newFlat(s, page, fields)}
	root := &ordered{}
	for _, c := range p.cols {
		kind := parquetText
		switch {
		case c.Metric >= 0:
			kind = parquetDecimal
		case c.text == nil:
			kind = parquetBool
		case isDay(c.Name):
			kind = parquetDate
		}
		p.kinds = append(p.kinds, kind)
		root.add(c.Name, nodeOf(kind))
	}
	p.w = parquet.NewGenericWriter[any](spiller{&p.out}, parquet.NewSchema("report", root), parquet.Compression(&zstd.Codec{}),
		parquet.CreatedBy("admux", "", ""))
	return p
}

// isDay tells whether a column holds days: a week is its first. A month is told as YYYY-MM, and stays a text.
func isDay(name string) bool {
	return name == DimensionColumn(normalize.DimensionDate) || name == DimensionColumn(normalize.DimensionWeek)
}

func nodeOf(k parquetKind) parquet.Node {
	switch k {
	case parquetDecimal:
		return parquet.Optional(parquet.Decimal(decimalScale, decimalPrecision, parquet.FixedLenByteArrayType(decimalBytes)))
	case parquetDate:
		return parquet.Optional(parquet.Date())
	case parquetBool:
		return parquet.Optional(parquet.Leaf(parquet.BooleanType))
	}
	return parquet.Optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary))
}

// Begin does nothing: the library writes the head of the file.
func (p *Parquet) Begin() error { return nil }

// Row writes one row when it is on the page.
func (p *Parquet) Row(r *Row) error {
	if !p.next() {
		return nil
	}
	p.row = p.row[:0]
	for i, c := range p.cols {
		v, ok, err := p.value(p.kinds[i], c, r)
		if err != nil {
			return err
		}
		if !ok {
			p.row = append(p.row, parquet.NullValue().Level(0, 0, i))
			continue
		}
		p.row = append(p.row, v.Level(0, 1, i))
	}
	if _, err := p.w.WriteRows([]parquet.Row{p.row}); err != nil {
		return err
	}
	if p.cells += len(p.cols); p.cells < groupCells {
		return nil
	}
	p.cells = 0
	return p.w.Flush()
}

func (p *Parquet) value(k parquetKind, c Column, r *Row) (v parquet.Value, ok bool, err error) {
	switch k {
	case parquetDecimal:
		d := r.Values[c.Metric]
		if !d.OK {
			return v, false, nil
		}
		b, err := unscaled(d.D)
		return parquet.FixedLenByteArrayValue(b), true, err
	case parquetBool:
		return parquet.BooleanValue(r.Final), true, nil
	case parquetDate:
		s := c.text(r)
		if s == "" {
			return v, false, nil
		}
		day, err := normalize.ParseDay(s)
		return parquet.Int32Value(epochDay(day)), true, err
	}
	s := c.text(r)
	return parquet.ByteArrayValue([]byte(s)), s != "", nil
}

// epochDay counts the days since 1970.
func epochDay(d normalize.Day) int32 {
	return int32(normalize.DayRange{From: normalize.Day{Year: 1970, Month: 1, Dom: 1}, To: d}.Len()) //nolint:gosec // a calendar's day
}

// unscaled is a decimal as the integer that Parquet keeps: two's complement, the highest byte first.
func unscaled(d normalize.Decimal) ([]byte, error) {
	whole, fraction, _ := strings.Cut(d.String(), ".")
	if fraction = strings.TrimRight(fraction, "0"); len(fraction) > decimalScale {
		return nil, fmt.Errorf("stream: a number has more than %d digits after the point", decimalScale)
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", decimalScale-len(fraction)), 10)
	if !ok || n.BitLen() > 8*decimalBytes-2 {
		return nil, fmt.Errorf("stream: a number has more than %d digits", decimalPrecision)
	}
	if n.Sign() < 0 {
		n.Add(n, new(big.Int).Lsh(big.NewInt(1), 8*decimalBytes))
	}
	return n.FillBytes(make([]byte, decimalBytes)), nil
}

// End writes the last rows and the foot of the file.
func (p *Parquet) End(totals *Totals, meta *Meta) error {
	b, err := json.Marshal(map[string]any{"meta": meta, "totals": p.totals(totals)})
	if err != nil {
		return err
	}
	p.w.SetKeyValueMetadata(metaKey, string(b))
	if err := p.w.Close(); err != nil {
		return err
	}
	return p.write()
}

// totals are by column, as the table shape has them; nil where the report has none.
func (p *Parquet) totals(t *Totals) map[string]any {
	if t == nil {
		return nil
	}
	out := map[string]any{}
	for _, c := range p.cols {
		if c.Metric >= 0 && c.Metric < len(t.Values) && t.Values[c.Metric].OK {
			out[c.Name] = json.Number(t.Values[c.Metric].D.String())
		}
	}
	if t.Currency != "" {
		out["currency"] = t.Currency
	}
	return out
}

// spiller takes the library's bytes into the writer's own buffer, so that nothing leaves before there is a chunk of it.
type spiller struct{ out *out }

func (s spiller) Write(b []byte) (int, error) {
	s.out.buf = append(s.out.buf, b...)
	return len(b), s.out.spill()
}

// ordered is a group whose columns stay in their order; the library's own sorts them by name.
type ordered struct {
	parquet.Group
	names []string
}

func (o *ordered) add(name string, n parquet.Node) {
	if o.Group == nil {
		o.Group = parquet.Group{}
	}
	o.Group[name] = n
	o.names = append(o.names, name)
}

// Fields implements parquet.Node.
func (o *ordered) Fields() []parquet.Field {
	sorted := o.Group.Fields()
	out := make([]parquet.Field, len(o.names))
	for _, f := range sorted {
		out[slices.Index(o.names, f.Name())] = f
	}
	return out
}
