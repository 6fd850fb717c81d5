package repos

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/repotest"
)

// programs are those that take turns: hchart and Helm, or hchart alone.
type programs struct{ hchart, helm string }

func findPrograms(t *testing.T) programs {
	t.Helper()
	p := programs{hchart: os.Getenv("HCHART_BIN"), helm: os.Getenv("HCHART_HELM")}
	if p.hchart == "" {
		t.Skip("HCHART_BIN is not set: make test-repos")
	}
	if p.helm == "" {
		t.Log("HCHART_HELM is not set: hchart plays both parts")
		p.helm = p.hchart
	}
	return p
}

// home is where a program keeps its files, and works.
type home struct{ dir string }

func newHome(t *testing.T) home { return home{t.TempDir()} }

// run runs a program and returns what it printed.
func (h home) run(program string, args ...string) (stdout, stderr string, err error) {
	cmd := h.command(program, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

func (h home) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = h.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "KUBECONFIG=" + os.DevNull,
		"HELM_CACHE_HOME=" + filepath.Join(h.dir, "cache"), "HELM_CONFIG_HOME=" + filepath.Join(h.dir, "config"),
	}
	return cmd
}

// must is run for what has to go well.
func (h home) must(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, errs, err := h.run(program, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", filepath.Base(program), args, err, out, errs)
	}
	return out
}

// fill puts charts into the folder that nginx serves, with an index by hchart.
func (n *nginx) fill(t *testing.T, p programs) {
	t.Helper()
	for _, v := range []string{"1.0.0", "1.1.0", "2.0.0-rc.1"} {
		n.write(t, "root/charts/web-"+v+".tgz", repotest.Archive("web", v))
	}
	n.write(t, "root/charts/db-0.1.0+x.tgz", repotest.Archive("db", "0.1.0+x"))
	newHome(t).must(t, p.hchart, "repo", "index", n.file("root/charts"))
}

// TestTurns has both programs do each step of the life of a repository in turn, in one
// home. What the one wrote the other one reads, and both print the same.
func TestTurns(t *testing.T) {
	p, n := findPrograms(t), start(t)
	n.fill(t, p)
	for _, c := range []struct {
		name string
		url  string
		args []string
	}{
		{"password", fmt.Sprintf("http://127.0.0.1:%d/charts", n.Plain), []string{"--username", user, "--password", canary}},
		{"password in the URL", fmt.Sprintf("http://%s:%s@127.0.0.1:%d/charts", user, canary, n.Plain), nil},
		{"authority", fmt.Sprintf("https://127.0.0.1:%d/charts", n.TLS), []string{"--username", user, "--password", canary, "--ca-file", n.file("ca.pem")}},
		{"certificate", fmt.Sprintf("https://127.0.0.1:%d/charts/", n.Mutual), []string{"--ca-file", n.file("ca.pem"), "--cert-file", n.file("client.pem"), "--key-file", n.file("client.key")}},
	} {
		for turn, first := range []string{p.hchart, p.helm} {
			second := p.helm
			if turn == 1 {
				second = p.hchart
			}
			t.Run(fmt.Sprintf("%s/%d", c.name, turn), func(t *testing.T) {
				h := newHome(t)
				h.must(t, first, append([]string{"repo", "add", "test", c.url}, c.args...)...)
				h.must(t, second, "repo", "update")
				h.must(t, first, "repo", "update")
				h.must(t, second, "repo", "update", "test")
				for _, args := range [][]string{
					{"repo", "list"}, {"repo", "list", "-o", "json"},
					{"search", "repo"}, {"search", "repo", "we", "--versions", "--devel"},
					{"show", "chart", "test/web"}, {"show", "values", "test/db", "--version", ">0.0"},
					{"template", "rel", "test/web"}, {"template", "rel", "test/web", "--devel"},
				} {
					a, b := h.must(t, first, args...), h.must(t, second, args...)
					if a != b || a == "" {
						t.Errorf("%v prints\n%s\nand\n%s", args, a, b)
					}
				}
				for i, program := range []string{first, second} {
					dir := filepath.Join(h.dir, fmt.Sprint("pulled", i))
					if err := os.Mkdir(dir, 0o755); err != nil {
						t.Fatal(err)
					}
					h.must(t, program, "pull", "test/web", "--version", "~1.0", "-d", dir)
					h.must(t, program, "pull", "test/db", "--untar", "-d", dir)
					got, err := os.ReadFile(filepath.Join(dir, "web-1.0.0.tgz"))
					if err != nil || !bytes.Equal(got, repotest.Archive("web", "1.0.0")) {
						t.Errorf("%d bytes, %v", len(got), err)
					}
					if _, err := os.Stat(filepath.Join(dir, "db/Chart.yaml")); err != nil {
						t.Error(err)
					}
				}
				h.must(t, second, "repo", "remove", "test")
				if out, _, err := h.run(first, "template", "rel", "test/web"); err == nil {
					t.Errorf("still found: %s", out)
				}
			})
		}
	}
}

