package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/repotest"
)

// program is hchart as a process that can be killed: this test, which is hchart when it is
// called so.
func program(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("hchart")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	// The race detector has each process wait for a second at its end.
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "HOME="+dir, "HELM_CACHE_HOME="+filepath.Join(dir, "cache"), "HELM_CONFIG_HOME="+filepath.Join(dir, "config"))
	return cmd
}

// TestKilledDownloads kills pull, repo update and repo add at points of what they receive,
// and at random times. The next run goes well, and nothing half written has the name of
// something whole.
func TestKilledDownloads(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts some hundred processes")
	}
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{}).Read(noise) //nolint:errcheck // it has none
	for _, c := range []struct {
		name, path string
		args       []string // URL stands for that of the repository
		known      bool     // whether the repository has been added before
	}{
		{"pull by URL", "c-1.0.0.tgz", []string{"pull", "URL/c-1.0.0.tgz"}, false},
		{"pull by name", "c-1.0.0.tgz", []string{"pull", "test/c"}, true},
		{"pull untar", "c-1.0.0.tgz", []string{"pull", "c", "--repo", "URL", "--untar"}, false},
		{"repo update", "index.yaml", []string{"repo", "update"}, true},
		{"repo add", "index.yaml", []string{"repo", "add", "test", "URL"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := repotest.Start(t, repotest.Options{})
			size := len(srv.AddChart("c", "1.0.0", "noise", string(noise)))
			if c.path == "index.yaml" {
				size = 200
			}
			for i, arg := range c.args {
				c.args[i] = strings.Replace(arg, "URL", srv.URL, 1)
			}
			for i := range 10 {
				dir := t.TempDir()
				if c.known {
					if out, err := program(t, dir, "repo", "add", "test", srv.URL).CombinedOutput(); err != nil {
						t.Fatalf("%v: %s", err, out)
					}
					// So that there is something to update.
					os.Remove(filepath.Join(dir, "cache/repository/test-index.validator.json"))
				}
				cmd := program(t, dir, c.args...)
				started := make(chan *os.Process, 1)
				if i < 6 {
					killAt(srv, c.path, size*i/6, started)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				started <- cmd.Process
				if i >= 6 {
					time.AfterFunc(time.Duration(i-6)*10*time.Millisecond, func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
				}
				cmd.Wait() //nolint:errcheck // it was killed
				srv.Fault(c.path, 0, nil)
				checkHome(t, dir)
				if out, err := program(t, dir, c.args...).CombinedOutput(); err != nil && !strings.Contains(string(out), "already exists") {
					t.Errorf("the run after %d: %v: %s", i, err, out)
				}
				checkHome(t, dir)
			}
		})
	}
}

// killAt kills the process that has started when the server has sent so many bytes of a
// body.
func killAt(srv *repotest.Server, path string, after int, started <-chan *os.Process) {
	srv.Fault(path, 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(&killer{ResponseWriter: w, left: after, kill: func() {
			http.NewResponseController(w).Flush() //nolint:errcheck // the client is about to go
			time.Sleep(5 * time.Millisecond)      // for it to take in what was sent
			(<-started).Kill()                    //nolint:errcheck // it may have ended
			<-r.Context().Done()
		}}, r)
	})
}

type killer struct {
	http.ResponseWriter
	left int
	kill func()
}

func (k *killer) Write(p []byte) (int, error) {
	if len(p) <= k.left {
		k.left -= len(p)
		return k.ResponseWriter.Write(p)
	}
	k.ResponseWriter.Write(p[:k.left]) //nolint:errcheck // it ends here
	k.kill()
	return 0, http.ErrAbortHandler
}

// checkHome checks that what has the name of something whole is whole.
func checkHome(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case strings.HasSuffix(name, ".chart"):
			if sum := sha256.Sum256(data); hex.EncodeToString(sum[:])+".chart" != name {
				t.Errorf("%s has other bytes", path)
			}
		case strings.HasSuffix(name, ".tgz"):
			if !bytes.HasPrefix(data, []byte("\x1f\x8b")) || len(data) < 3<<20 {
				t.Errorf("%s has %d bytes", path, len(data))
			}
		case strings.HasSuffix(name, "-index.yaml"):
			if _, err := repo.ParseIndex(data, repo.IndexOptions{}); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		case name == "repositories.yaml":
			c, err := repo.ReadConfig(path)
			if err != nil || len(c.Repositories) != 1 {
				t.Errorf("%s: %+v, %v", path, c, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "c")); err == nil {
		if data, err := os.ReadFile(filepath.Join(dir, "c/noise")); err != nil || len(data) != 3<<20 {
			t.Errorf("it was unpacked in part: %d bytes, %v", len(data), err)
		}
	}
}
