package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const configText = `apiVersion: ""
generated: "0001-01-01T00:00:00Z"
repositories:
- caFile: ca.pem
  certFile: ""
  insecure_skip_tls_verify: true
  keyFile: ""
  name: one
  pass_credentials_all: true
  password: secret
  url: https://charts.example.com
  username: me
- caFile: ""
  certFile: ""
  insecure_skip_tls_verify: false
  keyFile: ""
  name: two
  pass_credentials_all: false
  password: ""
  url: http://127.0.0.1:8080/charts
  username: ""
`

func configEntries() []Entry {
	return []Entry{
		{Name: "one", URL: "https://charts.example.com", Access: Access{
			Username: "me", Password: "secret", PassCredentials: true, CAFile: "ca.pem", InsecureSkipTLSVerify: true,
		}},
		{Name: "two", URL: "http://127.0.0.1:8080/charts"},
	}
}

func TestEditConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "repositories.yaml")
	if _, err := ReadConfig(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a file that is not there: %v", err)
	}
	err := EditConfig(t.Context(), path, func(c *Config) error {
		for _, e := range configEntries() {
			c.Set(Entry{Name: e.Name, URL: "https://old.example.com"})
			c.Set(e)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkConfig(t, path, configText)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	c, err := ReadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range configEntries() {
		if got, ok := c.Get(want.Name); !ok || got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}

	failure := errors.New("no")
	if err := EditConfig(t.Context(), path, func(c *Config) error { c.Remove("one"); return failure }); !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
	checkConfig(t, path, configText)
	err = EditConfig(t.Context(), path, func(c *Config) error {
		if c.Remove("three") || !c.Remove("one") || !c.Remove("two") {
			t.Error("wrong ones removed")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkConfig(t, path, "apiVersion: \"\"\ngenerated: \"0001-01-01T00:00:00Z\"\nrepositories: []\n")
}

func checkConfig(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	others, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if err != nil || len(others) > 0 {
		t.Errorf("left behind: %v %v", others, err)
	}
}

// TestEditConfigKeeps sees to files that are not to be lost: links, modes, and what
// cannot be read.
func TestEditConfigKeeps(t *testing.T) {
	add := func(c *Config) error { c.Set(Entry{Name: "new", URL: "https://new.example.com"}); return nil }
	t.Run("link", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "repositories.yaml")
		if err := os.Symlink("elsewhere.yaml", path); err != nil {
			t.Skip(err)
		}
		for range 2 { // the first time it leads nowhere
			if err := EditConfig(t.Context(), path, add); err != nil {
				t.Fatal(err)
			}
		}
		if link, err := os.Readlink(path); err != nil || link != "elsewhere.yaml" {
			t.Errorf("link %q, %v", link, err)
		}
		if c, err := ReadConfig(filepath.Join(dir, "elsewhere.yaml")); err != nil || len(c.Repositories) != 1 {
			t.Errorf("%v, %v", c, err)
		}
	})
	t.Run("mode", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "repositories.yaml")
		if err := os.WriteFile(path, []byte(configText), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := EditConfig(t.Context(), path, add); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	})
	for _, text := range []string{
		"repositories:\n- name: a\n  url: [", "repositories: text\n", "\x00\x01",
		"a: &a " + strings.Repeat("x", 1<<20) + "\nb: [" + strings.Repeat("*a, ", 90) + "*a]\n",
	} {
		path := filepath.Join(t.TempDir(), "repositories.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var bad *ConfigError
		if err := EditConfig(t.Context(), path, add); !errors.As(err, &bad) {
			t.Errorf("%.20q: error %v", text, err)
		}
		checkConfig(t, path, text)
	}
}

// TestReadConfigNull reads entries of which Helm does not survive the sight.
func TestReadConfigNull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "repositories.yaml")
	text := "repositories:\n- null\n- name: a\n  url: https://a\n  unknown: 1\n-\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := ReadConfig(path)
	if err != nil || len(c.Repositories) != 1 {
		t.Fatalf("%v, %v", c, err)
	}
	if _, ok := c.Get("b"); ok {
		t.Error("found what is not there")
	}
}

func TestEditConfigConcurrently(t *testing.T) {
	path := filepath.Join(t.TempDir(), "repositories.yaml")
	const n = 20
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			err := EditConfig(context.Background(), path, func(c *Config) error {
				c.Set(Entry{Name: fmt.Sprint(i), URL: "https://example.com"})
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if c, err := ReadConfig(path); err != nil || len(c.Repositories) != n {
		t.Errorf("%d of %d left, %v", len(c.Repositories), n, err)
	}
}

func TestEditConfigLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "repositories.yaml")
	unlock, err := lockFile(t.Context(), lockPath(path))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	var locked *LockError
	err = EditConfig(ctx, path, func(*Config) error { t.Error("called without the lock"); return nil })
	if !errors.As(err, &locked) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	unlock()
	if err := EditConfig(t.Context(), path, func(*Config) error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestLockPath(t *testing.T) {
	for path, want := range map[string]string{
		"a/repositories.yaml": "a/repositories.lock", "a.b/repos": "a.b/repos.lock", "a/x.y.z": "a/x.y.lock", ".yaml": ".yaml.lock",
	} {
		if got := lockPath(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