// TestUnchanged updates an index that is the same, also after Helm has written it.
func TestUnchanged(t *testing.T) {
	p, n := findPrograms(t), start(t)
	n.fill(t, p)
	h := newHome(t)
	h.must(t, p.hchart, "repo", "add", "test", fmt.Sprintf("http://127.0.0.1:%d/charts", n.Other))
	n.asked(t, n.Other)
	status := func() string {
		t.Helper()
		h.must(t, p.hchart, "repo", "update")
		lines := n.asked(t, n.Other)
		if len(lines) != 1 {
			t.Fatalf("asked %q", lines)
		}
		return strings.Fields(lines[0])[2]
	}
	if s := status(); s != "304" {
		t.Errorf("status %s", s)
	}
	if p.helm != p.hchart {
		h.must(t, p.helm, "repo", "update")
		n.asked(t, n.Other)
		if s := status(); s != "200" {
			t.Errorf("status %s after Helm's update", s)
		}
	}
	newer := time.Now().Add(time.Hour)
	n.write(t, "root/charts/new-1.0.0.tgz", repotest.Archive("new", "1.0.0"))
	newHome(t).must(t, p.hchart, "repo", "index", n.file("root/charts"))
	if err := os.Chtimes(n.file("root/charts/index.yaml"), newer, newer); err != nil {
		t.Fatal(err)
	}
	if s := status(); s != "200" {
		t.Errorf("status %s after a change", s)
	}
	if out := h.must(t, p.hchart, "search", "repo", "new"); !strings.Contains(out, "test/new") {
		t.Errorf("found %s", out)
	}
}

// TestRedirects sends the client of a repository with a password to another port, where
// the password must not be seen.
func TestRedirects(t *testing.T) {
	p, n := findPrograms(t), start(t)
	n.fill(t, p)
	for _, c := range []struct {
		url  string
		args []string
		pass bool
	}{
		{url: fmt.Sprintf("http://127.0.0.1:%d/moved", n.Plain)},
		{url: fmt.Sprintf("http://127.0.0.1:%d/moved", n.Plain), args: []string{"--pass-credentials"}, pass: true},
		{url: fmt.Sprintf("https://127.0.0.1:%d/moved", n.TLS), args: []string{"--ca-file", n.file("ca.pem")}},
		// To a server without TLS it does not go even so.
		{url: fmt.Sprintf("https://127.0.0.1:%d/moved", n.TLS), args: []string{"--ca-file", n.file("ca.pem"), "--pass-credentials"}},
	} {
		h := newHome(t)
		h.must(t, p.hchart, append([]string{"repo", "add", "test", c.url, "--username", user, "--password", canary}, c.args...)...)
		n.asked(t, n.Other)
		h.must(t, p.hchart, "pull", "test/web")
		lines := n.asked(t, n.Other)
		if len(lines) != 1 || strings.Contains(lines[0], "Basic") != c.pass {
			t.Errorf("%s %v: asked %q", c.url, c.args, lines)
		}
	}
}

