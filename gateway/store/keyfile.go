package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// LoadKeyFile reads a keyring from a file with one key a line, the sealing one first; empty lines and lines that
// start with # are skipped. With create, a file that is not there is made with one fresh key, readable by its owner
// alone. A file that others may read is refused.
func LoadKeyFile(path string, create bool) (*Keyring, error) {
	if create {
		if err := createKeyFile(path); err != nil {
			return nil, fmt.Errorf("key file: %w", err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("key file %s is open to others (mode %04o): chmod 600 it", path, info.Mode().Perm())
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	var keys []string
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			keys = append(keys, line)
		}
	}
	ring, err := ParseKeyring(strings.Join(keys, ","))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return ring, nil
}

// createKeyFile writes a key into a file of its own first and links it into place, so that of two processes that
// start at once both read the same key, and none reads half of one.
func createKeyFile(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	tmp, err := os.CreateTemp(dirOf(path), ".admux-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString("# admux: seals the tokens at rest. Without it they cannot be read: keep a copy in a safe place.\n" + NewKey() + "\n")
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
