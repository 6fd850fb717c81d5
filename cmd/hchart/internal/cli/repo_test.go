package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
)

// repoIndexText is the index of the test's repository.
const repoIndexText = `apiVersion: v1
entries:
  nginx:
  - apiVersion: v2
    appVersion: 1.25.0
    created: "2024-01-02T03:04:05.678Z"
    description: A web server that serves what it is asked for, whatever that may be, and
      goes on doing so
    digest: 0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9
    keywords:
    - http
    - Web
    name: nginx
    urls:
    - nginx-1.1.0.tgz
    version: 1.1.0
  - apiVersion: v2
    description: A web server
    name: nginx
    urls:
    - nginx-1.2.0-rc.1.tgz
    version: 1.2.0-rc.1
  - apiVersion: v2
    description: A web server
    name: nginx
    version: 1.0.0
  - {name: nginx, version: nonsense}
  redis:
  - apiVersion: v1
    description: "A cache for the nginx of \e[31m others"
    name: redis
    version: 7.0.0
  - null
  widgets: []
generated: "2024-01-02T03:04:05.678Z"
`

// repoServer serves an index without and, at /private, with a password; at /broken it
// serves no index.
func repoServer(t *testing.T) *httptest.Server {
	mux := http.NewServeMux()
	index := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, repoIndexText) }
	mux.HandleFunc("/index.yaml", index)
	mux.HandleFunc("/private/index.yaml", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "me" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		index(w, r)
	})
	mux.HandleFunc("/broken/index.yaml", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "entries: {}\n") })
	mux.HandleFunc("/hub/api/chartsvc/v1/charts/search", func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("q"), "nothing") {
			fmt.Fprint(w, `{"data": []}`)
			return
		}
		fmt.Fprintf(w, `{"data": [
			{"id": "stable/a", "attributes": {"description": "What %s was asked for and a little more of it than needed", "repo": {"name": "stable", "url": "https://example.com/stable"}},
			 "relationships": {"latestChartVersion": {"data": {"version": "1.0.0", "app_version": "2.0", "created": "2019-08-08T17:57:31.38Z"}}}},
			{"id": "x/b", "artifactHub": {"packageUrl": "https://hub.example.com/b"}, "attributes": {"description": ""}}]}`, r.URL.Query().Get("q"))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// repoSteps are commands on one home, one after the other. SERVER is the URL of the test's
// server, DEAD one of none.
var repoSteps = [...]string{
	"repo list",
	"repo list -o json",
	"repo list -o yaml",
	"repo update",
	"repo remove a",
	"search repo",
	"repo add",
	"repo add a/b SERVER",
	"repo add a SERVER",
	"repo add a SERVER",
	"repo add a SERVER/",
	"repo add a SERVER/ --force-update",
	"repo add broken SERVER/broken",
	"repo add absent SERVER/absent",
	"repo add dead DEAD",
	"repo add text text",
	"repo add c oci://127.0.0.1:1/charts",
	"repo add stable https://kubernetes-charts.storage.googleapis.com",
	"repo add b SERVER/private",
	"repo add b SERVER/private --username me --password wrong",
	"repo add b SERVER/private --username me --password secret --pass-credentials --insecure-skip-tls-verify",
	"repo add b SERVER/private --username me --password secret",
	"repo add d SERVER/private --username me --password-stdin",
	"repo add d SERVER/private --username me --password secret --ca-file absent.pem",
	"repo list",
	"repo ls --no-headers",
	"repo list -o json",
	"repo list -o yaml",
	"repo list -o text",
	"repo list x",
	"repo update",
	"repo update b a",
	"repo update b nope",
	"repo up d",
	"search repo",
	"search repo nginx",
	"search repo NGINX",
	"search repo web server",
	"search repo a/nginx",
	"search repo cache -o json",
	"search repo nginx -l",
	"search repo nginx -l --devel -o yaml",
	"search repo nginx --devel",
	"search repo nginx --version ^1.0.0",
	"search repo nginx --version <1.1",
	"search repo nginx --version 1.2.0-rc.1",
	"search repo nginx --version nonsense",
	"search repo -r ^(nginx|re)",
	"search repo -r Web",
	"search repo -r web",
	"search repo -r (",
	"search repo absent",
	"search repo absent -o json",
	"search repo absent --fail-on-no-result",
	"search repo absent --fail-on-no-result -o yaml",
	"search repo --max-col-width 12",
	"search repo --max-col-width 0",
	"search hub nginx --endpoint SERVER/hub",
	"search hub two words --endpoint SERVER/hub --list-repo-url",
	"search hub nginx --endpoint SERVER/hub -o json",
	"search hub nginx --endpoint SERVER/hub -o yaml --max-col-width 10",
	"search hub nginx --endpoint SERVER/hub --max-col-width 10",
	"search hub nothing --endpoint SERVER/hub",
	"search hub nothing --endpoint SERVER/hub -o json",
	"search hub nothing --endpoint SERVER/hub --fail-on-no-result",
	"search hub nginx --endpoint SERVER/absent",
	"search hub nginx --endpoint DEAD",
	"search hub nginx --endpoint nonsense",
	"repo remove nope",
	"repo remove a nope b",
	"repo list",
	"repo rm b d",
	"repo list",
	"repo remove b",
	"repo add a SERVER --allow-deprecated-repos",
	"__complete repo add x ",
	"__complete repo update ",
	"__complete repo remove a ",
	"__complete repo list ",
	"__complete repo index ",
	"__complete search repo ",
}

