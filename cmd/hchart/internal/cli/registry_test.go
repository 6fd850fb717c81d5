package cli

import (
	"encoding/base64"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo/repotest"
)

// registryPassword is what must be in no output.
const registryPassword = "c4n4ry/pw"

// registryCase is a command line for a registry, with HOST for its address. out is what
// hchart prints, with HOST again; where why is set Helm prints something else.
type registryCase struct {
	line  string
	stdin string
	code  int
	out   string
	errs  string // part of what hchart says on standard error
	why   string
}

// registryCases run in turn, in a directory with archives.
func registryCases() []registryCase {
	digest := func(n string) string { return "Digest: " + n + "\n" }
	const one, two, plus = "ONE", "TWO", "PLUS"
	login := "registry login HOST --plain-http -u ada --password-stdin"
	return []registryCase{
		{line: "pull oci://HOST/charts/demo --plain-http", code: 1, errs: "registry login HOST"},
		{line: "registry login HOST --plain-http -u ada -p wrong", code: 1, errs: "--password-stdin"},
		{line: login, stdin: "wrong\n", code: 1, errs: "did not accept the user name and password"},
		{line: login, stdin: "", code: 1},
		{line: "registry login HOST/charts --plain-http -u ada --password-stdin", stdin: registryPassword, code: 1, errs: "logins are for a whole registry: HOST"},
		{line: "registry login oci://HOST --plain-http -u ada --password-stdin", stdin: registryPassword, code: 1, errs: "logins are for a whole registry: HOST"},
		{line: "registry login", code: 1},
		{line: "registry login HOST -u ada --password-stdin", stdin: registryPassword, code: 1, errs: "HTTP"},
		{line: "registry login HOST --plain-http -u ada", code: 1, errs: "--password-stdin", why: "Helm asks on standard output"},
		{line: login, stdin: registryPassword + "\n", out: "Login Succeeded\n"},
		{line: login, stdin: registryPassword + "\r\n", out: "Login Succeeded\n"},
		{line: "registry login HOST extra --plain-http -u ada -p " + registryPassword, out: "Login Succeeded\n", errs: "insecure"},

		{line: "push demo-0.1.0.tgz oci://HOST/charts --plain-http", out: "Pushed: HOST/charts/demo:0.1.0\n" + digest(one)},
		{line: "push ./demo-0.2.0.tgz oci://HOST/charts/ --plain-http extra", out: "Pushed: HOST/charts/demo:0.2.0\n" + digest(two)},
		{line: "push demo-0.3.0+b.tgz oci://HOST/charts --plain-http", out: "Pushed: HOST/charts/demo:0.3.0_b\n" + digest(plus) + "HOST/charts/demo:0.3.0_b" + underscoreNote},
		{line: "push demo-0.1.0.tgz oci://HOST/a_b/../charts --plain-http", out: "Pushed: HOST/charts/demo:0.1.0\n" + digest(one)},
		{line: "push demo-0.1.0.tgz oci://HOST/a_b --plain-http", out: "Pushed: HOST/a_b/demo:0.1.0\n" + digest(one)},
		{line: "push demo-0.1.0.tgz oci://HOST --plain-http --username ada --password " + registryPassword, out: "Pushed: HOST/demo:0.1.0\n" + digest(one)},
		{line: "push demo-0.1.0.tgz oci://HOST/charts --plain-http --username eve --password wrong", code: 1, errs: "did not accept"},
		{line: "push demo-0.1.0.tgz oci://HOST/charts", code: 1, errs: "HTTP"},
		{line: "push demo-0.1.0.tgz oci://HOST/charts --plain-http --ca-file absent.pem", code: 1, errs: "absent.pem"},
		{line: "push demo-0.1.0.tgz HOST/charts --plain-http", code: 1, errs: "oci://"},
		{line: "push demo-0.1.0.tgz charts --plain-http", code: 1, errs: "oci://"},
		{line: "push demo-0.1.0.tgz https://HOST/charts --plain-http", code: 1, errs: "oci://"},
		{line: "push demo-0.1.0.tgz oci://ada:" + registryPassword + "@HOST/charts --plain-http", code: 1},
		{line: "push demo-0.1.0.tgz oci://HOST/charts?x=1 --plain-http", code: 1},
		{line: "push demo-0.1.0.tgz oci://HOST/charts:1 --plain-http", code: 1},
		{line: "push demo-0.1.0.tgz oci://HOST/Charts --plain-http", code: 1},
		{line: "push demo oci://HOST/charts --plain-http", code: 1, errs: "is a directory"},
		{line: "push absent.tgz oci://HOST/charts --plain-http", code: 1, errs: "absent.tgz"},
		{line: "push broken.bin oci://HOST/charts --plain-http", code: 1, errs: "broken.bin"},
		{line: "push demo-0.1.0.tgz", code: 1},

		{line: "pull oci://HOST/charts/demo --plain-http -d one --version 0.1.0", out: "Pulled: HOST/charts/demo:0.1.0\n" + digest(one)},
		{line: "pull oci://HOST/charts/demo:0.1.0 --plain-http -d two", code: 1, errs: "two", why: "Helm tells of what it then cannot keep"},
		{line: "pull oci://HOST/charts/demo --plain-http -d one --version ~0.1 --untar --untardir u", out: "Pulled: HOST/charts/demo:0.1.0\n" + digest(one)},
		{line: "pull oci://HOST/charts/demo --plain-http -d one", out: "Pulled: HOST/charts/demo:0.3.0_b\n" + digest(plus) + "HOST/charts/demo:0.3.0_b" + underscoreNote},
		{line: "pull oci://HOST/charts/demo --plain-http -d one --version >9", code: 1, errs: "0.3.0+b"},
		{line: "pull oci://HOST/charts/demo --plain-http -d one --version 9.9.9", code: 1, errs: "HOST/charts/demo:9.9.9"},
		{line: "pull oci://HOST/charts/absent --plain-http -d one", code: 1, errs: "HOST/charts/absent"},
		{line: "pull oci://HOST/charts/demo --plain-http -d one --version 0.2.0 --prov", out: "Pulled: HOST/charts/demo:0.2.0\n" + digest(two) + "Pulled: HOST/charts/demo:0.2.0\n" + digest(two)},
		{line: "show chart oci://HOST/charts/demo --plain-http --version 0.1.0", out: "apiVersion: v2\nname: demo\nversion: 0.1.0\n\n", errs: "Pulled: HOST/charts/demo:0.1.0"},
		{line: "template rel oci://HOST/charts/demo --plain-http --version 0.2.x", out: "---\n# Source: demo/templates/c.yaml\nkind: ConfigMap\n", errs: "Pulled: HOST/charts/demo:0.2.0"},

		{line: "search repo oci://HOST/charts/demo --plain-http -o yaml", why: "Helm takes it for a word, which no chart has",
			out: "- app_version: \"\"\n  description: \"\"\n  name: oci://HOST/charts/demo\n  version: 0.3.0+b\n"},
		{line: "search repo oci://HOST/charts/demo --plain-http -l -o json --version <0.3", why: "the same",
			out: `[{"name":"oci://HOST/charts/demo","version":"0.2.0","app_version":"","description":""},{"name":"oci://HOST/charts/demo","version":"0.1.0","app_version":"","description":""}]` + "\n"},
		{line: "search repo oci://HOST/charts/demo --plain-http --version >9", out: "No results found\n", why: "the same"},
		{line: "search repo oci://HOST/charts/absent --plain-http", code: 1, errs: "HOST/charts/absent"},
		{line: "search repo oci://HOST/charts/demo --plain-http -r", code: 1, errs: "--regexp"},
		{line: "search repo oci://HOST/charts/demo word --plain-http", code: 1, errs: "together"},
		{line: "search repo oci://HOST/charts/demo --plain-http --version foo", code: 1, errs: "--version"},

		{line: "registry logout HOST", out: "Removing login credentials for HOST\n"},
		{line: "registry logout HOST", out: "Removing login credentials for HOST\n"},
		{line: "registry logout", code: 1},
		{line: "pull oci://HOST/charts/demo --plain-http -d one", code: 1, errs: "registry login HOST"},
		{line: "pull oci://HOST/charts/demo --plain-http -d one --version 0.2.0 --username ada --password " + registryPassword, out: "Pulled: HOST/charts/demo:0.2.0\n" + digest(two)},
	}
}

