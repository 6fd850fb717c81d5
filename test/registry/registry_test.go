package registry

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/oci"
)

// player is one of the programs. Both share a home.
type player struct {
	name, path string
	home, dir  string
}

// players returns both programs and the directory that they work in.
func players(t *testing.T) (hchart, helm *player, dir string) {
	t.Helper()
	if os.Getenv("HCHART_REGISTRY") == "" || os.Getenv("HCHART_HELM") == "" {
		t.Skip("no HCHART_REGISTRY or no HCHART_HELM: `make test-registry` sets them")
	}
	path := os.Getenv("HCHART_BIN")
	if path == "" {
		path = filepath.Join(t.TempDir(), "hchart")
		if out, err := exec.Command("go", "build", "-o", path, "github.com/hchart/hchart/cmd/hchart").CombinedOutput(); err != nil {
			t.Fatalf("building hchart: %v\n%s", err, out)
		}
	}
	home, dir := t.TempDir(), t.TempDir()
	return &player{"hchart", path, home, dir}, &player{"helm", os.Getenv("HCHART_HELM"), home, dir}, dir
}

// try runs a command and returns how it ended.
func (p *player) try(t *testing.T, stdin string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), p.path, args...)
	cmd.Dir, cmd.Stdin = p.dir, strings.NewReader(stdin)
	cmd.Env = []string{"HOME=" + p.home, "PATH=" + os.Getenv("PATH"), "TZ=UTC", "KUBECONFIG=" + os.DevNull}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	for _, secret := range []string{password, base64.StdEncoding.EncodeToString([]byte(user + ":" + password))} {
		if strings.Contains(out.String()+errs.String(), secret) && p.name == "hchart" {
			t.Errorf("%s %v shows the password: %s%s", p.name, args, out.String(), errs.String())
		}
	}
	return out.String(), errs.String(), err
}

// run runs a command that has to succeed and returns its standard output.
func (p *player) run(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, err := p.try(t, "", args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", p.name, strings.Join(args, " "), err, out, errs)
	}
	return out
}

