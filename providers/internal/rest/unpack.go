package rest

import (
	"bufio"
	"io"
	"net/http"

	"github.com/klauspost/compress/gzip"
)

// packedBuffer is how much of a packed answer is read at once.
const packedBuffer = 16 << 10

// acceptPacked asks for a packed answer, which net/http would do by itself: its unpacking takes twice the time of ours.
func acceptPacked(req *http.Request) {
	if req.Header["Accept-Encoding"] == nil && req.Header["Range"] == nil && req.Method != http.MethodHead {
		req.Header["Accept-Encoding"] = []string{"gzip"}
	}
}

// unpack makes a packed answer a plain one, whose size and time-outs are those of what is in it.
func (c *Client) unpack(resp *http.Response) {
	b, ok := resp.Body.(*body)
	if !ok || resp.Header.Get("Content-Encoding") != "gzip" {
		return
	}
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength, resp.Uncompressed = -1, true
	b.rc = &unpacked{rc: b.rc, pool: c.unpackers}
}

// unpacker is a reader with its tables, used again for other answers.
type unpacker struct {
	in  *bufio.Reader
	out gzip.Reader
}

// unpacked reads a packed body. It takes an unpacker with the first byte, and gives it back at the end.
type unpacked struct {
	rc   io.ReadCloser
	pool *pool
	from *unpacker
	err  error
}

// Read implements io.Reader.
func (u *unpacked) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	if u.from == nil {
		u.from = u.pool.get()
		u.from.in.Reset(u.rc)
		if u.err = u.from.out.Reset(u.from.in); u.err != nil {
			return 0, u.err
		}
	}
	n, err := u.from.out.Read(p)
	u.err = err
	return n, err
}

// Close implements io.Closer.
func (u *unpacked) Close() error {
	err := u.rc.Close()
	if u.from != nil {
		u.from.in.Reset(nil)
		u.pool.put(u.from)
		u.from = nil
	}
	if u.err == nil {
		u.err = http.ErrBodyReadAfterClose
	}
	return err
}

// pool keeps a client's unpackers: a report's pages come one after the other.
type pool struct{ free chan *unpacker }

func newPool() *pool { return &pool{make(chan *unpacker, 2)} }

func (p *pool) get() *unpacker {
	select {
	case u := <-p.free:
		return u
	default:
		return &unpacker{in: bufio.NewReaderSize(nil, packedBuffer)}
	}
}

func (p *pool) put(u *unpacker) {
	select {
	case p.free <- u:
	default:
	}
}
