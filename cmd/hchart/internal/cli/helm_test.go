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

// TestHelmPackage compares archives byte for byte with one of those that Helm can
// write: it orders subcharts at random, about one time in eight otherwise than
// hchart does, so that forty runs leave chance no part in the result.
func TestHelmPackage(t *testing.T) {
	helm := helmProgram(t)
	for _, args := range [][]string{
		{"package", "app"},
		{"package", "v1"},
		{"package", "bare", "--version", "1.0.0+build", "--app-version", "7"},
	} {
		env := testEnvironment(t, "SOURCE_DATE_EPOCH=1700000000")
		dir := chartsDir(t)
		runIn(t, dir, env, "", args...)
		name, got := onlyArchive(t, dir)
		same := false
		for run := 0; run < 40 && !same; run++ {
			dir := chartsDir(t)
			runHelm(t, helm, dir, env, "", args...)
			wantName, want := onlyArchive(t, dir)
			if wantName != name {
				t.Fatalf("%v: made %s, Helm makes %s", args, name, wantName)
			}
			same = bytes.Equal(got, want)
		}
		if !same {
			t.Errorf("%v: Helm never writes these bytes", args)
		}
	}
}

// onlyArchive reads the one archive that lies in a directory.
func onlyArchive(t *testing.T, dir string) (name string, data []byte) {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(archives) != 1 {
		t.Fatalf("archives %v, %v; there should be one", archives, err)
	}
	data, err = os.ReadFile(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Base(archives[0]), data
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
	r := runOnly(t, dir, environ, stdin, args...)
	r.files = filesBelow(t, dir)
	return r
}

// runOnly is runIn that does not look at the files.
func runOnly(t *testing.T, dir string, environ []string, stdin string, args ...string) result {
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
	return result{code: code, stdout: comparable(stdout.String(), dir), stderr: stderr.String()}
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
