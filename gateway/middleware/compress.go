package middleware

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// compressFrom is how many bytes an answer has before compressing it pays.
const compressFrom = 1 << 10

// Compress packs answers by what the caller accepts: zstd or gzip. Parquet is packed already, and an answer that a
// platform has packed is left as it is.
func Compress() gin.HandlerFunc {
	return func(c *gin.Context) {
		coding := accepted(c.GetHeader("Accept-Encoding"))
		c.Writer.Header().Add("Vary", "Accept-Encoding")
		if coding == "" {
			c.Next()
			return
		}
		w := &packer{ResponseWriter: c.Writer, coding: coding}
		c.Writer = w
		defer w.dropOnPanic(c)
		c.Next()
		w.close() // not after a panic: an answer that is broken off must not get a good end
	}
}

// accepted chooses the coding: of equals zstd, which packs better in less time. "" is none.
func accepted(header string) string {
	best, most := "", 0.0
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64)
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "*" {
			name = "gzip"
		}
		if (name == "zstd" || name == "gzip") && (q > most || q == most && q > 0 && name == "zstd") {
			best, most = name, q
		}
	}
	return best
}

// packer holds the first bytes of an answer back until it is clear whether packing them pays.
type packer struct {
	gin.ResponseWriter
	coding string
	held   []byte
	decide bool // decided
	enc    encoder
}

type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// Write implements io.Writer.
func (p *packer) Write(b []byte) (int, error) {
	if !p.decide {
		if len(p.held)+len(b) < compressFrom {
			p.held = append(p.held, b...)
			return len(b), nil
		}
		p.start()
	}
	return p.pass(b)
}

// WriteString implements io.StringWriter.
func (p *packer) WriteString(s string) (int, error) { return p.Write([]byte(s)) }

// Written tells whether something of the body was given, held back or not: from then on there is no other answer.
func (p *packer) Written() bool { return len(p.held) > 0 || p.ResponseWriter.Written() }

func (p *packer) pass(b []byte) (int, error) {
	if p.enc == nil {
		return p.ResponseWriter.Write(b)
	}
	return p.enc.Write(b)
}

// start decides, and lets what was held back go.
func (p *packer) start() {
	p.decide = true
	h := p.Header()
	if h.Get("Content-Encoding") == "" && packable(h.Get("Content-Type")) && p.Status() != http.StatusPartialContent {
		h.Set("Content-Encoding", p.coding)
		h.Del("Content-Length")
		p.enc = encoders(p.coding)
		p.enc.Reset(p.ResponseWriter)
	}
	p.letGo()
}

// dropOnPanic forgets what was held back, so that a proper answer can still be given in its place.
func (p *packer) dropOnPanic(c *gin.Context) {
	if fault := recover(); fault != nil {
		c.Writer = p.ResponseWriter
		panic(fault)
	}
}

func (p *packer) letGo() {
	held := p.held
	p.held, p.decide = nil, true
	if len(held) > 0 {
		_, _ = p.pass(held) // the next write meets the same fault
	}
}

func packable(mediaType string) bool {
	m, _, _ := strings.Cut(mediaType, ";")
	m = strings.TrimSpace(m)
	return strings.HasPrefix(m, "text/") || strings.HasSuffix(m, "json")
}

// Flush implements http.Flusher.
func (p *packer) Flush() {
	if !p.decide {
		p.start()
	}
	if p.enc != nil {
		_ = p.enc.Flush()
	}
	p.ResponseWriter.Flush()
}

// Unwrap gives http.ResponseController the writer beneath.
func (p *packer) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// close ends the answer. What was too short to be packed goes as it is.
func (p *packer) close() {
	if p.enc == nil {
		p.letGo()
		return
	}
	_ = p.enc.Close() // a caller who has left is nobody's error
	keep(p.coding, p.enc)
	p.enc = nil
}

// Encoders are used again: each has tables of a megabyte.
var (
	zstds = sync.Pool{New: func() any { //nolint:gochecknoglobals // holds nothing that anybody could see
		e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20)) // options that are right
		return e
	}}
	gzips = sync.Pool{New: func() any { //nolint:gochecknoglobals // holds nothing that anybody could see
		e, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that there is
		return e
	}}
)

func encoders(coding string) encoder {
	if coding == "zstd" {
		return zstds.Get().(encoder) //nolint:forcetypeassert // see above
	}
	return gzips.Get().(encoder) //nolint:forcetypeassert // see above
}

func keep(coding string, e encoder) {
	if coding == "zstd" {
		zstds.Put(e)
		return
	}
	gzips.Put(e)
}
