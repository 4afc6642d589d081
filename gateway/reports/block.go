package reports

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers"
)

// A block is what a platform has answered for one period: the rows as they came, before anything is made of them. A
// period is what one row is of: a day, a week or a month as the range cuts it, or else the whole range.

// calendarOf is the dimension that cuts time; of DATE and HOUR together, DATE.
func calendarOf(dims []normalize.Dimension) normalize.Dimension {
	return stream.Schema{Dimensions: dims}.Calendar()
}

// periodsOf cuts a range into periods.
func periodsOf(dims []normalize.Dimension, r normalize.DayRange) []normalize.DayRange {
	calendar := calendarOf(dims)
	if calendar == "" {
		return []normalize.DayRange{r}
	}
	row := stream.Row{Account: &stream.Account{Range: r}}
	var out []normalize.DayRange
	for row.Date = r.From; row.Date.Before(r.To); {
		p := row.Period(calendar)
		out = append(out, p)
		row.Date = p.To
	}
	return out
}

// blockKey is a digest of everything that changes what a platform answers but the days. Whatever a query is given more
// stands in it by itself.
func blockKey(conn Connection, o normalize.Organization, q providers.ReportQuery) string {
	filter := sortedFilter(q.Filter)
	q.Orgs, q.Range, q.Now, q.Filter = nil, normalize.DayRange{}, time.Time{}, nil
	b, err := json.Marshal([]any{conn.ID, conn.Platform, conn.Setup, o.ID, o.Timezone, o.Currency, filter, q})
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// blockMeta is what the platform said of the numbers when it had told them all.
type blockMeta struct {
	Build       string             `json:"build,omitempty"` // which read them: another one may read them otherwise
	Attribution string             `json:"attribution,omitempty"`
	Honoured    bool               `json:"honoured"`
	Lag         string             `json:"lag,omitempty"`
	Restates    int                `json:"restates"`
	Shift       int                `json:"shift"`                 // of the last final day, against what the plan had said
	Unsupported []normalize.Metric `json:"unsupported,omitempty"` // more than the plan had said
	Left        []string           `json:"left,omitempty"`        // the same
}

func metaOf(build string, planned, m *providers.Meta) blockMeta {
	b := blockMeta{Build: build, Attribution: m.Attribution, Honoured: m.Honoured, Lag: m.Lag, Restates: m.Restates}
	if !m.FinalUntil.IsZero() && !planned.FinalUntil.IsZero() {
		b.Shift = m.FinalUntil.Sub(planned.FinalUntil)
	}
	for _, k := range m.Unsupported {
		if !slices.Contains(planned.Unsupported, k) {
			b.Unsupported = append(b.Unsupported, k)
		}
	}
	for _, l := range m.Left {
		if !slices.Contains(planned.Left, l) {
			b.Left = append(b.Left, l)
		}
	}
	return b
}

// answers tells whether the block stands for what the plan would read now. What the platform left out only when it was
// asked may be of other days than the block's own: such a block is compared with, and never answered with.
func (b *blockMeta) answers(build string, planned *providers.Meta) bool {
	return b.Build == build && b.Attribution == planned.Attribution && b.Honoured == planned.Honoured && b.Lag == planned.Lag &&
		len(b.Unsupported) == 0 && len(b.Left) == 0
}

// rowCodec writes the rows of one account as a query of these dimensions and metrics has them.
func rowCodec(level normalize.Level, dims, metrics int) *codec {
	c := &codec{levels: level.Above()[1:], accounts: []*stream.Account{{}}}
	c.row.Dims, c.row.Values = make([]string, dims), make([]normalize.Value, metrics)
	return c
}

var errBlock = errors.New("reports: a kept period cannot be read back")

// rowsOf reads the rows of a block into one that it uses again.
func rowsOf(z *zstd.Decoder, c *codec, body []byte, each func(*normalize.Row) error) error {
	plain, err := z.DecodeAll(body, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errBlock, err)
	}
	for len(plain) > 0 {
		n, size := binary.Uvarint(plain)
		if size <= 0 || n > uint64(len(plain)-size) {
			return errBlock
		}
		row, _, err := c.decode(plain[size : size+int(n)]) //nolint:gosec // not more than there is
		if err != nil {
			return fmt.Errorf("%w: %w", errBlock, err)
		}
		if err := each(&row.Row); err != nil {
			return err
		}
		plain = plain[size+int(n):] //nolint:gosec // see above
	}
	return nil
}

func readMeta(text string) (m blockMeta, err error) {
	err = json.Unmarshal([]byte(text), &m)
	return m, err
}
