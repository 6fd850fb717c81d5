package cli

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo/dependency"
	"github.com/hchart/hchart/repo/repotest"
)

// dependencyCharts are charts with dependencies; MAIN, TOKEN and OTHER are repositories,
// of which repositories.yaml knows the first two.
const dependencyCharts = `
-- every/Chart.yaml --
apiVersion: v2
name: every
version: 1.0.0
dependencies:
- {name: web, version: ^1.0.0, repository: "@main", alias: front, condition: a.b, tags: [x, "y<z"]}
- {name: web, version: ^1.0.0, repository: "MAIN/", alias: back}
- {name: db, version: ">=2.0.0-0 <3", repository: "alias:token", import-values: [data, {child: a.b, parent: c}]}
- {name: near, version: "*", repository: "file://../near"}
- {name: own, version: 1.x, repository: ""}
-- every/charts/own/Chart.yaml --
apiVersion: v2
name: own
version: 1.7.0
-- near/Chart.yaml --
apiVersion: v2
name: near
version: 0.9.1
dependencies:
- {name: sub, version: 1.0.0, repository: "OTHER"}
-- near/values.yaml --
a: b
-- near/charts/sub/Chart.yaml --
apiVersion: v2
name: sub
version: 1.0.0
-- unmanaged/Chart.yaml --
apiVersion: v2
name: unmanaged
version: 1.0.0
dependencies:
- {name: mail, version: ~1.1, repository: "OTHER/"}
- {name: web, version: 1, repository: "MAIN"}
-- registry/Chart.yaml --
apiVersion: v2
name: registry
version: 1.0.0
dependencies:
- {name: mail, version: ^1.0.0, repository: "REGISTRY/team"}
- {name: mail, version: ^1.0.0, repository: "REGISTRY/team", alias: again}
- {name: queue, version: 2.0.0+build.7, repository: "REGISTRY/team"}
- {name: queue, version: 1.0.0, repository: "REGISTRY/team", alias: old}
-- noregistry/Chart.yaml --
apiVersion: v2
name: noregistry
version: 1.0.0
dependencies:
- {name: mail, version: 7.0.0, repository: "REGISTRY/team"}
-- notag/Chart.yaml --
apiVersion: v2
name: notag
version: 1.0.0
dependencies:
- {name: nothing, version: ^7, repository: "REGISTRY/team"}
-- signed/Chart.yaml --
apiVersion: v2
name: signed
version: 1.0.0
dependencies:
- {name: app, version: "*", repository: "SIGNED"}
-- v1/Chart.yaml --
apiVersion: v1
name: v1
version: 1.0.0
-- v1/requirements.yaml --
dependencies:
- {name: web, version: "1.2.0", repository: "@main"}
- {name: db, version: "2.1.0", repository: "@token"}
-- none/Chart.yaml --
apiVersion: v2
name: none
version: 1.0.0
-- empty/Chart.yaml --
apiVersion: v2
name: empty
version: 1.0.0
dependencies: []
-- outdated/Chart.yaml --
apiVersion: v2
name: outdated
version: 1.0.0
dependencies:
- {name: web, version: "^1", repository: "@main"}
-- outdated/charts/folder/Chart.yaml --
apiVersion: v2
name: folder
version: 1.0.0
-- nochart/Chart.yaml --
apiVersion: v2
name: nochart
version: 1.0.0
dependencies:
- {name: absent, version: "^1", repository: "@main"}
-- noversion/Chart.yaml --
apiVersion: v2
name: noversion
version: 1.0.0
dependencies:
- {name: web, version: "^1", repository: "@main"}
- {name: web, version: "^9", repository: "@main", alias: b}
-- norepo/Chart.yaml --
apiVersion: v2
name: norepo
version: 1.0.0
dependencies:
- {name: web, version: "^1", repository: "@nobody"}
-- gone/Chart.yaml --
apiVersion: v2
name: gone
version: 1.0.0
dependencies:
- {name: web, version: "^1", repository: "@main"}
- {name: gone, version: "^1", repository: "@main"}
-- badlocal/Chart.yaml --
apiVersion: v2
name: badlocal
version: 1.0.0
dependencies:
- {name: near, version: "^7", repository: "file://../near"}
-- badown/Chart.yaml --
apiVersion: v2
name: badown
version: 1.0.0
dependencies:
- {name: own, version: 2.x, repository: ""}
-- badown/charts/own/Chart.yaml --
apiVersion: v2
name: own
version: 1.7.0
-- outofsync/Chart.yaml --
apiVersion: v2
name: outofsync
version: 1.0.0
dependencies:
- {name: web, version: ^1, repository: "@main"}
-- outofsync/Chart.lock --
dependencies:
- {name: web, version: 1.0.0, repository: "MAIN"}
digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
generated: "2020-01-01T00:00:00Z"
-- helm2/Chart.yaml --
apiVersion: v1
name: helm2
version: 1.0.0
-- helm2/requirements.yaml --
dependencies:
- {name: own, version: 1.x, repository: ""}
-- helm2/requirements.lock --
dependencies:
- {name: own, version: 1.x, repository: ""}
digest: sha256:3c0ca3ff5d1ad3e1b8ad22fa2fe98f8a1dcb9c0ff5bd3ca3b8e4e2f1d9ab0f00
generated: "2020-01-01T00:00:00Z"
-- helm2good/Chart.yaml --
apiVersion: v1
name: helm2good
version: 1.0.0
-- helm2good/requirements.yaml --
dependencies:
- {name: near, version: 0.x, repository: "file://../near"}
-- helm2good/requirements.lock --
dependencies:
- {name: near, version: 0.9.1, repository: "file://../near"}
digest: HELM2
generated: "2020-01-01T00:00:00Z"
-- helm2/charts/own/Chart.yaml --
apiVersion: v1
name: own
version: 1.7.0
`