// TestHelmRepo gives both programs the same commands, and compares what they print and
// the files they keep.
func TestHelmRepo(t *testing.T) {
	helm, srv := helmProgram(t), repoServer(t)
	ours, theirs := t.TempDir(), t.TempDir()
	for _, line := range repoSteps {
		args := repoArgs(srv, line)
		want := runHelm(t, helm, t.TempDir(), homeEnvironment(theirs), "secret\n", args...)
		got := runIn(t, t.TempDir(), homeEnvironment(ours), "secret\n", args...)
		// Helm tells of each entry that it skips, every time.
		want.stderr = regexp.MustCompile(`(?m)^level=WARN msg="skipping loading.*\n`).ReplaceAllString(want.stderr, "")
		want.stdout, got.stdout = ownErrors(want.stdout), ownErrors(got.stdout)
		got.files, want.files = homeFiles(t, ours), homeFiles(t, theirs)
		for _, d := range got.differences(want) {
			t.Errorf("%s: %s", line, d)
		}
	}
}

// TestHelmRepoInTurn has both programs take turns on one home, and each see what the other
// did.
func TestHelmRepoInTurn(t *testing.T) {
	helm, srv := helmProgram(t), repoServer(t)
	for _, oursFirst := range []bool{true, false} {
		home, ours := t.TempDir(), oursFirst
		for _, tt := range []struct{ line, want string }{
			{"repo add a SERVER", `"a" has been added to your repositories`},
			{"repo add a SERVER", `"a" already exists with the same configuration, skipping`},
			{"repo add b SERVER/private --username me --password secret", `"b" has been added`},
			{"repo add b SERVER/private --username me --password secret", `"b" already exists`},
			{"repo update", "Update Complete"},
			{"repo update", "Update Complete"},
			{"search repo cache", "b/redis"},
			{"search repo cache", "a/redis"},
			{"repo remove a", `"a" has been removed`},
			{"repo list", "b   "},
			{"repo add a SERVER", `"a" has been added`},
			{"repo remove a b", `"b" has been removed`},
			{"repo add a SERVER", `"a" has been added`},
		} {
			args := repoArgs(srv, tt.line)
			var r result
			if ours {
				r = runIn(t, t.TempDir(), homeEnvironment(home), "", args...)
			} else {
				r = runHelm(t, helm, t.TempDir(), homeEnvironment(home), "", args...)
			}
			if r.code != 0 || !strings.Contains(r.stdout, tt.want) {
				t.Errorf("%s, by us: %v: exit code %d\n%s%s", tt.line, ours, r.code, r.stdout, r.stderr)
			}
			ours = !ours
		}
	}
}

// TestHelmRepoAtOnce has both programs add repositories at the same time. None is lost.
func TestHelmRepoAtOnce(t *testing.T) {
	helm, srv := helmProgram(t), repoServer(t)
	home := t.TempDir()
	const n = 4
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			r := runHelm(t, helm, home, homeEnvironment(home), "", "repo", "add", fmt.Sprintf("helm%d", i), srv.URL)
			if r.code != 0 {
				t.Error(r.stderr)
			}
		})
		all.Go(func() {
			var stderr bytes.Buffer
			code := Run(context.Background(), System{
				Program: "hchart", Args: []string{"repo", "add", fmt.Sprintf("hchart%d", i), srv.URL}, Dir: home,
				Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: &stderr, LookupEnv: lookupIn(homeEnvironment(home)), Now: time.Now,
			})
			if code != 0 {
				t.Error(stderr.String())
			}
		})
	}
	all.Wait()
	config, err := repo.ReadConfig(filepath.Join(home, "repositories.yaml"))
	if err != nil || len(config.Repositories) != 2*n {
		t.Errorf("%d of %d repositories, %v", len(config.Repositories), 2*n, err)
	}
}

func repoArgs(srv *httptest.Server, line string) []string {
	args := strings.Split(line, " ")
	for i := range args {
		args[i] = strings.ReplaceAll(strings.ReplaceAll(args[i], "SERVER", srv.URL), "DEAD", "http://127.0.0.1:1")
	}
	return args
}

func homeEnvironment(home string) []string {
	return []string{
		"HOME=" + home, "PATH=" + os.Getenv("PATH"), "HELM_CACHE_HOME=" + home, "HELM_CONFIG_HOME=" + home, "HELM_DATA_HOME=" + home,
	}
}

