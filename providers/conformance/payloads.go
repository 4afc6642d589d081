package conformance

import (
	"fmt"
	"io/fs"
	"os"
	"testing"
)

// PayloadsEnv names the folder of recorded platform answers, with one folder per platform in it. They are not part of
// the project.
const PayloadsEnv = "ADMUX_PAYLOADS"

// Payloads is the folder of a platform's recorded answers. Without the variable it says what is left out, and returns
// nil: the caller skips with SkipPayloads. A folder that is named but holds nothing of the platform fails t.
func Payloads(t testing.TB, platform string) fs.FS {
	t.Helper()
	root := os.Getenv(PayloadsEnv) //nolint:forbidigo // the suite is run by go test, which has no flags of ours
	if root == "" {
		t.Log(SkipPayloads(platform))
		return nil
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		t.Fatalf("%s: %v", PayloadsEnv, err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	files, err := fs.Sub(dir.FS(), platform)
	if err != nil {
		t.Fatalf("%s: %v", PayloadsEnv, err)
	}
	found, err := fs.ReadDir(files, ".")
	if err != nil {
		t.Fatalf("%s: %v", PayloadsEnv, err)
	}
	if len(found) == 0 {
		t.Fatalf("%s: %s holds no recorded answers", PayloadsEnv, platform)
	}
	return files
}

// SkipPayloads says why recorded answers were left out.
func SkipPayloads(platform string) string {
	return fmt.Sprintf("the recorded answers of %s are left out: %s is not set", platform, PayloadsEnv)
}
