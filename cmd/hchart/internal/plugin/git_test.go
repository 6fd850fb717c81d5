package plugin

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository makes a repository of git with the tags 1.0.0, v1.1.0 and 2.0.0, and more
// behind them.
func repository(t *testing.T) (dir string, run func(args ...string)) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	dir = filepath.Join(t.TempDir(), "p")
	run = func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=me", "GIT_AUTHOR_EMAIL=me@example.com",
			"GIT_COMMITTER_NAME=me", "GIT_COMMITTER_EMAIL=me@example.com")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(t, filepath.Dir(dir), "p", "")
	run("init", "-q", "-b", "main")
	for _, tag := range []string{"1.0.0", "v1.1.0", "2.0.0", ""} {
		write(t, filepath.Dir(dir), "p", "name: p\nversion: "+strings.TrimPrefix(tag+"9.9.9", "v")[:5]+"\n")
		run("add", ".")
		run("commit", "-q", "-m", "change", "--allow-empty")
		if tag != "" {
			run("tag", tag)
		}
	}
	return dir, run
}

func TestClone(t *testing.T) {
	source, run := repository(t)
	ctx, env := context.Background(), append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	for version, want := range map[string]string{
		"": "9.9.9", "1.0.0": "1.0.0", "v1.1.0": "1.1.0", "^1": "1.1.0", ">=1": "2.0.0", "main": "9.9.9",
	} {
		work := t.TempDir()
		p, err := Directory(filepath.Join(work, "plugins")).Clone(ctx, source, version, filepath.Join(work, "cache", "key"), env)
		if err != nil || p.Version() != want || filepath.Base(p.Dir) != "p" {
			t.Errorf("%q: got %v, %v", version, p, err)
		}
	}
	work := t.TempDir()
	dir := Directory(filepath.Join(work, "plugins"))
	cached := filepath.Join(work, "cache", "key")
	for _, bad := range [][2]string{
		{source, "^7"}, {source, "no such version"}, {source, "--upload-pack=x"}, {"--upload-pack=x", ""}, {source + "absent", ""},
	} {
		if p, err := dir.Clone(ctx, bad[0], bad[1], cached, env); err == nil {
			t.Errorf("%v: got %v", bad, p)
		}
		if _, err := os.Stat(string(dir)); err == nil {
			t.Errorf("%v: something was installed", bad)
		}
	}

	// An update, by way of a link as well.
	p, err := dir.Clone(ctx, source, "", cached, env)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(source), "p", "name: p\nversion: 10.0.0\n")
	run("commit", "-q", "-a", "-m", "change")
	linked, err := Directory(filepath.Join(work, "linked")).Link(p.Dir)
	if err != nil || linked.Signed() != "local dev" {
		t.Fatal(err)
	}
	if p, err = linked.Pull(ctx, env); err != nil || p.Version() != "10.0.0" || p.Dir != linked.Dir {
		t.Errorf("got %v, %v", p, err)
	}
	if err := os.WriteFile(filepath.Join(p.Dir, "plugin.yaml"), []byte("name: p\nversion: 11.0.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := linked.Pull(ctx, env); err == nil || !strings.Contains(err.Error(), "were changed") {
		t.Errorf("got %v", err)
	}
	if err := linked.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(string(dir), "p", "plugin.yaml")); err != nil {
		t.Error("more than the link was removed")
	}
	var none *NoRepositoryError
	if _, err := program(t.TempDir()).Pull(ctx, env); !errors.As(err, &none) {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", "")
	if _, err := dir.Clone(ctx, source, "", filepath.Join(work, "other"), env); err == nil {
		t.Error("no error without git")
	}
}

func TestCloneLinks(t *testing.T) {
	source, run := repository(t)
	env := append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null")
	for link, ok := range map[string]bool{"plugin.yaml": true, "../../../etc/passwd": false, "/etc/passwd": false} {
		file := filepath.Join(source, "link")
		_ = os.Remove(file)
		if err := os.Symlink(link, file); err != nil {
			t.Skip(err)
		}
		run("add", ".")
		run("commit", "-q", "-m", "link")
		work := t.TempDir()
		_, err := Directory(filepath.Join(work, "plugins")).Clone(context.Background(), source, "", filepath.Join(work, "cache"), env)
		if (err == nil) != ok {
			t.Errorf("%s: got %v", link, err)
		}
	}
}

func TestCacheKey(t *testing.T) {
	for source, want := range map[string]string{
		"https://github.com/me/diff":        "https-github.com-me-diff",
		"https://me:secret@example.com/x":   "https-me-example.com-x",
		"git@github.com:me/diff.git":        "git-github.com-me-diff.git",
		"ssh://git@example.com:22/me/x.git": "ssh-git-example.com-22-me-x.git",
		"http://%":                          "",
		"..":                                "",
		`\\host\share`:                      "",
	} {
		got, err := CacheKey(source)
		if got != want || (err == nil) != (want != "") || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %q, %v", source, got, err)
		}
	}
}

func TestWithoutUserinfo(t *testing.T) {
	text := "fatal: unable to access 'https://me:canary@example.com/x/': no host\nhttps://example.com me@example.com"
	want := "fatal: unable to access 'https://example.com/x/': no host\nhttps://example.com me@example.com"
	if got := withoutUserinfo(text); got != want {
		t.Errorf("got %q", got)
	}
}
