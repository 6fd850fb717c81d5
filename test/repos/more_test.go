package repos

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// write puts a file into the home.
func (h home) write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// names are the files of a folder.
func (h home) names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.dir, dir))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, e := range entries {
		text += e.Name() + " "
	}
	return text
}

// keyring makes a key for "Signer" and writes it, secret and public in one file.
func (h home) keyring(t *testing.T) string {
	t.Helper()
	key, err := openpgp.NewEntity("Signer", "", "signer@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048, Time: func() time.Time { return time.Now().Add(-time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := key.SerializePrivate(&b, nil); err != nil {
		t.Fatal(err)
	}
	return h.write(t, "ring.gpg", b.String())
}

// TestDependencies brings charts/ up to date from a server with TLS and a password: each
// program goes on where the other one stopped.
func TestDependencies(t *testing.T) {
	p, n := findPrograms(t), start(t)
	n.fill(t, p)
	url := fmt.Sprintf("https://127.0.0.1:%d/charts", n.TLS)
	for turn, first := range []string{p.hchart, p.helm} {
		second := []string{p.helm, p.hchart}[turn]
		t.Run(fmt.Sprint(turn), func(t *testing.T) {
			h := newHome(t)
			h.must(t, first, "repo", "add", "test", url, "--username", user, "--password", canary, "--ca-file", n.file("ca.pem"))
			h.write(t, "top/Chart.yaml", "apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n"+
				"- {name: web, version: ~1.0, repository: \"@test\"}\n- {name: db, version: \">0.0\", repository: \""+url+"\", alias: store}\n")
			h.must(t, first, "dependency", "update", "top")
			lock, err := os.ReadFile(filepath.Join(h.dir, "top/Chart.lock"))
			if err != nil {
				t.Fatal(err)
			}
			const want = "db-0.1.0+x.tgz web-1.0.0.tgz "
			for _, program := range []string{second, first} {
				if err := os.RemoveAll(filepath.Join(h.dir, "top/charts")); err != nil {
					t.Fatal(err)
				}
				h.must(t, program, "dependency", "build", "top")
				if got := h.names(t, "top/charts"); got != want {
					t.Errorf("charts/ has %s, want %s", got, want)
				}
			}
			h.must(t, second, "dependency", "update", "top", "--skip-refresh")
			if again, err := os.ReadFile(filepath.Join(h.dir, "top/Chart.lock")); err != nil || !bytes.Equal(again, lock) {
				t.Errorf("the lock became\n%s\nand was\n%s", again, lock)
			}
			if a, b := h.must(t, first, "dependency", "list", "top"), h.must(t, second, "dependency", "list", "top"); a != b {
				t.Errorf("one lists\n%s\nthe other\n%s", a, b)
			}
			h.must(t, second, "package", "top", "-u", "-d", h.dir)
			h.must(t, first, "show", "chart", "top-1.0.0.tgz")
		})
	}
}

// TestSigned: what one program signs the other one gets from the server and verifies.
func TestSigned(t *testing.T) {
	p, n := findPrograms(t), start(t)
	for turn, first := range []string{p.hchart, p.helm} {
		second := []string{p.helm, p.hchart}[turn]
		t.Run(fmt.Sprint(turn), func(t *testing.T) {
			h := newHome(t)
			ring := h.keyring(t)
			h.write(t, "web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
			served := n.file("root/charts")
			if err := os.MkdirAll(served, 0o755); err != nil {
				t.Fatal(err)
			}
			h.must(t, first, "package", "web", "-d", served, "--sign", "--key", "Signer", "--keyring", ring)
			h.must(t, second, "repo", "index", served)
			h.must(t, first, "repo", "add", "test", fmt.Sprintf("http://127.0.0.1:%d/charts", n.Other))
			for _, program := range []string{first, second} {
				h.must(t, program, "pull", "test/web", "--verify", "--keyring", ring)
				h.must(t, program, "verify", "web-1.0.0.tgz", "--keyring", ring)
				h.must(t, program, "template", "rel", "test/web", "--verify", "--keyring", ring)
			}
			// Another archive under the same signature.
			n.write(t, "root/charts/web-1.0.0.tgz", append(read(t, filepath.Join(served, "web-1.0.0.tgz")), 0))
			h.must(t, second, "repo", "index", served)
			h.must(t, second, "repo", "update")
			for _, program := range []string{first, second} {
				if out, _, err := h.run(program, "pull", "test/web", "--verify", "--keyring", ring, "-d", t.TempDir()); err == nil {
					t.Errorf("%s verifies what was changed: %s", program, out)
				}
			}
		})
	}
}

// TestPlugins: a plugin comes from the server, and both programs run it.
func TestPlugins(t *testing.T) {
	p, n := findPrograms(t), start(t)
	n.write(t, "root/charts/hi-1.0.0.tgz", pluginArchive(t))
	for turn, first := range []string{p.hchart, p.helm} {
		second := []string{p.helm, p.hchart}[turn]
		t.Run(fmt.Sprint(turn), func(t *testing.T) {
			h := newHome(t)
			h.must(t, first, "plugin", "install", fmt.Sprintf("http://127.0.0.1:%d/charts/hi-1.0.0.tgz", n.Other), "--verify=false")
			for _, program := range []string{first, second} {
				if got := h.must(t, program, "hi", "there"); got != "hi there\n" {
					t.Errorf("%s prints %q", program, got)
				}
			}
			if a, b := h.must(t, first, "plugin", "list"), h.must(t, second, "plugin", "list"); a != b {
				t.Errorf("one lists\n%s\nthe other\n%s", a, b)
			}
			h.must(t, second, "plugin", "uninstall", "hi")
			if out, _, err := h.run(first, "hi"); err == nil {
				t.Errorf("it still runs: %s", out)
			}
		})
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func pluginArchive(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range []struct {
		name, text string
		mode       int64
	}{
		{"plugin.yaml", "apiVersion: v1\nname: hi\nversion: 1.0.0\ntype: cli/v1\nruntime: subprocess\n" +
			"config:\n  usage: hi\n  shortHelp: says hi\n  longHelp: says hi\n" +
			"runtimeConfig:\n  platformCommand:\n  - command: ${HELM_PLUGIN_DIR}/hi.sh\n", 0o644},
		{"hi.sh", "#!/bin/sh\necho hi \"$@\"\n", 0o755},
	} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
