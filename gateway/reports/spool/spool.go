// Package spool sorts more records than memory should hold: it sorts what fits, writes it to a file as a run, and
// merges the runs. Small reports never touch the disk. Files are removed from their directory as soon as they are
// open, so that nothing is left behind by a process that dies.
package spool

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
)

// ErrFull says that the records are more than MaxDisk.
var ErrFull = errors.New("spool: the records are too many for the disk space allowed")

// ErrDisk is in the chain of every failure of the disk.
var ErrDisk = errors.New("spool: the disk failed")

// Options of a Sorter. Zero values are the defaults.
type Options struct {
	Dir     string // os.TempDir
	Memory  int    // bytes held before a run is written; 8 MiB
	MaxDisk int64  // bytes of all runs; 4 GiB
}

// Sorter takes records in any order and gives them back by key, equal keys in the order they came. It is not safe for
// concurrent use, and is to be closed.
type Sorter struct {
	opts  Options
	arena []byte
	recs  []rec
	file  *os.File
	runs  []run
	disk  int64
}

// rec is a record in the arena: its key, then its value.
type rec struct{ off, key, val int }

type run struct{ off, size int64 }

// recSize is what one rec takes besides its bytes.
const recSize = 24

// New makes an empty Sorter.
func New(o Options) *Sorter {
	if o.Memory == 0 {
		o.Memory = 8 << 20
	}
	if o.MaxDisk == 0 {
		o.MaxDisk = 4 << 30
	}
	return &Sorter{opts: o}
}

// Add copies a record.
func (s *Sorter) Add(key, val []byte) error {
	need := len(key) + len(val) + recSize
	if len(s.recs) > 0 && len(s.arena)+len(s.recs)*recSize+need > s.opts.Memory {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.recs = append(s.recs, rec{len(s.arena), len(key), len(val)})
	s.arena = append(s.arena, key...)
	s.arena = append(s.arena, val...)
	return nil
}

func (s *Sorter) keyOf(r rec) []byte { return s.arena[r.off : r.off+r.key] }
func (s *Sorter) valOf(r rec) []byte { return s.arena[r.off+r.key : r.off+r.key+r.val] }

func (s *Sorter) sort() {
	slices.SortStableFunc(s.recs, func(a, b rec) int { return bytes.Compare(s.keyOf(a), s.keyOf(b)) })
}

// spill writes what is in memory as one sorted run.
func (s *Sorter) spill() error {
	if s.file == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	s.sort()
	size := int64(0)
	for _, r := range s.recs {
		size += int64(r.key + r.val + 2*binary.MaxVarintLen32)
	}
	if s.disk+size > s.opts.MaxDisk {
		return ErrFull
	}
	w := bufio.NewWriterSize(io.NewOffsetWriter(s.file, s.disk), 256<<10)
	n := int64(0)
	var head [2 * binary.MaxVarintLen64]byte
	for _, r := range s.recs {
		h := binary.AppendUvarint(head[:0], uint64(r.key))
		h = binary.AppendUvarint(h, uint64(r.val))
		n += int64(len(h) + r.key + r.val)
		_, _ = w.Write(h) // a bufio.Writer keeps its first error for Flush
		_, _ = w.Write(s.arena[r.off : r.off+r.key+r.val])
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	s.runs = append(s.runs, run{s.disk, n})
	s.disk += n
	s.arena, s.recs = s.arena[:0], s.recs[:0]
	return nil
}

func (s *Sorter) open() error {
	f, err := os.CreateTemp(s.opts.Dir, "admux-report-*")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	s.file = f
	// Where an open file cannot be removed (Windows), Close does it.
	_ = os.Remove(f.Name())
	return nil
}

// Close frees memory and disk.
func (s *Sorter) Close() {
	s.arena, s.recs = nil, nil
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
		s.file = nil
	}
}

// Record is one record; it is valid until the next one.
type Record struct{ Key, Val []byte }

// Sorted yields every record by key, once. It ends by its last record or by one error.
func (s *Sorter) Sorted() iter.Seq2[Record, error] {
	if len(s.runs) == 0 {
		return s.inMemory
	}
	return s.merged
}

func (s *Sorter) inMemory(yield func(Record, error) bool) {
	s.sort()
	for _, r := range s.recs {
		if !yield(Record{s.keyOf(r), s.valOf(r)}, nil) {
			return
		}
	}
}
