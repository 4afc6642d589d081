package scan

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// ErrTwice says that an object has a name twice: which of the two would be true?
var ErrTwice = errors.New("an object has a name twice")

// mostOthers is how many names besides the wanted ones a Names remembers.
const mostOthers = 100

// Names are the members that a reader of many like objects wants. It remembers in which order they came in the last one:
// then most names need not be read, only compared. It is for objects that do not hold one another.
type Names struct {
	place map[string]int
	list  []name
	wants int
	last  int    // place of the name before, in the object being read; 0: none yet
	round uint32 // the object being read
}

// name is one that has been met or is wanted.
type name struct {
	wire  []byte // `"name":`
	next  int    // place of the one that came after it last time
	round uint32 // the object that had it last
}

// NewNames is for objects with these members.
func NewNames(wanted ...string) *Names {
	n := &Names{place: map[string]int{}, list: make([]name, 1), wants: len(wanted)}
	for _, w := range wanted {
		n.add(w)
	}
	return n
}

func (n *Names) add(text string) int {
	at := len(n.list)
	wire, _ := jsontext.AppendQuote(nil, text) // names are UTF-8
	n.list = append(n.list, name{wire: append(wire, ':')})
	n.place[text] = at
	return at
}

// Want is Member for objects of which some members are wanted: it returns the place of the next one among the wanted
// names, -1 for another, whose value is next all the same. A name that comes twice is an error.
func (s *Scanner) Want(n *Names) (which int, ok bool) {
	if s.first {
		n.last = 0
		n.round++
	}
	if !s.another('}') {
		return -1, false
	}
	at := n.list[n.last].next
	if guess := &n.list[at]; at > 0 && bytes.HasPrefix(s.buf[s.at:], guess.wire) {
		s.at += len(guess.wire)
	} else if at, ok = s.lookUp(n); !ok {
		return -1, false
	} else if at < 0 {
		return -1, true
	}
	met := &n.list[at]
	if met.round == n.round {
		_ = s.Fail(ErrTwice)
		return -1, false
	}
	met.round, n.last = n.round, at
	if at > n.wants {
		return -1, true
	}
	return at - 1, true
}

// lookUp reads a name and finds its place; -1 for one of too many.
func (s *Scanner) lookUp(n *Names) (at int, ok bool) {
	text, ok := s.name()
	if !ok {
		return 0, false
	}
	at, known := n.place[string(text)]
	if !known {
		if len(n.list) > n.wants+mostOthers {
			return -1, true
		}
		at = n.add(string(text))
	}
	n.list[n.last].next = at
	return at, true
}
