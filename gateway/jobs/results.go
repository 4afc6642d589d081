package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3:// in ResultsURL
	"gocloud.dev/gcerrors"

	"github.com/admux/admux/gateway/store"
)

// prefix is where results are in the bucket: nothing else of it is ever touched.
const prefix = "reports/"

// results keeps finished reports.
type results struct {
	bucket *blob.Bucket
	temp   string // a directory to remove on close; empty for none
}

func (r *results) close() error {
	err := r.bucket.Close()
	if r.temp != "" {
		err = errors.Join(err, os.RemoveAll(r.temp))
	}
	return err
}

// openResults opens a bucket: s3://…, file:///directory, or a plain directory; "" is a private one that is gone after
// close. A directory is made when it is not there, for this user alone.
func openResults(ctx context.Context, address string) (*results, error) {
	if address == "" {
		dir, err := os.MkdirTemp("", "admux-results-*")
		if err != nil {
			return nil, fmt.Errorf("jobs: the directory for results: %w", err)
		}
		r, err := openDirectory(dir)
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
		r.temp = dir
		return r, nil
	}
	scheme, _, isURL := strings.Cut(address, "://")
	if !isURL || scheme == "file" {
		return openDirectory(address)
	}
	b, err := blob.OpenBucket(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("jobs: the bucket for results (%s://…) does not open: %w", scheme, withoutURL(err, address))
	}
	return &results{bucket: b}, nil
}

func openDirectory(address string) (*results, error) {
	dir := address
	if u, err := url.Parse(address); err == nil && u.Scheme == "file" {
		if dir = filepath.FromSlash(u.Path); u.Host == "." {
			dir = "." + dir
		}
		if u.RawQuery != "" || dir == "" || u.Host != "" && u.Host != "." && u.Host != "localhost" {
			return nil, errors.New("jobs: the directory for results is named as file:///directory, without parameters")
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("jobs: the directory for results: %w", err)
	}
	// Parts of files are written beside the files: a rename over file systems would fail.
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("jobs: the directory for results: %w", err)
	}
	return &results{bucket: b}, nil
}

// withoutURL keeps an address, which may hold a key, out of a message.
func withoutURL(err error, address string) error {
	text := strings.ReplaceAll(err.Error(), address, "…")
	if u, perr := url.Parse(address); perr == nil {
		for name, values := range u.Query() {
			for _, part := range append(values, name) {
				if part != "" {
					text = strings.ReplaceAll(text, part, "…")
				}
			}
		}
	}
	return errors.New(text)
}

// key is where a holder of a job writes: no other holder ever does.
func key(j *store.Job) string {
	return prefix + j.WorkspaceID + "/" + j.ID + "/" + strconv.FormatInt(j.Lease.Epoch, 10)
}

// put writes an object, whole or not at all.
func (r *results) put(ctx context.Context, key string, write func(io.Writer) error) error {
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := r.bucket.NewWriter(within, key, &blob.WriterOptions{ContentType: "application/octet-stream", DisableContentTypeDetection: true})
	if err != nil {
		return fmt.Errorf("%w: %w", errBucket, err)
	}
	watched := &bucketWriter{w: w}
	if err := write(watched); err != nil {
		cancel() // a writer whose context has ended writes nothing
		_ = w.Close()
		if watched.failed {
			return fmt.Errorf("%w: %w", errBucket, err)
		}
		return err
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("%w: %w", errBucket, err)
	}
	return nil
}

// errBucket is in the chain of every failure of the bucket.
var errBucket = errors.New("jobs: the bucket for results failed")

type bucketWriter struct {
	w      io.Writer
	failed bool
}

func (b *bucketWriter) Write(p []byte) (int, error) {
	n, err := b.w.Write(p)
	b.failed = b.failed || err != nil
	return n, err
}

// get opens an object. missing tells that there is none.
func (r *results) get(ctx context.Context, key string) (in io.ReadCloser, missing bool, err error) {
	in, err = r.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, gcerrors.Code(err) == gcerrors.NotFound, fmt.Errorf("%w: %w", errBucket, err)
	}
	return in, false, nil
}

// drop removes an object; one that is not there is no failure.
func (r *results) drop(ctx context.Context, key string) error {
	if err := r.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("%w: %w", errBucket, err)
	}
	return nil
}

// sweep removes what is older than any result may be: objects of workers that died before they could say so.
func (r *results) sweep(ctx context.Context, before time.Time) (int, error) {
	n := 0
	list := r.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("%w: %w", errBucket, err)
		}
		if o.IsDir || !o.ModTime.Before(before) {
			continue
		}
		if err := r.drop(ctx, o.Key); err != nil {
			return n, err
		}
		n++
	}
}