// pack writes the archive of a chart, a different one for each version.
func pack(t *testing.T, p *player, name, version, more string) string {
	t.Helper()
	source := filepath.Join(t.TempDir(), name)
	put(t, filepath.Join(source, "Chart.yaml"), []byte("apiVersion: v2\nname: "+name+"\nversion: "+version+"\n"+more))
	put(t, filepath.Join(source, "templates", "c.yaml"), []byte("kind: ConfigMap\nname: {{ .Chart.Name }}-{{ .Chart.Version }}\n"))
	p.run(t, "package", source, "-d", p.dir)
	file := filepath.Join(p.dir, name+"-"+version+".tgz")
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(file, when, when); err != nil {
		t.Fatal(err)
	}
	return file
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestTurns has both programs push, pull and render by turns.
func TestTurns(t *testing.T) {
	for _, secure := range []bool{true, false} {
		t.Run(map[bool]string{true: "TLS and password", false: "plain"}[secure], func(t *testing.T) {
			hchart, helm, dir := players(t)
			s := start(t, secure)
			flags := []string{"--plain-http"}
			if secure {
				flags = []string{"--ca-file", s.ca}
				login(t, hchart, s)
			}
			with := func(args ...string) []string { return append(args, flags...) }

			// One archive pushed by both is one manifest.
			one := pack(t, hchart, "demo", "0.1.0", "description: pushed by both\n")
			put(t, one+".prov", []byte("a signature"))
			ours := hchart.run(t, with("push", one, "oci://"+s.host+"/ours")...)
			theirs := helm.run(t, with("push", one, "oci://"+s.host+"/helm")...)
			if strings.ReplaceAll(theirs, "/helm/", "/ours/") != ours {
				t.Errorf("hchart:\n%s\nHelm:\n%s", ours, theirs)
			}
			digest := regexp.MustCompile(`sha256:[0-9a-f]{64}`).FindString(ours)

			// What one pushed the other one pulls, by all that names it.
			for _, version := range []string{"0.2.0", "0.3.0+b.1", "1.0.0-rc.1"} {
				file := pack(t, hchart, "demo", version, "")
				hchart.run(t, with("push", file, "oci://"+s.host+"/ours")...)
				helm.run(t, with("push", file, "oci://"+s.host+"/helm")...)
			}
			for i, args := range [][]string{
				{"demo"}, {"demo", "--version", "0.1.0"}, {"demo:0.2.0"}, {"demo", "--version", "^0.2"}, {"demo", "--version", "0.3.0+b.1"},
				{"demo", "--devel"}, {"demo", "--version", ">0.1.0 <0.3.0"}, {"demo", "--version", "0.1.0", "--prov"},
			} {
				a, b := fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i)
				for _, d := range []string{a, b} {
					put(t, filepath.Join(dir, d, "x"), nil)
				}
				pull := func(p *player, from, to string) string {
					return p.run(t, with(append([]string{"pull", "oci://" + s.host + "/" + from + "/" + args[0], "-d", to}, args[1:]...)...)...)
				}
				said, want := pull(hchart, "helm", a), pull(helm, "ours", b)
				if said != strings.ReplaceAll(want, "/ours/", "/helm/") {
					t.Errorf("%v: hchart says\n%s\nHelm\n%s", args, said, want)
				}
				sameFiles(t, filepath.Join(dir, a), filepath.Join(dir, b))
			}
			byDigest := "oci://" + s.host + "/helm/demo@" + digest
			if got, want := hchart.run(t, with("show", "chart", byDigest)...), helm.run(t, with("show", "chart", byDigest)...); got != want {
				t.Errorf("by digest: hchart\n%s\nHelm\n%s", got, want)
			}
			for _, line := range []string{"show all oci://HOST/ours/demo", "template rel oci://HOST/helm/demo", "template rel oci://HOST/ours/demo --version ~0.1"} {
				args := with(strings.Fields(strings.ReplaceAll(line, "HOST", s.host))...)
				if got, want := hchart.run(t, args...), helm.run(t, args...); got != want {
					t.Errorf("%s: hchart\n%s\nHelm\n%s", line, got, want)
				}
			}
			if secure {
				logout(t, hchart, helm, s, flags)
			}
		})
	}
}

// sameFiles compares two directories.
func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		entries, err := os.ReadDir(pair[0])
		if err != nil || len(entries) < 2 {
			t.Errorf("%s: %d files, %v", pair[0], len(entries), err)
		}
		for _, e := range entries {
			other, err := os.ReadFile(filepath.Join(pair[1], e.Name()))
			if err != nil || read(t, pair[0], e.Name()) != string(other) {
				t.Errorf("%s in %s is not that of %s: %v", e.Name(), pair[0], pair[1], err)
			}
		}
	}
}

// login logs in by one program: both are in then.
func login(t *testing.T, p *player, s *server) {
	t.Helper()
	for _, wrong := range []string{"no", ""} {
		if _, errs, err := p.try(t, wrong, "registry", "login", s.host, "-u", user, "--password-stdin", "--ca-file", s.ca); err == nil {
			t.Errorf("%s logs in with the password %q: %s", p.name, wrong, errs)
		}
	}
	if _, errs, err := p.try(t, password, "registry", "login", s.host, "-u", user, "--password-stdin"); err == nil || !strings.Contains(errs, "certificate") {
		t.Errorf("%s logs in where nobody vouches for the certificate: %v %s", p.name, err, errs)
	}
	out, errs, err := p.try(t, password+"\n", "registry", "login", s.host, "-u", user, "--password-stdin", "--ca-file", s.ca)
	if err != nil || out != "Login Succeeded\n" {
		t.Fatalf("%s: %v\n%s%s", p.name, err, out, errs)
	}
}

