package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver
)

// Postgres returns the URL of an empty schema, which is dropped after the test. The server is the one that
// ADMUX_TEST_DATABASE_URL names, else a private one made from the installed programs, once a test binary.
func Postgres(t testing.TB) string {
	t.Helper()
	base, err := server()
	if err != nil {
		if errors.Is(err, errNoPostgres) && testing.Short() {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	schema := fmt.Sprintf("t%d_%d", os.Getpid(), schemas.Add(1))
	run := func(q string) {
		db, err := sql.Open("postgres", base)
		if err == nil {
			_, err = db.ExecContext(context.WithoutCancel(t.Context()), q)
			err = errors.Join(err, db.Close())
		}
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	run(`CREATE SCHEMA ` + schema)
	t.Cleanup(func() { run(`DROP SCHEMA ` + schema + ` CASCADE`) })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("ADMUX_TEST_DATABASE_URL is not a URL")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

var errNoPostgres = errors.New("PostgreSQL's initdb and postgres are not installed: run `make deps`")

// schemas numbers the schemas of this process; server starts its server once.
var (
	schemas atomic.Int64
	server  = sync.OnceValues(func() (string, error) {
		if u := os.Getenv("ADMUX_TEST_DATABASE_URL"); u != "" {
			return u, nil
		}
		return startServer()
	})
)

func startServer() (string, error) {
	initdb, err := program("initdb")
	if err != nil {
		return "", err
	}
	postgres, err := program("postgres")
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("/tmp", "admux-pg-") // short: a socket's path has 107 characters at most
	if err != nil {
		return "", err
	}
	who, err := identity(dir)
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	data := filepath.Join(dir, "data")
	initCmd := exec.Command(initdb, "-D", data, "-U", "admux", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	initCmd.Dir, initCmd.SysProcAttr = dir, who
	if out, err := initCmd.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	if err := guard(dir, data, postgres, who); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	base := "postgres://admux@/postgres?sslmode=disable&host=" + url.QueryEscape(dir)
	return base, ready(base, filepath.Join(dir, "log"))
}

// guard starts the server under a shell that reads from us until we are gone, however we go, then stops the server
// and removes its files.
func guard(dir, data, postgres string, who *syscall.SysProcAttr) error {
	const script = `"$1" -D "$2" -k "$3" -c listen_addresses= -c fsync=off -c max_connections=300 -c shared_buffers=32MB >"$3/log" 2>&1 </dev/null &
server=$!; cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$3"`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", postgres, data, dir)
	cmd.Dir, cmd.SysProcAttr = "/", who
	alive, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	// The pipe stays open for the life of the process; the goroutine keeps the collector from closing it.
	go func() { _ = cmd.Wait(); _ = alive.(io.Closer).Close() }()
	return nil
}

func ready(base, log string) error {
	db, err := sql.Open("postgres", base)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for range 300 {
		if err = db.Ping(); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	out, _ := os.ReadFile(log)
	return fmt.Errorf("the private PostgreSQL did not start: %w\n%s", err, out)
}

// identity is who runs the server: PostgreSQL refuses root.
func identity(dir string) (*syscall.SysProcAttr, error) {
	own := &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() != 0 {
		return own, nil
	}
	uid, gid := 65534, 65534 // nobody
	if u, err := user.Lookup("postgres"); err == nil {
		uid, _ = strconv.Atoi(u.Uid)
		gid, _ = strconv.Atoi(u.Gid)
	}
	own.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return own, os.Chown(dir, uid, gid)
}

// program finds a server program, which many systems keep out of PATH.
func program(name string) (string, error) {
	if found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); err == nil && len(found) > 0 {
		return found[len(found)-1], nil
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		path := filepath.Join(string(out[:max(len(out)-1, 0)]), name)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return "", errNoPostgres
}
