package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// partSuffix is what a file is called while it is written.
const partSuffix = ".part"

// destination is where a report goes: a terminal, a pipe, or a file that takes its name only once everything is in it.
type destination struct {
	first func() // called before the first byte of what goes to standard output

	out  *bufio.Writer
	file *os.File // nil: standard output
	name string   // that the file takes at the end; empty: it has it already
	done bool
}

// openDestination fails where a file could not be written, before a report is made for it.
func openDestination(name string, std *streams) (*destination, error) {
	d := &destination{}
	if name == "" || name == "-" {
		d.out = bufio.NewWriter(hooked{std.out, d})
		return d, nil
	}
	var err error
	switch at, serr := os.Stat(name); {
	case serr == nil && at.IsDir():
		return nil, fmt.Errorf("%s is a folder", name)
	case serr == nil && !at.Mode().IsRegular(): // a device or a pipe must not be replaced by a file
		d.file, err = os.OpenFile(name, os.O_WRONLY, 0)
	default:
		d.name = name
		d.file, err = os.OpenFile(name+partSuffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("%s%s is there: another admux is writing it, or was killed; remove it in that case", name, partSuffix)
		}
	}
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewWriterSize(d.file, 1<<16)
	return d, nil
}

// Write implements io.Writer.
func (d *destination) Write(b []byte) (int, error) { return d.out.Write(b) }

// commit says that all is written: the file gets its name.
func (d *destination) commit() error {
	if err := d.out.Flush(); err != nil || d.file == nil {
		return err
	}
	if d.name == "" {
		return nil
	}
	if err := errors.Join(d.file.Sync(), d.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(d.name+partSuffix, d.name); err != nil {
		return err
	}
	d.done = true
	return nil
}

// close lets standard output have what was read of it, and removes what is a part of a file.
func (d *destination) close() error {
	switch {
	case d.done:
		return nil
	case d.file == nil:
		return d.out.Flush()
	case d.name == "":
		return errors.Join(d.out.Flush(), d.file.Close())
	}
	_ = d.file.Close() // twice where committing failed
	return os.Remove(d.name + partSuffix)
}

// hooked tells its destination before the first byte.
type hooked struct {
	w io.Writer
	d *destination
}

// Write implements io.Writer.
func (h hooked) Write(b []byte) (int, error) {
	if h.d.first != nil {
		h.d.first()
		h.d.first = nil
	}
	return h.w.Write(b)
}
