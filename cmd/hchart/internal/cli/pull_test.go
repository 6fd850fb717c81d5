package cli

import (
	"bytes"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/repo/repotest"
)

// pullHome is a home with a repository, whose index is in the cache.
func pullHome(t *testing.T, url string) (env []string) {
	t.Helper()
	home := t.TempDir()
	env = append(testEnvironment(t, ""), "HELM_CACHE_HOME="+filepath.Join(home, "cache"), "HELM_CONFIG_HOME="+filepath.Join(home, "config"))
	resp, err := http.Get(url + "/index.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var index bytes.Buffer
	if _, err := index.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	writeFiles(t, home, map[string]string{
		"config/repositories.yaml":         "apiVersion: \"\"\nrepositories:\n- name: test\n  url: " + url + "\n",
		"cache/repository/test-index.yaml": index.String(),
		"cache/repository/test-charts.txt": "apache\nnginx\n",
	})
	return env
}

// TestHelmPull gives the same references to both programs: what they print, how they end
// and the files they make are the same.
func TestHelmPull(t *testing.T) {
	helm := helmProgram(t)
	srv := repotest.Start(t, repotest.Options{Path: "/charts"})
	srv.AddChart("apache", "2.0.0")
	srv.AddChart("nginx", "1.2.3")
	srv.AddChart("nginx", "1.2.3+build.7")
	srv.AddChart("nginx", "2.0.0-rc.1")
	srv.AddVersion("nothing", "1.0.0", "", "absent.tgz")
	srv.AddVersion("broken", "1.0.0", "", "%zz")
	srv.Put("nginx-1.2.3.tgz.prov", []byte("a signature\n"))
	env := pullHome(t, srv.URL)
	for _, c := range []struct{ line, why string }{
		{"pull test/nginx", ""},
		{"fetch test/nginx", ""},
		{"pull test/nginx test/apache", ""},
		{"pull test/nginx test/absent", ""},
		{"pull test/nginx --version 1.2.3+build.7", ""},
		{"pull test/nginx --version ^1", ""},
		{"pull test/nginx --version >=3", ""},
		{"pull test/nginx --version nonsense", ""},
		{"pull test/nginx --devel", ""},
		{"pull test/nginx --devel --version 1.x", ""},
		{"pull nginx --repo URL", ""},
		{"pull nginx --repo URL/", ""},
		{"pull nginx --repo URL --version 1.2.3", ""},
		{"pull absent --repo URL", ""},
		{"pull nginx --repo URL/absent", ""},
		{"pull URL/nginx-1.2.3.tgz", ""},
		{"pull URL/nginx-1.2.3.tgz --version 7", ""},
		{"pull URL/absent.tgz", ""},
		{"pull test/nothing", ""},
		{"pull test/broken", ""},
		{"pull other/nginx", ""},
		{"pull nginx", ""},
		{"pull ./nginx", ""},
		{"pull", ""},
		{"pull test/nginx -d absent", ""},
		{"pull test/nginx -d there", ""},
		{"pull test/nginx --prov", ""},
		{"pull test/apache --prov", ""},
		{"pull apache --repo URL --prov", ""},
		{"pull test/apache --verify", ""},
		{"pull test/nginx --untar", ""},
		{"pull test/nginx --untar -d there", ""},
		{"pull test/nginx --untar --untardir deep/er -d there", ""},
		{"pull test/nginx --untar --untardir taken", ""},
		{"pull test/nginx --untar --prov", ""},
		{"template rel test/nginx", ""},
		{"template rel test/nginx --devel", ""},
		{"template rel nginx --repo URL", ""},
		{"template rel URL/apache-2.0.0.tgz", ""},
		{"template rel test/absent", ""},
		{"template rel absent --repo URL", ""},
		{"show chart test/nginx", ""},
		{"show values test/nginx --version 1.2.3", ""},
		{"show all nginx --repo URL --devel", ""},
		{"__complete pull te", ""},
		{"__complete pull test/", ""},
		{"__complete pull test/n", ""},
		{"__complete pull ht", ""},
		{"__complete pull oci://x", ""},
		{"__complete pull x", ""},
		{"__complete pull test/nginx --version ^", ""},
		{"__complete show chart te", ""},
		{"__complete show chart the", ""},
		{"__complete show chart test/nginx --version ^", ""},
		{"__complete template rel test/", ""},
		{"__complete install rel test/nginx --version ^", ""},
		{"__complete upgrade rel test/nginx --version ^", ""},
		{"pull URL/nginx-1.2.3.tgz --untar", ""},
	} {
		t.Run(c.line, func(t *testing.T) {
			args := strings.Split(strings.ReplaceAll(c.line, "URL", srv.URL), " ")
			for i, a := range args {
				args[i] = strings.TrimSuffix(a, "^")
				if strings.HasPrefix(a, "^1") {
					args[i] = a
				}
			}
			dir := func() string {
				d := t.TempDir()
				writeFiles(t, d, map[string]string{"there/x": "", "taken/nginx/x": ""})
				return d
			}
			first := dir()
			want := runHelm(t, helm, first, env, "", args...)
			want.files = filesBelow(t, first)
			got := runIn(t, dir(), env, "", args...)
			if c.line == "pull test/apache --verify" {
				// Helm leaves the archive that it could not verify.
				maps.DeleteFunc(want.files, func(name, _ string) bool { return strings.HasSuffix(name, ".tgz") })
			}
			differences := got.differences(want)
			differences = slices.DeleteFunc(differences, func(d string) bool {
				return args[0] == "__complete" && strings.HasPrefix(d, "one says nothing")
			})
			switch {
			case c.why == "":
				for _, d := range differences {
					t.Error(d)
				}
			case len(differences) == 0:
				t.Errorf("no difference any more: %s", c.why)
			}
		})
	}
}

// TestPullHostile pulls what honest tools do not make: nothing is written, and the error
// says why.
func TestPullHostile(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("good", "1.0.0")
	for _, c := range []struct {
		name  string
		files []string
		want  string
	}{
		{"parent", []string{"c/Chart.yaml", "name: c\n", "c/../../x", "x"}, "parent directory"},
		{"absolute", []string{"c/Chart.yaml", "name: c\n", "/etc/x", "x"}, "absolute path"},
		{"drive", []string{"c/Chart.yaml", "name: c\n", `c:\x`, "x"}, "absolute path"},
		{"dots", []string{"c/Chart.yaml", "name: ..\n"}, `".." is no name`},
		{"dot", []string{"c/Chart.yaml", "name: .\n"}, `"." is no name`},
		{"path", []string{"c/Chart.yaml", "name: ../x\n"}, "one part of a path"},
		{"backslash", []string{"c/Chart.yaml", "name: '..\\x'\n"}, "one part of a path"},
		{"escape", []string{"c/Chart.yaml", "name: \"a\\eb\"\n"}, "control characters"},
		{"nameless", []string{"c/Chart.yaml", "version: 1.0.0\n"}, "does not say"},
		{"empty", nil, "holds no files"},
		{"conflict", []string{"c/Chart.yaml", "name: c\n", "c/a", "x", "c/a/b", "y"}, "cannot be unpacked"},
		{"large", []string{"c/Chart.yaml", "name: c\n", "c/a", strings.Repeat("x", 6<<20)}, "FileBytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv.Put("bad.tgz", tarball(t, c.files...))
			dir := t.TempDir()
			r := runIn(t, dir, testEnvironment(t, ""), "", "pull", srv.URL+"/bad.tgz", "--untar", "-d", "out")
			if r.code != 1 || !strings.Contains(r.stderr, c.want) || strings.Contains(r.stderr, "\x1b") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			for name := range r.files {
				t.Errorf("%s was written", name)
			}
		})
	}
	srv.Put("bad.tgz", []byte("<html>"))
	if r := runIn(t, t.TempDir(), testEnvironment(t, ""), "", "pull", srv.URL+"/bad.tgz", "--untar"); r.code != 1 || len(r.files) > 0 {
		t.Errorf("%+v", r)
	}
	for _, path := range []string{"/", "/..", "/x/..", "/a%5cb", "/%2e%2e"} {
		if r := runIn(t, t.TempDir(), testEnvironment(t, ""), "", "pull", srv.URL+path); r.code != 1 || len(r.files) > 0 {
			t.Errorf("%s: %+v", path, r)
		}
	}
}