// logout logs out by Helm, in by Helm, and out by hchart.
func logout(t *testing.T, hchart, helm *player, s *server, flags []string) {
	t.Helper()
	show := append([]string{"show", "chart", "oci://" + s.host + "/ours/demo"}, flags...)
	helm.run(t, "registry", "logout", s.host)
	if _, errs, err := hchart.try(t, "", show...); err == nil || !strings.Contains(errs, "registry login "+s.host) {
		t.Errorf("logged out: %v\n%s", err, errs)
	}
	hchart.run(t, append(show, "--username", user, "--password", password)...)
	hchart.run(t, append(show[:3:3], "--insecure-skip-tls-verify", "--username", user, "--password", password)...)
	login(t, helm, s)
	hchart.run(t, show...)
	hchart.run(t, "registry", "logout", s.host)
	if _, _, err := helm.try(t, "", show...); err == nil {
		t.Error("logged out by hchart, and Helm is still in")
	}
}

// TestDependencies has both programs bring a chart's dependencies from the registry.
func TestDependencies(t *testing.T) {
	hchart, helm, dir := players(t)
	s := start(t, false)
	for _, version := range []string{"0.1.0", "0.1.1", "0.2.0"} {
		helm.run(t, "push", pack(t, helm, "demo", version, ""), "oci://"+s.host+"/charts", "--plain-http")
	}
	for _, d := range []string{"ours", "helm"} {
		put(t, filepath.Join(dir, d, "Chart.yaml"), []byte("apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n- {name: demo, version: ~0.1, repository: \"oci://"+s.host+"/charts\"}\n- {name: demo, version: 0.2.0, alias: other, repository: \"oci://"+s.host+"/charts\"}\n"))
	}
	hchart.run(t, "dependency", "update", "ours", "--plain-http")
	helm.run(t, "dependency", "update", "helm", "--plain-http")
	generated := regexp.MustCompile(`(?m)^generated: .*$`)
	if a, b := read(t, dir, "ours", "Chart.lock"), read(t, dir, "helm", "Chart.lock"); generated.ReplaceAllString(a, "") != generated.ReplaceAllString(b, "") {
		t.Errorf("the locks differ:\n%s\n%s", a, b)
	}
	sameFiles(t, filepath.Join(dir, "ours", "charts"), filepath.Join(dir, "helm", "charts"))
	if err := os.RemoveAll(filepath.Join(dir, "ours", "charts")); err != nil {
		t.Fatal(err)
	}
	hchart.run(t, "dependency", "build", "ours", "--plain-http")
	sameFiles(t, filepath.Join(dir, "ours", "charts"), filepath.Join(dir, "helm", "charts"))
}

// TestManyTags has more versions than the registry shows on a page.
func TestManyTags(t *testing.T) {
	hchart, helm, _ := players(t)
	s := start(t, false)
	c := oci.NewClient(oci.Options{})
	const n = 130
	data := []byte(read(t, pack(t, hchart, "demo", "0.0.1", "")))
	if _, err := c.Push(t.Context(), s.host+"/charts/demo", data, nil, oci.PushOptions{Access: repo.Access{PlainHTTP: true}}); err != nil {
		t.Fatal(err)
	}
	for i := 2; i <= n; i++ {
		file := pack(t, hchart, "demo", fmt.Sprintf("0.0.%d", i), "")
		if _, err := c.Push(t.Context(), s.host+"/charts/demo", []byte(read(t, file)), nil, oci.PushOptions{Access: repo.Access{PlainHTTP: true}}); err != nil {
			t.Fatal(err)
		}
	}
	tags, err := c.Tags(t.Context(), s.host+"/charts/demo", repo.Access{PlainHTTP: true})
	if err != nil || len(tags) != n || tags[0] != fmt.Sprintf("0.0.%d", n) || tags[n-1] != "0.0.1" {
		t.Errorf("%d tags, %v", len(tags), err)
	}
	args := []string{"pull", "oci://" + s.host + "/charts/demo", "--plain-http", "--version", "<0.0.100"}
	if a, b := hchart.run(t, args...), helm.run(t, args...); a != b || !strings.Contains(a, ":0.0.99\n") {
		t.Errorf("hchart\n%s\nHelm\n%s", a, b)
	}
}
