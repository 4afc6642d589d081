package meta

import (
	"fmt"
	"slices"

	"github.com/admux/admux/normalize"
	"github.com/admux/admux/providers/internal/wire"
)

// entries reads a list of {"action_type":…,"value":…,"7d_click":…}.
func (p *rowPage) entries(list []wanted, columns []normalize.Value) {
	s := &p.scan
	for s.Enter('['); s.Element(); {
		if w := p.entry(list); w != nil {
			if err := p.keep(w, columns); err != nil {
				_ = s.Fail(err)
			}
		}
	}
}

// entry reads an entry into raw, and returns what is wanted of its type; nil: nothing. The type may come after the
// numbers.
func (p *rowPage) entry(list []wanted) (w *wanted) {
	s := &p.scan
	clear(p.raw)
	typed := false
	for s.Enter('{'); ; {
		i, ok := s.Want(p.names)
		switch {
		case !ok:
			return w
		case i == 0:
			w, typed = kindOf(list, p.text()), true
		case i < 0, typed && w == nil:
			s.Skip()
		default:
			p.raw[i] = s.Raw()
		}
	}
}

func kindOf(list []wanted, kind []byte) *wanted {
	for i := range list {
		if string(kind) == list[i].kind {
			return &list[i]
		}
	}
	return nil
}

// keep puts an entry's numbers into their columns. Without a breakdown of actions there is one entry of a type: a second
// would be a part of something that was not asked for.
func (p *rowPage) keep(w *wanted, columns []normalize.Value) error {
	if columns[w.seen].OK {
		return fmt.Errorf("%w: it has two entries of %s", errNotRow, w.kind)
	}
	columns[w.seen] = normalize.Some(normalize.Decimal{})
	for _, k := range w.keys {
		raw := p.raw[slices.Index(p.keys, k.name)]
		if raw == nil {
			continue
		}
		var n wire.Number
		if err := n.UnmarshalJSON(raw); err != nil {
			return err
		}
		columns[k.column] = n.Value
	}
	return nil
}