// TestRefused gives wrong passwords and none: the error says what to do and nothing that
// is secret.
func TestRefused(t *testing.T) {
	p, n := findPrograms(t), start(t)
	n.fill(t, p)
	plain := fmt.Sprintf("127.0.0.1:%d/charts", n.Plain)
	secure := fmt.Sprintf("https://127.0.0.1:%d/charts", n.TLS)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"repo", "add", "test", "http://" + plain}, "--username"},
		{[]string{"repo", "add", "test", "http://" + plain, "--username", user, "--password", "not" + canary}, "did not accept"},
		{[]string{"repo", "add", "test", "http://" + user + ":not" + canary + "@" + plain}, "did not accept"},
		{[]string{"repo", "add", "test", secure, "--username", user, "--password", canary}, "certificate"},
		{[]string{"repo", "add", "test", secure, "--username", user, "--password", canary, "--ca-file", n.file("server.key")}, "server.key"},
		{[]string{"pull", "web", "--repo", "http://" + user + ":not" + canary + "@" + plain}, "did not accept"},
		{[]string{"pull", "http://" + user + ":not" + canary + "@" + plain + "/web-1.0.0.tgz?token=" + canary}, "did not accept"},
		{[]string{"template", "web", "--repo", "http://" + plain, "--username", user, "--password", "not" + canary}, "did not accept"},
		{[]string{"pull", "web", "--repo", fmt.Sprintf("https://127.0.0.1:%d/charts", n.Mutual), "--ca-file", n.file("ca.pem")}, "400 Bad Request"},
	} {
		h := newHome(t)
		out, errs, err := h.run(p.hchart, c.args...)
		if err == nil || !strings.Contains(errs, c.want) || out != "" {
			t.Errorf("%v: %v, %s%s", c.args, err, out, errs)
		}
		if strings.Contains(errs, canary) {
			t.Errorf("%v: the password is in %s", c.args, errs)
		}
		if entries, err := os.ReadDir(filepath.Join(h.dir, "cache/repository")); err == nil && len(entries) > 0 {
			t.Errorf("%v left %v", c.args, entries)
		}
	}
	h := newHome(t)
	h.must(t, p.hchart, "repo", "add", "test", secure, "--username", user, "--password", canary, "--insecure-skip-tls-verify")
	h.must(t, p.hchart, "pull", "test/web")
}

// TestResumed kills a pull in the middle. The next one asks for the rest.
func TestResumed(t *testing.T) {
	p, n := findPrograms(t), start(t)
	noise := make([]byte, 3<<20)
	rand.NewChaCha8([32]byte{}).Read(noise) //nolint:errcheck // it has none
	archive := repotest.Archive("large", "1.0.0", "noise", string(noise))
	n.write(t, "root/charts/large-1.0.0.tgz", archive)
	h := newHome(t)
	cmd := h.command(p.hchart, "pull", "--username", user, "--password", canary, fmt.Sprintf("http://127.0.0.1:%d/slow/large-1.0.0.tgz", n.Plain))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	partial := filepath.Join(h.dir, "cache/content/partial/*.partial")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		found, _ := filepath.Glob(partial)
		if len(found) == 1 {
			if info, err := os.Stat(found[0]); err == nil && info.Size() > 1<<19 {
				break
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is downloaded")
		}
	}
	cmd.Process.Kill() //nolint:errcheck // Wait says it
	cmd.Wait()         //nolint:errcheck // it was killed
	n.asked(t, n.Plain)
	// The same URL, so the rest of it comes as slowly.
	h.must(t, p.hchart, cmd.Args[1:]...)
	lines := n.asked(t, n.Plain)
	if len(lines) != 1 || !strings.Contains(lines[0], " 206 ") || strings.Contains(lines[0], `"bytes=0-"`) {
		t.Errorf("asked %q", lines)
	}
	got, err := os.ReadFile(filepath.Join(h.dir, "large-1.0.0.tgz"))
	if err != nil || !bytes.Equal(got, archive) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if found, _ := filepath.Glob(filepath.Join(h.dir, "cache/content/partial/*")); len(found) > 0 {
		t.Errorf("%v is left", found)
	}
	index, err := repo.ReadIndex(n.file("root/charts/index.yaml"), repo.IndexOptions{})
	if err == nil && slices.Contains(index.Names(), "large") {
		t.Error("the index has it, too: the test tests less than it says")
	}
}
