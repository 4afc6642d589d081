package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/admux/admux/providers/internal/simkit"
)

// reportDesk keeps the reports' switches and the rows of recent questions: a
// client that turns pages asks the same one again and again.
type reportDesk struct {
	mu    sync.Mutex
	opts  ReportOptions
	kept  map[string]*keptRows
	order []string
	tasks uint64
}

const keptReports = 24

func newReportDesk(o ReportOptions) *reportDesk {
	return &reportDesk{opts: o, kept: map[string]*keptRows{}}
}

func (d *reportDesk) settings() ReportOptions {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.opts
}

func (d *reportDesk) throttle() int {
	if n := d.settings().ThrottleAds; n > 0 {
		return n
	}
	return 20_000
}

// rowKey finds a row again.
type rowKey struct {
	subject  int32
	from, to simkit.Day
	cell     int32
}

type keptRows struct {
	once     sync.Once
	q        *query
	subjects []subject
	keys     []rowKey
	totals   map[string]string
	cut      bool
}

// find gives the rows of a question, made once.
func (d *reportDesk) find(s *Sim, q *query, text string) *keptRows {
	d.mu.Lock()
	k := d.kept[text]
	if k == nil {
		k = &keptRows{q: q}
		d.kept[text] = k
		d.order = append(d.order, text)
		if len(d.order) > keptReports {
			delete(d.kept, d.order[0])
			d.order = d.order[1:]
		}
	}
	d.mu.Unlock()
	k.once.Do(func() { k.make(s) })
	return k
}

func (k *keptRows) make(s *Sim) {
	q := k.q
	k.subjects, k.cut = q.subjects(s)
	var values []int64
	total := &reportRow{goals: map[string]bool{}, days: int(q.to - q.from)}
	split := s.splitter(q)
	for i := range k.subjects {
		sub := &k.subjects[i]
		for from, to := range q.buckets(sub.account) {
			for _, r := range q.bucket(s, sub, from, to, split) {
				k.keys = append(k.keys, rowKey{int32(i), from, to, int32(r.cell)})
				if q.order != "" {
					v, _ := simkit.ParseMicros(s.metricText(q, r, q.order))
					values = append(values, v)
				}
				if q.totals {
					total.account = r.account
					total.fact.Add(&r.fact)
					total.purse.add(r.purse)
				}
			}
		}
	}
	if q.order != "" {
		k.sort(values)
	}
	if q.totals {
		k.totals = map[string]string{}
		for _, m := range q.metrics {
			k.totals[m] = "-" // what cannot be added
			if info := s.tab.metrics[m]; info.additive && !info.attribute && total.account != nil {
				k.totals[m] = s.metricText(q, total, m)
			}
		}
	}
}

func (k *keptRows) sort(values []int64) {
	at := make([]int, len(values))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int {
		if k.q.ascending {
			return cmp.Compare(values[a], values[b])
		}
		return cmp.Compare(values[b], values[a])
	})
	keys := make([]rowKey, len(at))
	for i, a := range at {
		keys[i] = k.keys[a]
	}
	k.keys = keys
}

// integrated is GET /report/integrated/get/.
func (s *Sim) integrated(c *call) (any, *apiError) {
	page, size, err := paging(c, 1000)
	if err != nil {
		return nil, err
	}
	q, err := s.readQuery(c, false)
	if err != nil {
		return nil, err
	}
	if c.str("service_type") == "RESERVATION" {
		return obj{"list": []any{}, "page_info": pageInfo(page, size, 0)}, nil
	}
	params := make(obj, len(c.params))
	for k, v := range c.params {
		if k != "page" && k != "page_size" {
			params[k] = v
		}
	}
	k := s.reports.find(s, q, fmt.Sprintf("%s %d %d", encode(params), s.edits.Load(), q.asOf.Unix()))
	if k.cut {
		c.header.Set("X-Tt-Ads-Throttle", fmt.Sprintf("Only the data of the top %d ads is returned, the newest first.", s.reports.throttle()))
	}
	from, to := window(len(k.keys), page, size)
	b := append([]byte(nil), `{"list":[`...)
	b = s.appendRows(b, q, k, k.keys[from:to])
	b = append(b, `],"page_info":`...)
	b = append(b, encode(pageInfo(page, size, len(k.keys)))...)
	if q.totals {
		b = append(b, `,"total_metrics":`...)
		b = append(b, encode(k.totals)...)
	}
	return json.RawMessage(append(b, '}')), nil
}

// appendRows writes the rows of some keys; neighbours of one bucket are computed
// together.
func (s *Sim) appendRows(b []byte, q *query, k *keptRows, keys []rowKey) []byte {
	split := s.splitter(q)
	var rows map[int]*reportRow
	var last rowKey
	for i, key := range keys {
		if i == 0 || key.subject != last.subject || key.from != last.from {
			rows = map[int]*reportRow{}
			for _, r := range q.bucket(s, &k.subjects[key.subject], key.from, key.to, split) {
				rows[r.cell] = r
			}
			last = key
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendRow(b, q, rows[int(key.cell)])
	}
	return b
}

func (s *Sim) appendRow(b []byte, q *query, r *reportRow) []byte {
	b = append(b, `{"dimensions":{`...)
	for i, d := range q.dims {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, d)
		b = append(b, ':')
		b = strconv.AppendQuote(b, q.dimension(r, d))
	}
	b = append(b, `},"metrics":{`...)
	for i, m := range q.metrics {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendQuote(b, m)
		b = append(b, ':')
		text := s.metricText(q, r, m)
		if s.tab.metrics[m].attribute {
			b = append(b, encode(text)...)
		} else {
			b = append(b, '"')
			b = append(b, text...)
			b = append(b, '"')
		}
	}
	b = append(b, '}')
	if q.several { // every row says whose it is
		b = append(b, fmt.Sprintf(`,"advertiser_id":%q,"currency":%q,"timezone":%q`, r.account.id, r.account.src.Currency, r.account.zone)...)
	}
	return append(b, '}')
}

// dimension is a row's key.
func (q *query) dimension(r *reportRow, d string) string {
	switch d {
	case "advertiser_id":
		return r.account.id
	case "stat_time_day":
		return r.day.String() + " 00:00:00"
	case "stat_time_hour":
		return fmt.Sprintf("%s %02d:00:00", r.day, r.hour)
	case "ad_id":
		if r.part != nil {
			return r.part.id
		}
		return r.entity.id
	case "campaign_id", "adgroup_id", "ad_id_v2":
		return r.entity.id
	}
	if i := slices.Index(q.breakdowns, d); i < len(r.values) {
		return r.values[i]
	}
	return "-"
}
