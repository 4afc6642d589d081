package jobs

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeS3 is as much of S3 as results use.
type fakeS3 struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/bucket/")
	switch {
	case r.Method == http.MethodPut:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the writer gave up
		}
		f.objects[key] = body
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Query().Has("list-type"):
		type object struct {
			Key          string
			LastModified string
			Size         int
		}
		var out struct {
			XMLName  xml.Name `xml:"ListBucketResult"`
			Contents []object
		}
		for k, b := range f.objects {
			if strings.HasPrefix(k, r.URL.Query().Get("prefix")) {
				out.Contents = append(out.Contents, object{k, "2026-01-01T00:00:00.000Z", len(b)})
			}
		}
		_ = xml.NewEncoder(w).Encode(out)
	default:
		b, ok := f.objects[key]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
			return
		}
		w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
		_, _ = w.Write(b)
	}
}

// Results go into an S3 bucket as into a directory: whole or not at all.
func TestResults_everywhere(t *testing.T) {
	s3 := &fakeS3{objects: map[string][]byte{"backup": []byte("not ours")}}
	srv := httptest.NewServer(s3)
	t.Cleanup(srv.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	dir := t.TempDir()
	for _, address := range []string{
		"s3://bucket?region=eu-central-1&use_path_style=true&disable_https=true&endpoint=" + srv.URL,
		"file://" + filepath.Join(dir, "a"), filepath.Join(dir, "b"), "",
	} {
		r, err := openResults(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		whole := bytes.Repeat([]byte("0123456789"), 10_000)
		if err := r.put(t.Context(), "reports/w/j/1", func(w io.Writer) error { _, err := w.Write(whole); return err }); err != nil {
			t.Fatalf("%.20s: %v", address, err)
		}
		boom := errors.New("boom")
		if err := r.put(t.Context(), "reports/w/j/2", func(w io.Writer) error { _, _ = w.Write(whole); return boom }); !errors.Is(err, boom) || errors.Is(err, errBucket) {
			t.Errorf("%.20s: %v", address, err)
		}
		in, _, err := r.get(t.Context(), "reports/w/j/1")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(in)
		if in.Close(); err != nil || !bytes.Equal(got, whole) {
			t.Errorf("%.20s: %d bytes, %v", address, len(got), err)
		}
		if _, missing, err := r.get(t.Context(), "reports/w/j/2"); !missing || !errors.Is(err, errBucket) {
			t.Errorf("%.20s: half a result is there: %v", address, err)
		}
		if n, err := r.sweep(t.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
			t.Errorf("%.20s: swept %d, %v", address, n, err)
		}
		if err := r.drop(t.Context(), "reports/w/j/1"); err != nil {
			t.Errorf("%.20s: dropped again: %v", address, err)
		}
		if err := r.close(); err != nil {
			t.Error(err)
		}
		if r.temp != "" {
			if _, err := os.Stat(r.temp); !os.IsNotExist(err) {
				t.Errorf("the private directory stays: %v", err)
			}
		}
	}
	if len(s3.objects) != 1 {
		t.Errorf("left in the bucket: %d", len(s3.objects))
	}
}

func TestResults_addressIsNotShown(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"gs://u:hunter2@b", "s3://b?hunter2=x", "file:///tmp/x?secret=hunter2", "file://host/hunter2", "ftp://hunter2"} {
		if _, err := openResults(t.Context(), address); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v", err)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	var o Options
	o.defaults()
	if err := o.check(); err != nil {
		t.Error(err)
	}
	bad := Options{Workers: -1, Poll: 1, LeaseFor: 1, Keep: 1, Sweep: -1, Retry: -1, Grace: -1}
	if err := bad.check(); err == nil || strings.Count(fmt.Sprint(err), "needed") != 7 {
		t.Errorf("%v", err)
	}
}
