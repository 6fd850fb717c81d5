package cli

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// helmCases are command lines that print the same, write the same files and exit
// with the same code as Helm's, in a directory with the charts of
// testdata/charts.txtar. Where why is set they differ, for that reason.
var helmCases = []struct {
	line string
	env  string // "NAME=value NAME=value"
	why  string
}{
	// Names and charts
	{line: "template app"},
	{line: "template rel app"},
	{line: "template rel ./app"},
	{line: "template rel app extra"},
	{line: "template"},
	{line: "template rel ./absent"},
	{line: "template rel absent"},
	{line: "template Bad_Name app"},
	{line: "template rel..x app"},
	{line: "template a-name-that-is-longer-than-any-release-name-may-ever-become app"},
	{line: "template rel app -g"},
	{line: "template rel app --name-template x"},
	{line: "template app --name-template rel-{{lower(\"ABC\")}}"},
	{line: "template app --name-template {{"},
	{line: "template app -g"},
	{line: "template bare"},
	{line: "template nothing"},
	{line: "template library"},
	{line: "template deprecated"},
	{line: "template missingdep"},
	{line: "template missingdep --dependency-update"},
	{line: "template v1"},
	{line: "template nochart"},
	{line: "template badvalues"},
	{line: "template badyaml"},
	{line: "template badtemplate"},
	{line: "template badfunction"},
	{line: "template nilpointer"},
	{line: "template nilpointer --debug"},
	{line: "template stops"},
	{line: "template stops --set a=1"},
	{line: "template app --repo http://127.0.0.1:1"},
	{line: "template app --verify"},

	// Kubernetes
	{line: "template toonew"},
	{line: "template toonew --debug"},
	{line: "template toonew --kube-version 1.100"},
	{line: "template app --kube-version v1.22.3"},
	{line: "template app --kube-version 1.22.3-gke.100"},
	{line: "template app --kube-version 1.2"},
	{line: "template app --kube-version nonsense"},
	{line: "template app -a monitoring.coreos.com/v1"},
	{line: "template app --api-versions a/v1,monitoring.coreos.com/v1 --api-versions b/v1"},
	{line: "template app --is-upgrade"},

	// Values
	{line: "template app -f more.yaml"},
	{line: "template app -f more.yaml,app/values.yaml"},
	{line: "template app -f -"},
	{line: "template app -f absent.yaml"},
	{line: "template app -f notyaml.yaml"},
	{line: "template app --set greeting=a,port=1 --set port=2"},
	{line: "template app --set-string port=0123"},
	{line: "template app --set-file greeting=text.txt"},
	{line: "template app --set-file greeting=absent.txt"},
	{line: "template app --set-json list=[4,5]"},
	{line: "template app --set-json {\"greeting\":\"json\"}"},
	{line: "template app --set-json list=[4"},
	{line: "template app --set-literal greeting=a,b={c}"},
	{line: "template app --set list=null"},
	{line: "template app --set greeting"},
	{line: "template app --set db.enabled=false"},
	{line: "template app --set tags.caches=false"},
	{line: "template schema"},
	{line: "template schema --set port=text"},
	{line: "template schema --set port=text --skip-schema-validation"},

	// What is printed
	{line: "template app --include-crds"},
	{line: "template app --include-crds --skip-crds"},
	{line: "template app --skip-tests"},
	{line: "template app --no-hooks"},
	{line: "template app --no-hooks --include-crds"},
	{line: "template app -s templates/service.yaml"},
	{line: "template app -s templates/service.yaml -s templates/config.yaml"},
	{line: "template app -s templates/*.yaml"},
	{line: "template app -s templates/tests/test.yaml"},
	{line: "template app -s templates/tests/test.yaml --skip-tests"},
	{line: "template app -s templates/tests/test.yaml --no-hooks"},
	{line: "template app -s charts/db/templates/db.yaml"},
	{line: "template app -s crds/thing.yaml --include-crds"},
	{line: "template app -s templates/absent.yaml"},
	{line: "template app -s templates/empty.yaml"},
	{line: "template app -s templates/["},
	{line: "template badyaml -s templates/good.yaml"},
	{line: "template badyaml -s templates/absent.yaml --debug"},
	{line: "template app --debug"},
	{line: "template app", env: "HELM_DEBUG=true"},
	{line: "template app --render-subchart-notes --hide-notes"},
	{line: "template app --output-dir out"},
	{line: "template app --output-dir out/deep --include-crds"},
	{line: "template app --output-dir ./out --release-name --include-crds"},
	{line: "template app --output-dir out --skip-tests"},
	{line: "template app --output-dir out --no-hooks"},
	{line: "template app --output-dir out -s templates/service.yaml"},
	{line: "template app --output-dir more.yaml"},

	// Flags that change nothing
	{line: "template app --dry-run"},
	{line: "template app --dry-run=client"},
	{line: "template app --dry-run=true"},
	{line: "template app --dry-run=none"},
	{line: "template app --dry-run=false"},
	{line: "template app --dry-run=server"},
	{line: "template app --dry-run=nonsense"},
	{line: "template app --validate"},
	{line: "template app --validate --dry-run=client"},
	{line: "template app --atomic --wait --wait-for-jobs --timeout 10s"},
	{line: "template app --wait=true"},
	{line: "template app --wait=nonsense"},
	{line: "template app --force"},
	{line: "template app --force-replace --force-conflicts"},
	{line: "template app --force --force-conflicts"},
	{line: "template app -l a=b --description x --create-namespace --replace --take-ownership --server-side=false"},
	{line: "template app -l owner=me"},
	{line: "template app --version 9 --devel --username u --password p --pass-credentials"},
	{line: "template app --disable-openapi-validation --enable-dns"},
	{line: "template app --burst-limit 5 --qps 1.5 --kube-token t --kube-as-user u --kube-as-group g"},
	{line: "template app -v 5"},
	{line: "template app --stderrthreshold=1 --vmodule a=1"},
	{line: "template app --nonsense"},
	{line: "template app --post-renderer absent"},
	{line: "template app --post-renderer-args x"},
	{line: "template app --color nonsense"},

	{line: "template app --post-renderer same", env: "HELM_PLUGINS=plugins"},
	{line: "template app --post-renderer same --include-crds --skip-tests -s charts/db/templates/db.yaml", env: "HELM_PLUGINS=plugins"},
	{line: "template app --post-renderer swap --post-renderer-args s/hello/goodbye/;/filename/d", env: "HELM_PLUGINS=absent:plugins"},
	{line: "template app --post-renderer swap --post-renderer-args d", env: "HELM_PLUGINS=plugins"},
	{line: "template app --post-renderer swap --post-renderer-args nonsense", env: "HELM_PLUGINS=plugins"},
	{line: "template app --post-renderer same --output-dir out", env: "HELM_PLUGINS=plugins"},

	// The namespace
	{line: "template app -n other"},
	{line: "template app", env: "HELM_NAMESPACE=from-env"},
	{line: "template app -n other", env: "HELM_NAMESPACE=from-env"},
	{line: "template app", env: "KUBECONFIG=kubeconfig.yaml"},
	{line: "template app --kube-context two", env: "KUBECONFIG=kubeconfig.yaml"},
	{line: "template app --kube-context three", env: "KUBECONFIG=kubeconfig.yaml"},
	{line: "template app --kube-context absent", env: "KUBECONFIG=kubeconfig.yaml"},
	{line: "template app", env: "KUBECONFIG=kubeconfig.yaml HELM_KUBECONTEXT=two"},
	{line: "template app --kubeconfig kubeconfig.yaml"},
	{line: "template app --kubeconfig absent.yaml"},
	{line: "template app", env: "KUBECONFIG=absent.yaml:kubeconfig2.yaml:kubeconfig.yaml"},
	{line: "template app --kube-context two", env: "KUBECONFIG=kubeconfig2.yaml:kubeconfig.yaml"},
	{line: "template app", env: "KUBECONFIG=notkubeconfig.yaml:kubeconfig.yaml"},
	{line: "template app", env: "KUBECONFIG=absent.yaml"},

	// show
	{line: "show all app"},
	{line: "show chart app"},
	{line: "show crds app"},
	{line: "show readme app"},
	{line: "show values app"},
	{line: "inspect values app"},
	{line: "show all bare"},
	{line: "show values bare"},
	{line: "show readme bare"},
	{line: "show crds bare"},
	{line: "show all v1"},
	{line: "show chart library"},
	{line: "show values nochart"},
	{line: "show chart"},
	{line: "show chart app bare"},
	{line: "show values badvalues"},
	{line: "show values app --jsonpath {.greeting}"},
	{line: "show values app --jsonpath {.hosts}"},
	{line: "show values app --jsonpath {.absent}", why: "we warn that nothing was found"},
	{line: "show values app --jsonpath {.hosts[*].name}{\"\\n\"}"},
	{line: "show values app --jsonpath {.hosts[1].port}"},
	{line: "show values app --jsonpath {.hosts[-1:].name}"},
	{line: "show values app --jsonpath {.hosts[?(@.name==\"b.example.com\")].port}"},
	{line: "show values app --jsonpath {.hosts[?(@.port>100.5)].name}"},
	{line: "show values app --jsonpath {.hosts[?(@.port==80)].name}", why: "we warn that nothing was found"},
	{line: "show values app --jsonpath {range.hosts[*]}<{.name}>{end}!"},
	{line: "show values app --jsonpath {..er}"},
	{line: "show values app --jsonpath {.list[0,2]}"},
	{line: "show values app --jsonpath {['greeting','port']}"},
	{line: "show values app --jsonpath {.nested"},
	{line: "show values app --jsonpath {.hosts[9].name}", why: "we warn that nothing was found"},

	// dependency
	{line: "dependency list app"},
	{line: "dep ls app"},
	{line: "dependencies list missingdep"},
	{line: "dependency list missingdep --max-col-width 10"},
	{line: "dependency list missingdep --max-col-width 0"},
	{line: "dependency list bare"},
	{line: "dependency list v1"},
	{line: "dependency list absent"},
	{line: "dependency list a b"},
	{line: "dependency list"},

	// lint
	{line: "lint app"},
	{line: "lint app bare nothing"},
	{line: "lint app --quiet"},
	{line: "lint bare --strict"},
	{line: "lint missingdep"},
	{line: "lint app --with-subcharts"},
	{line: "lint badyaml"},
	{line: "lint badtemplate", why: "we show the line at fault"},
	{line: "lint nochart"},
	{line: "lint absent"},
	{line: "lint schema"},
	{line: "lint schema --set port=text"},
	{line: "lint schema --set port=text --skip-schema-validation"},
	{line: "lint stops"},
	{line: "lint deprecated"},
	{line: "lint library"},
	{line: "lint app --kube-version 1.20"},
	{line: "lint app --kube-version nonsense"},
	{line: "lint"},

	// package
	{line: "package app"},
	{line: "package app bare -d dist"},
	{line: "package bare --version 2.0.0 --app-version 3 -d dist"},
	{line: "package bare --version nonsense"},
	{line: "package missingdep"},
	{line: "package bare -u"},
	{line: "package absent"},
	{line: "package"},
	{line: "package bare --sign"},
	{line: "package bare", env: "SOURCE_DATE_EPOCH=nonsense"},
	{line: "package bare", env: "SOURCE_DATE_EPOCH=-1"},
	{line: "package v1 -d dist"},

	// create, and the rest
	{line: "create"},
	{line: "create new"},
	{line: "create absent/new"},
	{line: "create bad*name"},
	{line: "create new --starter absent"},
	{line: "create more.yaml"},
	{line: "version --short"},
	{line: "version --template {{.Version}}-{{.KubeClientVersion}}-{{.GitCommit}}"},
	{line: "version --template {{"},
	{line: "version --template {{.Nonsense}}"},
	{line: "version extra"},
	{line: "env HELM_NAMESPACE", env: "KUBECONFIG=kubeconfig.yaml"},
	{line: "env HELM_CACHE_HOME", env: "HELM_CACHE_HOME=/a/b/"},
	{line: "env HELM_CACHE_HOME", env: "XDG_CACHE_HOME=/x"},
	{line: "env HELM_QPS --qps 3"},
	{line: "env HELM_COLOR"},
	{line: "env NONSENSE"},
	{line: "env a b"},
	{line: "nonsense"},
}

