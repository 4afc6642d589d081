package sim

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/admux/admux/providers/internal/simkit"
)

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// newZip writes archives fast rather than small.
func newZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return z
}

// sendReport streams the archive of a report: one file, named after its request.
func (s *Sim) sendReport(w http.ResponseWriter, id string) {
	s.desk.mu.Lock()
	j := s.desk.jobs[id]
	s.desk.mu.Unlock()
	if j == nil {
		storageError(w, http.StatusNotFound, "BlobNotFound", "The specified blob does not exist.")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream") // not to be relied on
	z := newZip(w)
	name := id + ".csv"
	if j.spec.comma == '\t' {
		name = id + ".tsv"
	}
	f, err := z.Create(name)
	if err != nil {
		return // the client left
	}
	b := bufio.NewWriterSize(f, 1<<16)
	s.writeReport(b, j.spec)
	b.Flush()
	z.Close()
}

// writeReport writes the file: byte order mark, preamble, header, rows, trailer.
func (s *Sim) writeReport(w *bufio.Writer, sp *reportSpec) {
	w.WriteString("\ufeff")
	if !sp.noHeader {
		s.preamble(w, sp)
	}
	if !sp.noColumns {
		var line []byte
		for i, name := range sp.names {
			line = appendCell(line, i, sp.comma, name)
		}
		w.Write(append(line, "\r\n"...))
	}
	r := &rowWriter{s: s, sp: sp}
	s.rows(sp, func(u *unit, period []byte, x *cell) bool {
		_, err := w.Write(r.line(u, period, x))
		return err == nil
	})
	if !sp.noFooter {
		w.WriteString("\r\n\"©" + strconv.Itoa(sp.asOf.Year()) + " Microsoft Corporation. All rights reserved. \"\r\n")
	}
}

func appendCell(b []byte, i int, comma byte, text string) []byte {
	if i > 0 {
		b = append(b, comma)
	}
	b = append(b, '"')
	if strings.IndexByte(text, '"') >= 0 {
		text = strings.ReplaceAll(text, `"`, `""`)
	}
	return append(append(b, text...), '"')
}

// rowWriter writes lines; what a unit says of itself is spelled once.
type rowWriter struct {
	s     *Sim
	sp    *reportSpec
	unit  *unit
	texts []string
	buf   []byte
}

func (r *rowWriter) line(u *unit, period []byte, x *cell) []byte {
	if u != r.unit {
		r.spell(u)
	}
	b := r.buf[:0]
	for i, c := range r.sp.columns {
		switch {
		case c.measure != nil:
			if i > 0 {
				b = append(b, r.sp.comma)
			}
			b = append(c.measure(append(b, '"'), &x.sum, u, r.sp.v2), '"')
		case c.split != nil:
			b = appendCell(b, i, r.sp.comma, splitText(r.sp, x, c))
		case c.attr != nil:
			b = appendCell(b, i, r.sp.comma, r.texts[i])
		default:
			b = appendCell(b, i, r.sp.comma, string(period))
		}
	}
	r.buf = append(b, "\r\n"...)
	return r.buf
}

func splitText(sp *reportSpec, x *cell, c *column) string {
	at := 0
	for _, s := range splits {
		if s == c.split {
			return x.texts[at][c.index]
		}
		for _, used := range sp.splits {
			if used == s {
				at++
			}
		}
	}
	return ""
}

func (r *rowWriter) spell(u *unit) {
	r.unit, r.texts = u, make([]string, len(r.sp.columns))
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	for i, c := range r.sp.columns {
		if c.attr != nil {
			r.texts[i] = c.attr(u)
		}
	}
}

func usDate(d simkit.Day) string {
	y, m, dd := d.Date()
	return strconv.Itoa(m) + "/" + strconv.Itoa(dd) + "/" + strconv.Itoa(y)
}

// preamble is the nine lines and the empty one before the header.
func (s *Sim) preamble(w *bufio.Writer, sp *reportSpec) {
	span := usDate(sp.from)
	if sp.to-1 > sp.from {
		span += "," + usDate(sp.to-1)
	}
	n := 0
	s.rows(sp, func(*unit, []byte, *cell) bool { n++; return true })
	closed := sp.asOf.UTC().Add(-closesAfter).Truncate(15 * time.Minute)
	open := sp.to.Start(s.reportZone(sp.zoneName)).After(closed)
	for _, line := range []string{
		"Report Name: " + sp.name, "Report Time: " + span, "Time Zone: " + zoneText(sp.zoneName, s.reportZone(sp.zoneName), sp.asOf),
		"Last Completed Available Day: " + closed.Format("1/2/2006 3:04:05 PM") + " (GMT)",
		"Last Completed Available Hour: " + closed.Format("1/2/2006 3:04:05 PM") + " (GMT)",
		"Report Aggregation: " + sp.aggregation, "Report Filter: " + sp.filter.text,
		"Potential Incomplete Data: " + strconv.FormatBool(open), "Rows: " + strconv.Itoa(n),
	} {
		w.Write(append(appendCell(nil, 0, sp.comma, line), "\r\n"...))
	}
	w.WriteString("\r\n")
}

// zoneText spells a zone as the preamble does.
func zoneText(name string, loc *time.Location, at time.Time) string {
	if name == defaultReportZone {
		return "(GMT-08:00) Pacific Time (US & Canada); Tijuana"
	}
	var words strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			words.WriteString(", ")
		}
		words.WriteRune(r)
	}
	y := at.Year()
	return "(GMT" + time.Date(y, 1, 1, 0, 0, 0, 0, loc).Format("-07:00") + ") " + words.String()
}