// dependencyWorld is what both programs are given: a home, charts, and repositories.
type dependencyWorld struct {
	main, token, other, signed *repotest.Server
	registry                   string // oci://HOST
}

func newDependencyWorld(t *testing.T) *dependencyWorld {
	w := &dependencyWorld{
		main:  repotest.Start(t, repotest.Options{}),
		token: repotest.Start(t, repotest.Options{Username: "me", Password: "secret", Path: "/charts"}),
		other: repotest.Start(t, repotest.Options{}), signed: repotest.Start(t, repotest.Options{}),
	}
	for _, v := range []string{"1.0.0", "1.10.0", "1.2.0", "2.0.0", "1.11.0-rc.1"} {
		w.main.AddChart("web", v)
	}
	w.main.AddVersion("gone", "1.0.0", "", "gone-1.0.0.tgz")
	for _, v := range []string{"2.1.0", "2.2.0-beta.1", "3.0.0"} {
		w.token.AddChart("db", v)
	}
	for _, v := range []string{"1.1.3", "1.1.2", "1.2.0"} {
		w.other.AddChart("mail", v)
	}
	registry := httptest.NewServer(repotest.NewRegistry(repotest.RegistryOptions{}))
	t.Cleanup(registry.Close)
	w.registry = strings.Replace(registry.URL, "http://", "oci://", 1)
	dir, env := t.TempDir(), testEnvironment(t, "")
	for _, c := range [][2]string{{"mail", "1.2.0"}, {"mail", "1.10.0"}, {"mail", "2.0.0"}, {"queue", "2.0.0+build.7"}, {"queue", "1.0.0"}} {
		file := filepath.Join(dir, c[0]+"-"+c[1]+".tgz")
		if err := os.WriteFile(file, repotest.Archive(c[0], c[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		if r := runIn(t, dir, env, "", "push", file, w.registry+"/team", "--plain-http"); r.code != 0 {
			t.Fatal(r.stderr)
		}
	}
	return w
}

// make writes the charts and a home, and returns the directory and the environment.
func (w *dependencyWorld) make(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	digest, err := dependency.DigestHelm2([]*chart.Dependency{{Name: "near", Version: "0.x", Repository: "file://../near"}})
	if err != nil {
		t.Fatal(err)
	}
	urls := strings.NewReplacer("HELM2", digest, "MAIN", w.main.URL, "TOKEN", w.token.URL, "OTHER", w.other.URL,
		"REGISTRY", w.registry, "SIGNED", w.signed.URL)
	if err := txtar.Write(txtar.Parse([]byte(urls.Replace(dependencyCharts))), dir); err != nil {
		t.Fatal(err)
	}
	write := func(file string, data []byte) {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(dir, "outdated", "charts", "web-0.1.0.tgz"), repotest.Archive("web", "0.1.0"))
	write(filepath.Join(dir, "outdated", "charts", "undeclared-0.1.0.tgz"), repotest.Archive("undeclared", "0.1.0"))
	home := t.TempDir()
	env = testEnvironment(t, "SOURCE_DATE_EPOCH=1700000000 HELM_CACHE_HOME="+home+"/cache HELM_CONFIG_HOME="+home+"/config HELM_DATA_HOME="+home+"/data")
	write(filepath.Join(home, "config", "repositories.yaml"), []byte(urls.Replace(`apiVersion: ""
repositories:
- {name: main, url: "MAIN"}
- {name: token, url: "TOKEN/", username: me, password: secret}
`)))
	return dir, env
}

// know adds a repository to repositories.yaml.
func (w *dependencyWorld) know(t *testing.T, env []string, name, url string) {
	t.Helper()
	config, _ := lookupIn(env)("HELM_CONFIG_HOME")
	file := filepath.Join(config, "repositories.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(data, "- {name: "+name+", url: \""+url+"\"}\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestHelmDependencies runs both programs on charts of their own: what they print, what is
// in charts/ and in the lock, byte for byte.
func TestHelmDependencies(t *testing.T) {
	helm := helmProgram(t)
	w := newDependencyWorld(t)
	for _, tt := range []struct {
		name  string
		lines []string
	}{
		{"every", []string{"dependency update every", "dependency list every", "dep up every", "dependency build every", "dependency update every --skip-refresh"}},
		{"debug", []string{"dependency update every --debug"}},
		{"unmanaged", []string{"dependency update unmanaged", "dependency update unmanaged --skip-refresh"}},
		{"unmanaged build", []string{"dependency update unmanaged", "dependency build unmanaged"}},
		{"build without a lock", []string{"dependency build every", "dependency build every"}},
		{"registry", []string{"dependency update registry --plain-http", "dependency build registry --plain-http"}},
		{"no such tag", []string{"dependency update noregistry --plain-http", "dependency update notag --plain-http"}},
		{"v1", []string{"dependency build v1", "dependency build v1", "dependency list v1"}},
		{"none", []string{"dependency update none", "dependency build none", "dependency list none"}},
		{"empty", []string{"dependency update empty", "dependency build empty"}},
		{"outdated", []string{"dependency list outdated", "dependency update outdated", "dependency list outdated"}},
		{"no chart", []string{"dependency update nochart"}},
		{"no version", []string{"dependency update noversion"}},
		{"no repository", []string{"dependency update norepo", "dependency build norepo"}},
		{"no archive", []string{"dependency update gone"}},
		{"no such local version", []string{"dependency update badlocal"}},
		{"no such version in charts", []string{"dependency update badown"}},
		{"out of sync", []string{"dependency build outofsync", "dependency update outofsync", "dependency build outofsync"}},
		{"bad digest of Helm 2", []string{"dependency build helm2"}},
		{"digest of Helm 2", []string{"dependency build helm2good"}},
		{"nothing there", []string{"dependency update absent", "dependency update near.txt", "dependency update a b"}},
		{"template", []string{"template every --dependency-update", "template every"}},
		{"package", []string{"package every -u -d dist", "package none -u -d dist", "package gone -u"}},
		{"no index", []string{"dependency update every --skip-refresh"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ours, ourEnv := w.make(t)
			theirs, theirEnv := w.make(t)
			for _, line := range tt.lines {
				args := strings.Split(line, " ")
				want := runHelm(t, helm, theirs, theirEnv, "", args...)
				want.stdout, want.files = comparableLines(want.stdout), comparableFiles(t, theirs)
				got := runIn(t, ours, ourEnv, "", args...)
				got.stdout, got.files = comparableLines(got.stdout), comparableFiles(t, ours)
				if want.code != 0 {
					// What Helm leaves behind where it fails is not what we are after.
					want.files = got.files
				}
				for _, d := range got.differences(want) {
					t.Errorf("%s: %s", line, d)
				}
			}
		})
	}
}

// TestDependencyTurns has both programs work on one chart with one home, in turn.
func TestDependencyTurns(t *testing.T) {
	helm := helmProgram(t)
	w := newDependencyWorld(t)
	dir, env := w.make(t)
	programs := map[string]func(args ...string) result{
		"helm":   func(args ...string) result { return runHelm(t, helm, dir, env, "", args...) },
		"hchart": func(args ...string) result { return runIn(t, dir, env, "", args...) },
	}
	var first map[string]string
	for i, turn := range []string{
		"hchart dependency update every", "helm dependency build every", "helm dependency update every --skip-refresh",
		"hchart dependency build every --skip-refresh", "helm dependency update every", "hchart dependency update every",
		"hchart dependency update unmanaged", "helm dependency update unmanaged --skip-refresh", "hchart dependency update unmanaged --skip-refresh",
	} {
		args := strings.Split(turn, " ")
		if r := programs[args[0]](args[1:]...); r.code != 0 {
			t.Fatalf("%s: %s%s", turn, r.stdout, r.stderr)
		}
		files := comparableFiles(t, filepath.Join(dir, "every"))
		if i == 0 {
			first = files
		}
		for _, d := range differingFiles(files, first) {
			t.Errorf("after %s: %s", turn, d)
		}
	}
}

// comparableLines puts lines about indexes into one order, for Helm's is random, and takes
// out what errors say.
func comparableLines(s string) string {
	lines := strings.SplitAfter(s, "\n")
	for i := 0; i < len(lines); {
		n := i
		for n < len(lines) && strings.HasPrefix(lines[n], "...Success") {
			n++
		}
		slices.Sort(lines[i:n])
		i = n + 1
	}
	s = strings.Join(lines, "")
	return regexp.MustCompile(`(Save error occurred: ).*`).ReplaceAllString(s, "$1")
}

// comparableFiles are the files of the charts byte for byte, but for the time of a lock
// and the order in which Helm writes subcharts.
func comparableFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	generated := regexp.MustCompile(`(?m)^generated: .*$`)
	for name, text := range filesBelow(t, dir) {
		if strings.HasSuffix(name, ".lock") {
			text = generated.ReplaceAllString(text, "generated")
		} else if filepath.Base(name) != "every-1.0.0.tgz" && strings.HasSuffix(name, ".tgz") {
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			text = string(data)
		}
		files[name] = text
	}
	return files
}

// TestDependencyRequests counts what an update asks for, and what the next one does.
func TestDependencyRequests(t *testing.T) {
	w := newDependencyWorld(t)
	dir, env := w.make(t)
	count := func() map[string]int {
		n := map[string]int{}
		for _, s := range []*repotest.Server{w.main, w.token, w.other} {
			for _, r := range s.Requests() {
				n[r.Path]++
				if r.Status == http.StatusNotModified {
					n["unchanged"]++
				}
			}
			s.Forget()
		}
		return n
	}
	if r := runIn(t, dir, env, "", "dependency", "update", "every"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	want := map[string]int{"index.yaml": 2, "web-1.10.0.tgz": 1, "db-2.2.0-beta.1.tgz": 1}
	if got := count(); !maps.Equal(got, want) {
		t.Errorf("the first update asks for %v", got)
	}
	for _, verb := range []string{"update", "build"} {
		if err := os.RemoveAll(filepath.Join(dir, "every", "charts", "web-1.10.0.tgz")); err != nil {
			t.Fatal(err)
		}
		if r := runIn(t, dir, env, "", "dependency", verb, "every"); r.code != 0 {
			t.Fatal(r.stderr)
		}
		want = map[string]int{"index.yaml": 2, "unchanged": 2}
		if got := count(); !maps.Equal(got, want) {
			t.Errorf("the next %s asks for %v", verb, got)
		}
	}
}

// TestDependencySecrets looks for the password of a repository in all that is printed and
// written.
func TestDependencySecrets(t *testing.T) {
	w := newDependencyWorld(t)
	w.token.Remove("db-2.2.0-beta.1.tgz")
	dir, env := w.make(t)
	url := strings.Replace(w.token.URL, "http://", "http://me:secret@", 1)
	text := "apiVersion: v2\nname: url\nversion: 1.0.0\ndependencies:\n- {name: db, version: '>1-0', repository: '" + url + "?token=secret'}\n"
	if err := os.MkdirAll(filepath.Join(dir, "url"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "url", "Chart.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"dependency", "update", "every"}, {"dependency", "update", "every", "--debug"},
		{"dependency", "update", "url", "--debug"}, {"dependency", "build", "url"},
		{"template", "every", "--dependency-update"}, {"package", "-u", "every"},
	} {
		r := runIn(t, dir, env, "", args...)
		for name, text := range r.files {
			if strings.Contains(text, "secret") && name != filepath.Join("url", "Chart.yaml") && name != filepath.Join("url", "Chart.lock") {
				t.Errorf("%v: the password is in %s", args, name)
			}
		}
		if strings.Contains(r.stdout+r.stderr, "secret") {
			t.Errorf("%v: %s%s", args, r.stdout, r.stderr)
		}
	}
}

// TestDependencyVerify has signatures that hold, that do not, and none.
func TestDependencyVerify(t *testing.T) {
	keys := keyrings(t)
	w := newDependencyWorld(t)
	dir, env := chartsDir(t), testEnvironment(t, "SOURCE_DATE_EPOCH=1700000000")
	r := runIn(t, dir, env, "", "package", "app", "--sign", "--key", "Plain", "--keyring", keys+"/secring.gpg")
	if r.code != 0 {
		t.Fatal(r.stderr)
	}
	name, data := onlyArchive(t, dir)
	provenance, err := os.ReadFile(filepath.Join(dir, name+".prov"))
	if err != nil {
		t.Fatal(err)
	}
	w.signed.AddArchive("app", strings.TrimSuffix(strings.TrimPrefix(name, "app-"), ".tgz"), data)
	for _, tt := range []struct {
		name, keyring string
		provenance    []byte
		code          int
	}{
		{"holds", "pubring.gpg", provenance, 0},
		{"of a stranger", "stranger.gpg", provenance, 1},
		{"none", "pubring.gpg", nil, 1},
		{"of something else", "pubring.gpg", bytes.Replace(provenance, []byte("sha256:"), []byte("sha256:0"), 1), 1},
		{"no keyring", "absent.gpg", provenance, 1},
	} {
		w.signed.Remove(name + ".prov")
		if tt.provenance != nil {
			w.signed.Put(name+".prov", tt.provenance)
		}
		dir, env := w.make(t)
		w.know(t, env, "signed", w.signed.URL)
		for _, verb := range []string{"update", "build"} {
			args := []string{"dependency", verb, "signed", "--verify", "--keyring", keys + "/" + tt.keyring}
			r := runIn(t, dir, env, "", args...)
			if r.code != tt.code {
				t.Errorf("%s: %s ends with %d: %s%s", tt.name, verb, r.code, r.stdout, r.stderr)
			}
			_, archive := r.files[filepath.Join("signed", "charts", name)]
			_, lock := r.files[filepath.Join("signed", "Chart.lock")]
			if archive != (tt.code == 0) || lock != archive {
				t.Errorf("%s: %s leaves the archive: %t, the lock: %t", tt.name, verb, archive, lock)
			}
			if helm := os.Getenv("HCHART_HELM"); helm != "" && verb == "update" {
				theirs, env := w.make(t)
				if want := runHelm(t, helm, theirs, env, "", args...); want.code != tt.code {
					t.Errorf("%s: Helm ends with %d: %s%s", tt.name, want.code, want.stdout, want.stderr)
				}
			}
		}
	}
}