// TestHelm runs the cases by both programs.
func TestHelm(t *testing.T) {
	helm := helmProgram(t)
	want, dirs := make([]result, len(helmCases)), make([]string, len(helmCases))
	running := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, c := range helmCases {
		dir, env := chartsDir(t), testEnvironment(t, c.env)
		dirs[i] = dir
		running <- struct{}{}
		all.Go(func() {
			defer func() { <-running }()
			want[i] = runHelm(t, helm, dir, env, helmStdin, strings.Split(c.line, " ")...)
		})
	}
	all.Wait()
	for i, c := range helmCases {
		t.Run(strings.TrimSpace(c.env+" "+c.line), func(t *testing.T) {
			want := want[i]
			want.files = filesBelow(t, dirs[i])
			got := runIn(t, chartsDir(t), testEnvironment(t, c.env), helmStdin, strings.Split(c.line, " ")...)
			differences := got.differences(want)
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

// TestHelmPackage compares archives byte for byte.
func TestHelmPackage(t *testing.T) {
	helm := helmProgram(t)
	for _, args := range [][]string{
		{"package", "app"},
		{"package", "v1"},
		{"package", "bare", "--version", "1.0.0+build", "--app-version", "7"},
	} {
		env := testEnvironment(t, "SOURCE_DATE_EPOCH=1700000000")
		wantDir, gotDir := chartsDir(t), chartsDir(t)
		runHelm(t, helm, wantDir, env, "", args...)
		runIn(t, gotDir, env, "", args...)
		archives, err := filepath.Glob(filepath.Join(wantDir, "*.tgz"))
		if err != nil || len(archives) != 1 {
			t.Fatalf("%v: Helm made %v, %v", args, archives, err)
		}
		want, err := os.ReadFile(archives[0])
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(gotDir, filepath.Base(archives[0])))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%v: the archives differ", args)
		}
	}
}

// TestHelmRendersStarter checks that both programs render what create writes,
// with everything switched on, and find nothing to complain about.
func TestHelmRendersStarter(t *testing.T) {
	helm := helmProgram(t)
	dir, env := t.TempDir(), testEnvironment(t, "")
	if r := runIn(t, dir, env, "", "create", "fresh"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	all := "ingress.enabled=true,httpRoute.enabled=true,autoscaling.enabled=true," +
		"autoscaling.targetMemoryUtilizationPercentage=50,podLabels.a=b,podAnnotations.c=d,ingress.className=x," +
		"ingress.annotations.e=f,ingress.tls[0].secretName=g,securityContext.runAsUser=1,podSecurityContext.fsGroup=2," +
		"resources.limits.memory=1Mi,volumes[0].name=v,volumeMounts[0].name=v,nodeSelector.h=i,tolerations[0].key=k," +
		"affinity.nodeAffinity=null,imagePullSecrets[0].name=l,serviceAccount.annotations.m=n,httpRoute.annotations.o=p"
	for _, args := range [][]string{
		{"template", "rel", "fresh"},
		{"template", "rel", "fresh", "--set", all},
		{"template", "fresh", "fresh", "--set", "serviceAccount.create=false,image.tag=2"},
		{"lint", "fresh", "--strict"},
		{"lint", "fresh", "--strict", "--set", all},
	} {
		want := runHelm(t, helm, dir, env, "", args...)
		want.files = filesBelow(t, dir)
		if want.code != 0 || strings.Contains(want.stdout, "[WARNING]") {
			t.Errorf("%v: Helm says %s%s", args, want.stdout, want.stderr)
		}
		for _, d := range runIn(t, dir, env, "", args...).differences(want) {
			t.Errorf("%v: %s", args, d)
		}
	}
}

const helmStdin = "greeting: from stdin\n"

// helmProgram is the path of the reference program.
func helmProgram(t *testing.T) string {
	t.Helper()
	helm := os.Getenv("HCHART_HELM")
	if helm == "" {
		t.Skip("HCHART_HELM is not set")
	}
	return helm
}

// result is what a run of a program left behind.
type result struct {
	code           int
	stdout, stderr string
	files          map[string]string
}

// differences tells where r is not as want. Of standard error only whether there
// is any counts.
func (r result) differences(want result) []string {
	var d []string
	if r.code != want.code {
		d = append(d, fmt.Sprintf("exit code %d, Helm's is %d\nours: %s\nHelm: %s", r.code, want.code, r.stderr, want.stderr))
	}
	if r.stdout != want.stdout {
		d = append(d, fmt.Sprintf("standard output differs\nours:\n%s\nHelm:\n%s\nours: %s\nHelm: %s", r.stdout, want.stdout, r.stderr, want.stderr))
	}
	if (r.stderr == "") != (want.stderr == "") {
		d = append(d, fmt.Sprintf("one says nothing on standard error\nours: %s\nHelm: %s", r.stderr, want.stderr))
	}
	return append(d, differingFiles(r.files, want.files)...)
}

func runHelm(t *testing.T, helm, dir string, env []string, stdin string, args ...string) result {
	cmd := exec.Command(helm, args...)
	cmd.Dir, cmd.Env = dir, env
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Error(err)
		return result{}
	}
	return result{code: cmd.ProcessState.ExitCode(), stdout: comparable(stdout.String(), dir), stderr: stderr.String()}
}

// runIn runs hchart in this process with dir as the working directory.
func runIn(t *testing.T, dir string, environ []string, stdin string, args ...string) result {
	t.Helper()
	t.Chdir(dir)
	var stdout, stderr bytes.Buffer
	code := Run(context.Background(), System{
		Program: "hchart", Args: args,
		Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr,
		LookupEnv: lookupIn(environ),
		Environ:   func() []string { return environ },
		Now:       time.Now,
	})
	return result{code, comparable(stdout.String(), dir), stderr.String(), filesBelow(t, dir)}
}

// comparable takes the directory and the time of generated names out of a text.
func comparable(s, dir string) string {
	s = strings.ReplaceAll(s, dir, "DIR")
	now := time.Now().Unix()
	for sec := now - 60; sec <= now+1; sec++ {
		s = strings.ReplaceAll(s, "app-"+strconv.FormatInt(sec, 10), "app-TIME")
	}
	return s
}

//go:embed testdata/charts.txtar
var charts []byte

// chartsDir makes a directory with the charts of testdata.
func chartsDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := txtar.Write(txtar.Parse(charts), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// testEnvironment is an environment without a home or a kubeconfig.
func testEnvironment(t *testing.T, extra string) []string {
	home := filepath.Join(t.TempDir(), "home")
	env := []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "KUBECONFIG=" + os.DevNull}
	for _, v := range strings.Fields(extra) {
		name, _, _ := strings.Cut(v, "=")
		for i, have := range env {
			if strings.HasPrefix(have, name+"=") {
				env[i] = v
			}
		}
		env = append(env, v)
	}
	return env
}

func lookupIn(environ []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := len(environ) - 1; i >= 0; i-- {
			if value, ok := strings.CutPrefix(environ[i], name+"="); ok {
				return value, true
			}
		}
		return "", false
	}
}
