package migrations

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The two databases must not drift apart: same files, and in each file the same tables, columns and indexes.
func TestPair(t *testing.T) {
	t.Parallel()
	pg, lite := read(t, "postgres"), read(t, "sqlite")
	if len(pg) == 0 {
		t.Fatal("no migrations found")
	}
	if diff := cmp.Diff(pg, lite); diff != "" {
		t.Errorf("the schemas differ (-postgres +sqlite):\n%s", diff)
	}
}

var (
	comment = regexp.MustCompile(`--.*`)
	types   = strings.NewReplacer(` COLLATE "C"`, "", "BYTEA", "BLOB", "BIGINT", "INTEGER")
	spaces  = regexp.MustCompile(`\s+`)
)

// read returns each file's statements with what may differ taken out: comments, spacing and the names of types.
func read(t *testing.T, folder string) map[string][]string {
	t.Helper()
	names, err := fs.Glob(files, folder+"/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, name := range names {
		body, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(body), "-- +goose Up") || strings.Contains(string(body), "+goose Down") {
			t.Errorf("%s: migrations start with goose's Up mark and never go down", name)
		}
		for s := range strings.SplitSeq(comment.ReplaceAllString(string(body), ""), ";") {
			s = strings.TrimSpace(spaces.ReplaceAllString(types.Replace(s), " "))
			if s != "" {
				short := strings.TrimPrefix(name, folder+"/")
				out[short] = append(out[short], s)
			}
		}
	}
	return out
}