// registryDir is a directory with the archives of the cases.
func registryDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	when := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, version := range []string{"0.1.0", "0.2.0", "0.3.0+b"} {
		ch, err := chart.LoadFS(t.Context(), fstest.MapFS{
			"Chart.yaml":       {Data: []byte("apiVersion: v2\nname: demo\nversion: " + version + "\n")},
			"templates/c.yaml": {Data: []byte("kind: ConfigMap\n")},
		}, chart.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		file, err := chart.Save(t.Context(), ch, dir, chart.WriteOptions{ModTime: when})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, when, when); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{"demo", "one"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"broken.bin": "no archive", "demo-0.2.0.tgz.prov": "a signature"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// registryRun is a directory, a home and a registry, for one of the programs.
type registryRun struct {
	dir, host string
	env       []string
	registry  *repotest.Registry
}

func newRegistryRun(t *testing.T, token bool) *registryRun {
	t.Helper()
	r := &registryRun{dir: registryDir(t), env: append(testEnvironment(t, ""), "TZ=UTC")}
	r.registry = repotest.NewRegistry(repotest.RegistryOptions{Username: "ada", Password: registryPassword, Token: token})
	server := httptest.NewServer(r.registry)
	t.Cleanup(server.Close)
	r.host = strings.TrimPrefix(server.URL, "http://")
	return r
}

// with puts the address of the registry into a text, without takes it and digests out.
func (r *registryRun) with(text string) string { return strings.ReplaceAll(text, "HOST", r.host) }

func (r *registryRun) without(text string) string { return strings.ReplaceAll(text, r.host, "HOST") }

// TestRegistryCommands runs the commands against registries with and without a token
// server, and looks for the password in all that they print.
func TestRegistryCommands(t *testing.T) {
	for _, token := range []bool{false, true} {
		r := newRegistryRun(t, token)
		for _, c := range registryCases() {
			got := runIn(t, r.dir, r.env, c.stdin, strings.Fields(r.with(c.line))...)
			digests := r.digests()
			if out := digests.Replace(r.without(got.stdout)); got.code != c.code || out != c.out {
				t.Errorf("token %v: %s: exit code %d, want %d\n%s\nwant\n%s\n%s", token, c.line, got.code, c.code, out, c.out, got.stderr)
			}
			if !strings.Contains(r.without(got.stderr), c.errs) || c.code != 0 && !strings.Contains(got.stderr, "Error: ") {
				t.Errorf("token %v: %s: standard error has no %q: %s", token, c.line, c.errs, got.stderr)
			}
			for _, secret := range []string{registryPassword, base64.StdEncoding.EncodeToString([]byte("ada:" + registryPassword)), "token-of-repotest"} {
				if strings.Contains(got.stdout+got.stderr, secret) {
					t.Errorf("token %v: %s shows a secret: %s%s", token, c.line, got.stdout, got.stderr)
				}
			}
		}
	}
}

// digests names the digests of what was pushed so far.
func (r *registryRun) digests() *strings.Replacer {
	var pairs []string
	for tag, name := range map[string]string{"0.1.0": "ONE", "0.2.0": "TWO", "0.3.0_b": "PLUS"} {
		if d := r.registry.Digest("charts/demo", tag); d != "" {
			pairs = append(pairs, d, name)
		}
	}
	return strings.NewReplacer(pairs...)
}

// TestRegistryHelm runs the commands by both programs, with a registry for each.
func TestRegistryHelm(t *testing.T) {
	helm := helmProgram(t)
	ours, theirs := newRegistryRun(t, false), newRegistryRun(t, false)
	for _, c := range registryCases() {
		got := runIn(t, ours.dir, ours.env, c.stdin, strings.Fields(ours.with(c.line))...)
		want := runHelm(t, helm, theirs.dir, theirs.env, c.stdin, strings.Fields(theirs.with(c.line))...)
		want.files = filesBelow(t, theirs.dir)
		got.stdout, want.stdout = ours.without(got.stdout), theirs.without(want.stdout)
		differences := got.differences(want)
		switch {
		case c.why == "":
			for _, d := range differences {
				t.Errorf("%s: %s", c.line, d)
			}
		case len(differences) == 0:
			t.Errorf("%s: no difference any more: %s", c.line, c.why)
		}
	}
	for _, tag := range theirs.registry.Tags("charts/demo") {
		if a, b := ours.registry.Manifest("charts/demo", tag), theirs.registry.Manifest("charts/demo", tag); string(a) != string(b) {
			t.Errorf("manifests of %s differ:\n%s\n%s", tag, a, b)
		}
	}
	var configs []string
	for _, r := range []*registryRun{ours, theirs} {
		data, err := os.ReadFile(filepath.Join(lookup(r.env, "HOME"), ".config", "helm", "registry", "config.json"))
		if err != nil {
			t.Fatal(err)
		}
		configs = append(configs, r.without(string(data)))
	}
	if configs[0] != configs[1] {
		t.Errorf("the files with logins differ:\n%s\n%s", configs[0], configs[1])
	}
}

func lookup(env []string, name string) string {
	value, _ := lookupIn(env)(name)
	return value
}

// TestPushPlace checks which places can be pushed to.
func TestPushPlace(t *testing.T) {
	for _, tt := range []struct{ remote, want string }{
		{"oci://localhost:5000/a/b", "localhost:5000/a/b"},
		{"OCI://localhost", "localhost"},
		{"oci:localhost", ""},
		{"oci://", ""},
		{"//localhost/a", ""},
		{"http://localhost/a", ""},
		{"oci://u:" + registryPassword + "@localhost/a", ""},
		{"oci://localhost/a#b", ""},
		{"oci://local host/a", ""},
		{"", ""},
	} {
		got, err := pushPlace(tt.remote)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v", tt.remote, got, err)
		}
		if err != nil && strings.Contains(err.Error(), registryPassword) {
			t.Errorf("%v", err)
		}
	}
}