// TestPullOver checks that what is there stays, and that nothing half unpacked is left.
func TestPullOver(t *testing.T) {
	srv := repotest.Start(t, repotest.Options{})
	srv.AddChart("good", "1.0.0")
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"good/mine": "mine"})
	r := runIn(t, dir, testEnvironment(t, ""), "", "pull", "good", "--repo", srv.URL, "--untar")
	if r.code != 1 || !strings.Contains(r.stderr, "failed to untar: a file or directory with the name good already exists") || len(r.files) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestHelmRemoteValues reads values from URLs.
func TestHelmRemoteValues(t *testing.T) {
	helm := helmProgram(t)
	srv := repotest.Start(t, repotest.Options{})
	srv.Put("values.yaml", []byte("greeting: from afar\n"))
	srv.Put("broken.yaml", []byte("a: [\n"))
	for _, line := range []string{
		"template rel app -f URL/values.yaml",
		"template rel app -f URL/values.yaml?x=y -f more.yaml",
		"template rel app --set-file greeting=URL/values.yaml",
		"template rel app -f URL/absent.yaml",
		"template rel app -f URL/broken.yaml",
		"template rel app -f nothing://x/values.yaml",
		"lint app -f URL/values.yaml",
	} {
		args := strings.Split(strings.ReplaceAll(line, "URL", srv.URL), " ")
		env := testEnvironment(t, "")
		want := runHelm(t, helm, chartsDir(t), env, "", args...)
		got := runIn(t, chartsDir(t), env, "", args...)
		got.files = nil
		for _, d := range got.differences(want) {
			t.Errorf("%s: %s", line, d)
		}
	}
}