// homeFiles are the files of a home that both programs have, but for locks, which Helm
// makes earlier and on fewer occasions.
func homeFiles(t *testing.T, home string) map[string]string {
	files := filesBelow(t, home)
	for name, text := range files {
		if strings.HasSuffix(name, "-charts.txt") { // in the order of a map
			lines := strings.SplitAfter(text, "\n")
			slices.Sort(lines)
			files[name] = strings.Join(lines, "")
		}
	}
	maps.DeleteFunc(files, func(name, _ string) bool {
		return strings.HasSuffix(name, ".validator.json") || strings.HasSuffix(name, ".lock")
	})
	return files
}

// ownErrors takes out what each program has its own words for, and the order of what is
// done at the same time.
func ownErrors(text string) string {
	text = regexp.MustCompile(`(?m)^\t.*$`).ReplaceAllString(text, "\tERROR")
	if strings.HasPrefix(text, "Hang tight") {
		lines := strings.SplitAfter(text, "\n")
		slices.Sort(lines)
		return strings.Join(lines, "")
	}
	// The active help has its own words, too.
	return regexp.MustCompile(`(?m)^_activeHelp_ .*$`).ReplaceAllString(text, "HELP")
}

// TestHelmRepoIndex compares the indexes that both programs make, but for times.
func TestHelmRepoIndex(t *testing.T) {
	helm := helmProgram(t)
	for _, line := range []string{
		"repo index DIR",
		"repo index DIR --url https://charts.example.com",
		"repo index DIR --url https://charts.example.com/a/",
		"repo index DIR --url some/path",
		"repo index DIR --url http://[::1",
		"repo index DIR --json",
		"repo index DIR --merge DIR/old.yaml",
		"repo index DIR --merge DIR/old.yaml --json",
		"repo index DIR --merge DIR/absent.yaml --url https://x.example.com",
		"repo index DIR --merge DIR/absent.yaml --json",
		"repo index DIR --merge DIR/broken.yaml",
		"repo index absent",
		"repo index",
	} {
		var results []result
		for _, program := range []string{helm, ""} {
			dir := archivesDir(t)
			args := strings.Split(strings.ReplaceAll(line, "DIR", dir), " ")
			var r result
			if program == "" {
				r = runOnly(t, dir, testEnvironment(t, ""), "", args...)
			} else {
				r = runHelm(t, program, dir, testEnvironment(t, ""), "", args...)
			}
			r.files = map[string]string{}
			written, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range written {
				text, err := os.ReadFile(name)
				if err != nil && filepath.Base(name) != "sub" {
					t.Fatal(err)
				}
				r.files[filepath.Base(name)] = regexp.MustCompile(`20[2-9]\d-[-0-9T:.Z+]+`).ReplaceAllString(string(text), "TIME")
			}
			results = append(results, r)
		}
		for _, d := range results[1].differences(results[0]) {
			t.Errorf("%s: %s", line, d)
		}
	}
}

// archivesDir makes a directory of archives.
func archivesDir(t *testing.T) string {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, version := range []string{"1.0.0", "1.0.0+a", "1.10.0", "1.9.0", "2.0.0-rc.1"} {
		write("web-"+version+".tgz", tarred(t, "web/Chart.yaml", fmt.Sprintf("apiVersion: v2\nname: web\nversion: %s\nappVersion: \"%d\"\n"+
			"description: |\n  Serves\n  the web\nkeywords: [a, \"b: c\"]\nmaintainers:\n- name: Jane\n  email: jane@example.com\n"+
			"annotations:\n  a/b: \"true\"\n  c10: |\n    x\n  c9: x\ndependencies:\n- name: d\n  version: ^1\n  repository: \"https://d.example.com\"\n  tags: [x]\n  import-values: [a, {child: b, parent: c}]\n"+
			"deprecated: %v\ntype: application\nkubeVersion: '>=1.20'\nhome: https://example.com\nsources: [https://example.com]\nicon: https://example.com/i.png\n", version, i, i == 1)))
	}
	write("old-0.1.0.tgz", tarred(t, "old/Chart.yaml", "name: old\nversion: 0.1.0\n"))
	write("sub/deep-1.0.0.tgz", tarred(t, "deep/Chart.yaml", "apiVersion: v2\nname: deep\nversion: 1.0.0\n"))
	write("sub/sub/deeper-1.0.0.tgz", tarred(t, "deeper/Chart.yaml", "apiVersion: v2\nname: deeper\nversion: 1.0.0\n"))
	write("no-chart.tgz", tarred(t, "x/y", "z"))
	write("no-archive.tgz", "text")
	write("old.yaml", strings.ReplaceAll(repoIndexText, "name: redis", "name: redis\n    engine: gotpl\n    tillerVersion: \">2.0\"\n    checksum: abc\n    url: https://x")+
		"serverInfo: {}\nannotations:\n  a: b\npublicKeys:\n- key\n")
	write("broken.yaml", "apiVersion: v1\nentries: []\n")
	return dir
}

// tarred is an archive of one file.
func tarred(t *testing.T, name, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
