package meta

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/admux/admux/providers"
)

// usedToken is, in a call's context, where the token goes that it was sent with.
type usedToken struct{}

// maxPassedRefusal is how much of a refusal is looked at before it is passed on.
const maxPassedRefusal = 64 << 10

// do passes a caller's request through. A token or a proof in the caller's query would contradict ours; a path without a
// version, which Meta refuses, gets the connection's. The token that Meta writes into the addresses of further pages is
// taken out of the answer. A token that Meta refuses, with HTTP 400, is renewed once for a read.
func (c *client) do(ctx context.Context, req *http.Request) (*http.Response, error) {
	out := req.Clone(ctx)
	out.URL.RawQuery = withoutSecrets(out.URL.RawQuery)
	if first, _, _ := strings.Cut(strings.TrimPrefix(out.URL.Path, "/"), "/"); !plausibleVersion(first) && out.URL.Host == apiHost {
		out.URL.Path, out.URL.RawPath = "/"+c.version+"/"+strings.TrimPrefix(out.URL.Path, "/"), ""
	}
	out.Header.Del("Accept-Encoding") // what cannot be read cannot be cleaned
	reads := out.Method == http.MethodGet || out.Method == http.MethodHead
	bucket, cost := c.lanes.bucket(passedLane(out.URL.Path)), writeCost
	if reads {
		cost = readCost
	}
	for again := reads && (out.Body == nil || out.Body == http.NoBody); ; again = false {
		if err := c.lanes.Wait(ctx, bucket, cost); err != nil {
			return nil, own(err)
		}
		var used string
		resp, err := c.rest.Pass(context.WithValue(ctx, usedToken{}, &used), out)
		if err != nil {
			return nil, err
		}
		c.lanes.heed(bucket, resp.Header)
		if again && c.conn.Tokens != nil && deadToken(resp) {
			_ = resp.Body.Close()
			if err := c.rejectPassed(ctx, used); err != nil {
				return nil, err
			}
			continue
		}
		c.clean(resp, used)
		return resp, nil
	}
}

// rejectPassed tells that a token was refused.
func (c *client) rejectPassed(ctx context.Context, used string) error {
	tok, err := c.conn.Tokens.Token(ctx)
	if err == nil && tok.AccessToken == used { // else it has been renewed in the meantime
		err = c.conn.Tokens.Reject(ctx, tok)
	}
	return own(err)
}

// deadToken looks into a refusal, which the caller can still read whole.
func deadToken(resp *http.Response) bool {
	if resp.StatusCode != http.StatusBadRequest {
		return false
	}
	head, _ := io.ReadAll(io.LimitReader(resp.Body, maxPassedRefusal))
	resp.Body = &passedBody{Reader: io.MultiReader(bytes.NewReader(head), resp.Body), Closer: resp.Body}
	return classify(resp.StatusCode, resp.Header, head).Kind == providers.Unauthorized
}

type passedBody struct {
	io.Reader
	io.Closer
}

// withoutSecrets takes the token and the proof out of a caller's query, and leaves all else as it is.
func withoutSecrets(query string) string {
	parts := slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool {
		name, _, _ := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		return err == nil && (plain == tokenParam || plain == proofParam)
	})
	return strings.Join(parts, "&")
}

// clean takes the connection's secrets out of an answer's body, as it is read.
func (c *client) clean(resp *http.Response, token string) {
	if len(token) < 8 { // would be found in any text
		return
	}
	secrets := []string{token}
	if escaped := url.QueryEscape(token); escaped != token {
		secrets = append(secrets, escaped)
	}
	if s := c.conn.App.ClientSecret; s != "" {
		secrets = append(secrets, proof(s, token))
	}
	if resp.Request == nil || resp.Request.Method != http.MethodHead {
		resp.Header.Del("Content-Length")
		resp.ContentLength = -1
	}
	resp.Body = &cleanBody{ReadCloser: resp.Body, secrets: secrets}
}

// cleanBody replaces secrets in a stream. It holds back no more than the longest of them might reach over.
type cleanBody struct {
	io.ReadCloser
	secrets []string
	held    []byte // read, and not yet looked through to its end
	ready   []byte // looked through
	err     error
}

const passedChunk = 16 << 10

// Read implements io.Reader.
func (b *cleanBody) Read(p []byte) (int, error) {
	for len(b.ready) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		chunk := make([]byte, passedChunk)
		n, err := b.ReadCloser.Read(chunk)
		b.held, b.err = append(b.held, chunk[:n]...), err
		b.look()
	}
	n := copy(p, b.ready)
	b.ready = b.ready[n:]
	return n, nil
}

// otherToken is a token of Meta's that stands by itself in an answer: a page's, which does not end and may publish, is
// handed out under whatever name the caller asks for. Cursors, and texts of people, do not look so.
var otherToken = regexp.MustCompile(`"EAA[0-9A-Za-z_-]{16,}"`)

// longestToken bounds what is held back for a token that is not whole yet.
const longestToken = 1 << 10

// look replaces what is whole, and keeps the end back while more may come.
func (b *cleanBody) look() {
	for _, s := range b.secrets {
		b.held = bytes.ReplaceAll(b.held, []byte(s), []byte("redacted"))
	}
	b.held = otherToken.ReplaceAll(b.held, []byte(`"redacted"`))
	keep := tokenBegun(b.held)
	for _, s := range b.secrets {
		for n := min(len(s)-1, len(b.held)); n > keep; n-- {
			if strings.HasPrefix(s, string(b.held[len(b.held)-n:])) {
				keep = n
				break
			}
		}
	}
	if b.err != nil {
		keep = 0
	}
	b.ready, b.held = b.held[:len(b.held)-keep:len(b.held)-keep], slices.Clone(b.held[len(b.held)-keep:])
}

// tokenBegun is how many bytes at the end may be the beginning of a token.
func tokenBegun(held []byte) int {
	i := bytes.LastIndexByte(held, '"')
	if i < 0 || len(held)-i > longestToken {
		return 0
	}
	tail := held[i+1:]
	if head := []byte("EAA"); !bytes.HasPrefix(tail, head) && !bytes.HasPrefix(head, tail) {
		return 0
	}
	for _, c := range tail {
		if c != '_' && c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return 0
		}
	}
	return len(held) - i
}

// passedLane is what a caller's path counts for, as far as it says.
func passedLane(path string) lane {
	var k lane
	for part := range strings.SplitSeq(path, "/") {
		if id, ok := strings.CutPrefix(part, "act_"); ok && digitsOnly(id) {
			k.account = id
		}
		k.insights = k.insights || part == "insights"
	}
	return k
}
