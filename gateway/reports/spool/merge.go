package spool

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// readAhead is the buffer of one run while runs are merged: bounded over all of them.
const readAhead, readAheadAll = 64 << 10, 8 << 20

func (s *Sorter) merged(yield func(Record, error) bool) {
	if len(s.recs) > 0 {
		if err := s.spill(); err != nil {
			yield(Record{}, err)
			return
		}
	}
	s.arena, s.recs = nil, nil
	size := max(4<<10, min(readAhead, readAheadAll/len(s.runs)))
	h := make(runHeap, 0, len(s.runs))
	for i, r := range s.runs {
		h = append(h, &source{order: i, r: bufio.NewReaderSize(io.NewSectionReader(s.file, r.off, r.size), size)})
		if err := h[i].next(); err != nil { // a run has at least one record
			yield(Record{}, fmt.Errorf("%w: %w", ErrDisk, err))
			return
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		if !yield(h[0].rec, nil) {
			return
		}
		switch err := h[0].next(); {
		case err == nil:
			heap.Fix(&h, 0)
		case errors.Is(err, io.EOF):
			heap.Pop(&h)
		default:
			yield(Record{}, fmt.Errorf("%w: %w", ErrDisk, err))
			return
		}
	}
}

// source reads one run.
type source struct {
	r     *bufio.Reader
	order int
	buf   []byte
	rec   Record
}

// next returns io.EOF after the last record, and io.ErrUnexpectedEOF when the run ends inside one.
func (s *source) next() error {
	key, err := binary.ReadUvarint(s.r)
	if err != nil {
		return err
	}
	val, err := binary.ReadUvarint(s.r)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	n := int(key + val) //nolint:gosec // lengths of slices that were in memory
	if cap(s.buf) < n {
		s.buf = make([]byte, n+n/2)
	}
	s.buf = s.buf[:n]
	if _, err := io.ReadFull(s.r, s.buf); err != nil {
		return io.ErrUnexpectedEOF
	}
	s.rec = Record{s.buf[:key], s.buf[key:]}
	return nil
}

// runHeap orders runs by their next key; of equal keys the earlier run comes first.
type runHeap []*source

func (h runHeap) Len() int { return len(h) }
func (h runHeap) Less(i, j int) bool {
	if c := bytes.Compare(h[i].rec.Key, h[j].rec.Key); c != 0 {
		return c < 0
	}
	return h[i].order < h[j].order
}
func (h runHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push is heap.Interface's.
func (h *runHeap) Push(x any) { *h = append(*h, x.(*source)) } //nolint:forcetypeassert // the heap holds nothing else

// Pop is heap.Interface's.
func (h *runHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
