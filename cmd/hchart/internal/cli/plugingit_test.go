package cli

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pluginRepository makes a repository of git with the versions 1.0.0 and 1.1.0 of a plugin,
// in a directory from where any web server can serve it, and returns what adds a version.
func pluginRepository(t *testing.T) (dir string, add func(version, tag string)) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not here")
	}
	dir = t.TempDir()
	work := filepath.Join(dir, "work")
	git := func(in string, args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = in
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=me", "GIT_AUTHOR_EMAIL=me@example.com",
			"GIT_COMMITTER_NAME=me", "GIT_COMMITTER_EMAIL=me@example.com")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git(dir, "init", "-q", "-b", "main", work)
	git(dir, "init", "-q", "--bare", "-b", "main", "tool.git")
	add = func(version, tag string) {
		t.Helper()
		text := "name: tool\nversion: " + version + "\ncommand: echo tool " + version + "\nhooks: {install: 'echo installed', update: 'echo updated'}\n"
		if err := os.WriteFile(filepath.Join(work, "plugin.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		git(work, "add", ".")
		git(work, "commit", "-q", "-m", version)
		git(work, "tag", tag)
		git(work, "push", "-q", "--tags", filepath.Join(dir, "tool.git"), "main")
		git(filepath.Join(dir, "tool.git"), "update-server-info")
	}
	add("1.0.0", "1.0.0")
	add("1.1.0", "v1.1.0")
	return dir, add
}

// TestHelmPluginGit installs plugins from a repository and updates them, by both programs.
func TestHelmPluginGit(t *testing.T) {
	helm := helmProgram(t)
	dir, add := pluginRepository(t)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	source := server.URL + "/tool.git"
	work, homes := t.TempDir(), []string{t.TempDir(), t.TempDir()}
	compare := func(line string) {
		t.Helper()
		want := runHelm(t, helm, work, pluginEnvironment(homes[0]), "", strings.Fields(line)...)
		got := runIn(t, work, pluginEnvironment(homes[1]), "", strings.Fields(line)...)
		got.files = nil
		if want.code == 0 {
			want.stderr = got.stderr
		}
		for _, d := range got.differences(want) {
			t.Errorf("%s: %s", line, d)
		}
		tree := func(home string) []string {
			return slices.DeleteFunc(pluginTree(t, work, home), func(s string) bool { return strings.Contains(s, ".git/") })
		}
		if w, g := tree(homes[0]), tree(homes[1]); !slices.Equal(w, g) {
			t.Errorf("%s: there is\n%s\nHelm has\n%s", line, strings.Join(g, "\n"), strings.Join(w, "\n"))
		}
	}
	compare("plugin install " + source)
	for _, version := range []string{"1.0.0", "^1", "^9", "v1.1.0"} {
		compare("plugin install " + source + " --verify=false --version " + version)
		compare("plugin list")
		compare("plugin update tool")
		compare("tool")
		compare("plugin uninstall tool")
	}
	// The clone in the cache is at the version that was asked for last, where Helm leaves it.
	add("1.2.0", "1.2.0")
	for _, line := range []string{"plugin install " + source + " --verify=false", "plugin list"} {
		if r := runIn(t, work, pluginEnvironment(homes[1]), "", strings.Fields(line)...); r.code != 0 || line == "plugin list" && !strings.Contains(r.stdout, "1.2.0") {
			t.Errorf("%s: got %d, %s%s", line, r.code, r.stdout, r.stderr)
		}
	}
	// A new home for both.
	homes[0], homes[1] = t.TempDir(), t.TempDir()
	compare("plugin install " + source + " --verify=false")
	add("2.0.0", "2.0.0")
	compare("plugin update tool")
	compare("tool")
	if err := os.RemoveAll(filepath.Join(dir, "tool.git")); err != nil {
		t.Fatal(err)
	}
	compare("plugin update tool")
	compare("tool")
}
