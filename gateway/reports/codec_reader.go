package reports

import (
	"encoding/binary"
	"time"

	"github.com/admux/admux/gateway/stream"
	"github.com/admux/admux/normalize"
)

// reader takes bytes apart; bad is set once they end too early.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte {
	if v := r.take(1); v != nil {
		return v[0]
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	r.take(uint64(max(n, 0))) //nolint:gosec // not negative
	r.bad = r.bad || n <= 0
	return v
}

func (r *reader) varint() int {
	v, n := binary.Varint(r.b)
	r.take(uint64(max(n, 0))) //nolint:gosec // not negative
	r.bad = r.bad || n <= 0
	return int(v)
}

// string keeps the text that is there when it is the same.
func (r *reader) string(s *string) {
	if v := r.take(r.uvarint()); string(v) != *s {
		*s = string(v)
	}
}

func (r *reader) value(v *normalize.Value) {
	b := r.take(r.uvarint())
	*v = normalize.Value{}
	if len(b) > 0 {
		v.OK = true
		r.bad = v.D.UnmarshalText(b) != nil || r.bad
	}
}

func month(b byte) time.Month { return time.Month(b) }

// entity is where a row keeps its entity of a level.
func entity(r *stream.Row, l normalize.Level) *normalize.Entity { return entityOf(&r.Row, l) }

func entityOf(r *normalize.Row, l normalize.Level) *normalize.Entity {
	switch l {
	case normalize.LevelCampaign:
		return &r.Campaign
	case normalize.LevelGroup:
		return &r.Group
	case normalize.LevelAd:
		return &r.Ad
	case normalize.LevelCreative:
		return &r.Creative
	case normalize.LevelKeyword:
		return &r.Keyword
	default:
		return &r.Organization
	}
}
