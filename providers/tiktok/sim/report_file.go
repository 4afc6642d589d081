package sim

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportFile serves a finished report by its signed address, without a token.
func (s *Sim) reportFile(w http.ResponseWriter, r *http.Request) {
	s.stamp(w.Header())
	var ends int64
	_, err := fmt.Sscan(r.URL.Query().Get("x-expires"), &ends)
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/report_file/"), "/")
	if err != nil || len(parts) != 2 || s.kit.Clock.Now().Unix() > ends {
		http.Error(w, "expired", http.StatusForbidden)
		return
	}
	id := strings.TrimSuffix(parts[1], ".csv")
	s.mu.RLock()
	var t *task
	if a := s.byID[parts[0]]; a != nil {
		t = a.tasks[id]
	}
	s.mu.RUnlock()
	if t == nil || r.URL.Query().Get("x-signature") != s.fileSign(id, ends) {
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	if s.writeCSV(w, t) != nil {
		panic(http.ErrAbortHandler)
	}
}

func (s *Sim) fileSign(id string, ends int64) string {
	return fmt.Sprintf("%016x", simkit.Hash(s.opts.Seed, 93, simkit.HashString(id), uint64(ends)))
}

// writeCSV streams the report, an object at a time, so that memory does not grow
// with it and writers need not wait for a slow reader.
func (s *Sim) writeCSV(w io.Writer, t *task) error {
	q := t.q
	buf := bufio.NewWriterSize(w, 64<<10)
	out := csv.NewWriter(buf)
	s.mu.RLock()
	subjects, _ := q.subjects(s)
	s.mu.RUnlock()
	if err := out.Write(q.titles(t.titles)); err != nil {
		return err
	}
	if q.order != "" {
		return s.writeOrdered(out, buf, q, subjects)
	}
	line := make([]string, 0, len(q.dims)+len(q.metrics))
	for i := range subjects {
		s.mu.RLock()
		var lines [][]string
		for r := range q.rows(s, subjects[i:i+1]) {
			lines = append(lines, slices.Clone(s.csvLine(line[:0], q, r)))
		}
		s.mu.RUnlock()
		for _, l := range lines {
			if err := out.Write(l); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return buf.Flush()
}

func (s *Sim) writeOrdered(out *csv.Writer, buf *bufio.Writer, q *query, subjects []subject) error {
	type keyed struct {
		v    int64
		line []string
	}
	var all []keyed
	s.mu.RLock()
	for r := range q.rows(s, subjects) {
		v, _ := simkit.ParseMicros(s.metricText(q, r, q.order))
		all = append(all, keyed{v, s.csvLine(nil, q, r)})
	}
	s.mu.RUnlock()
	slices.SortStableFunc(all, func(a, b keyed) int {
		if q.ascending {
			return compareDesc(b.v, a.v)
		}
		return compareDesc(a.v, b.v)
	})
	for _, k := range all {
		if err := out.Write(k.line); err != nil {
			return err
		}
	}
	out.Flush()
	return buf.Flush()
}

func (s *Sim) csvLine(line []string, q *query, r *reportRow) []string {
	for _, d := range q.dims {
		v := q.dimension(r, d)
		if d == "country_code" {
			v = countryName(v) // a known fault of this door
		}
		line = append(line, v)
	}
	for _, m := range q.metrics {
		line = append(line, s.metricText(q, r, m))
	}
	return line
}

func (q *query) titles(people bool) []string {
	names := append(slices.Clone(q.dims), q.metrics...)
	if !people {
		return names
	}
	for i, n := range names {
		switch n {
		case "spend":
			names[i] = "Cost"
		case "stat_time_day":
			names[i] = "By Day"
		case "conversion":
			names[i] = "Conversions"
		case "ctr", "cpc", "cpm":
			names[i] = strings.ToUpper(n) + " (Destination)"
		default:
			names[i] = strings.ReplaceAll(displayText(n), " Id", " ID")
		}
	}
	return names
}

func countryName(code string) string {
	for _, r := range regions() {
		if r.level == "COUNTRY" && r.code == code {
			return r.name
		}
	}
	return code
}
