package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newTestFactory returns a factory in a directory, with no environment but env.
func newTestFactory(dir string, env ...string) (f *factory, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return newFactory(System{
		Program: "hchart", Dir: dir, Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr,
		LookupEnv: lookupIn(env),
		Now:       func() time.Time { return time.Unix(1700000000, 0) },
	}), stdout, stderr
}

// TestTemplateRun runs a command without cobra, in a directory that is not the
// process's.
func TestTemplateRun(t *testing.T) {
	f, stdout, stderr := newTestFactory(chartsDir(t), "HELM_NAMESPACE=there", "KUBECONFIG="+os.DevNull)
	o := &templateOptions{dryRun: "client", showOnly: []string{"templates/service.yaml"}}
	o.install.values.files = []string{"more.yaml"}
	if err := o.run(context.Background(), f, []string{"rel", "app"}); err != nil {
		t.Fatal(err, stderr)
	}
	want := "---\n# Source: app/templates/service.yaml\napiVersion: v1\nkind: Service\nmetadata:\n  name: rel\nspec:\n  ports:\n    - port: 80\n\n"
	if got := stdout.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCancelled checks that a command ends when its context does.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"c/Chart.yaml":       "apiVersion: v2\nname: c\nversion: 0.1.0\n",
		"c/templates/a.yaml": "{{ range 9000000000000 }}{{ end }}",
	})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	f, stdout, stderr := newTestFactory(dir)
	f.sys.Args = []string{"template", "c"}
	start := time.Now()
	if code := Run(ctx, f.sys); code != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), "Error: context deadline exceeded") {
		t.Errorf("code %d, %q, %q", code, stdout, stderr)
	}
	t.Logf("took %v", time.Since(start))
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := writeFile(filepath.Join(dir, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
}

// brokenWriter is a pipe whose reader went away.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestBrokenOutput checks that output which cannot be written is no success.
func TestBrokenOutput(t *testing.T) {
	dir := chartsDir(t)
	for _, args := range [][]string{
		{"template", "app"}, {"show", "all", "app"}, {"lint", "app"}, {"env"}, {"version"}, {"completion", "bash"},
		{"dependency", "list", "app"}, {"package", "bare", "-d", "dist"}, {"create", "new"},
		{"template", "app", "--output-dir", "out"},
	} {
		f, _, stderr := newTestFactory(dir)
		f.sys.Args, f.sys.Stdout = args, brokenWriter{}
		if code := Run(context.Background(), f.sys); code != 1 {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
}

// TestSecrets checks that what a user keeps secret is in no message.
func TestSecrets(t *testing.T) {
	const canary = "c4n4ry"
	dir := chartsDir(t)
	writeFiles(t, dir, map[string]string{"secret.yaml": "password: " + canary + "\nbroken: [\n"})
	for _, args := range [][]string{
		{"template", "app", "--set", "a=" + canary + ",b[z]=1"},
		{"template", "app", "--set-json", "a={\"" + canary},
		{"template", "app", "-f", "secret.yaml"},
		{"template", "schema", "--set", "port=" + canary},
		{"template", "badyaml", "--set-string", "c=" + canary + ": [", "-n", "x"},
		{"template", "https://me:" + canary + "@127.0.0.1:1/a.tgz"},
		{"template", "app", "-f", "https://me:" + canary + "@127.0.0.1:1/values.yaml?" + canary},
		{"template", "app", "--set-file", "a=https://me:" + canary + "@127.0.0.1:1/values.yaml?" + canary},
		{"template", "app", "-f", "oci://me:" + canary + "@127.0.0.1:1/values.yaml"},
		{"template", "app", "--repo", "https://me:" + canary + "@127.0.0.1:1", "--password", canary},
	} {
		f, _, stderr := newTestFactory(dir)
		f.sys.Args = args
		if code := Run(context.Background(), f.sys); code != 1 {
			t.Errorf("%v: exit code %d", args, code)
		}
		if args[1] != "badyaml" && strings.Contains(stderr.String(), canary) {
			t.Errorf("%v: the secret is in %q", args[:2], stderr)
		}
	}
}

func TestCommandWord(t *testing.T) {
	root := newRootCmd(newFactory(System{LookupEnv: lookupIn(nil)}))
	for _, c := range []struct{ line, want string }{
		{"", ""},
		{"install x", "install"},
		{"-n x install", "install"},
		{"--namespace x --debug install", "install"},
		{"--namespace=x install", "install"},
		{"-nx install", "install"},
		{"--unknown install", "install"},
		{"-- install", ""},
		{"-", "-"},
	} {
		if got := commandWord(root, strings.Fields(c.line)); got != c.want {
			t.Errorf("%q: got %q, want %q", c.line, got, c.want)
		}
	}
}

// TestHelpTexts checks that everything has a description and that no line is too
// wide to read.
func TestHelpTexts(t *testing.T) {
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		if cmd.Short == "" || cmd.Long == "" {
			t.Errorf("%s: no description", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Long) {
			if len(line) > 140 {
				t.Errorf("%s: a line of %d bytes: %s", cmd.CommandPath(), len(line), line)
			}
		}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flag.Usage == "" && !flag.Hidden {
				t.Errorf("%s: --%s has no description", cmd.CommandPath(), flag.Name)
			}
		})
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(newRootCmd(newFactory(System{LookupEnv: lookupIn(nil)})))
}

// TestOneCommand checks that a command which is built alone says the same as one
// among all others: a flag before it has all built.
func TestOneCommand(t *testing.T) {
	output := func(args ...string) string {
		dir := t.TempDir()
		f, stdout, stderr := newTestFactory(dir)
		f.sys.Args = args
		code := Run(context.Background(), f.sys)
		return strings.ReplaceAll(fmt.Sprintf("%d\n%s\n%s", code, stdout, stderr), dir, "DIR")
	}
	for _, c := range commands() {
		if got := len(wantedCommands(&factory{sys: System{Args: []string{c.name}}, settings: newSettings(environment{lookupIn(nil)})})); got != 1 {
			t.Errorf("%s: %d commands are built", c.name, got)
		}
		for _, rest := range []string{"", "--help", "-h", "--nonsense", "help", "none", "none none", "version", "list --help", "build", "values none", "bash"} {
			args := append([]string{c.name}, strings.Fields(rest)...)
			if alone, among := output(args...), output(append([]string{"--color=never"}, args...)...); alone != among {
				t.Errorf("%v prints\n%s\nand not\n%s", args, alone, among)
			}
		}
	}
}

func TestEnvironment(t *testing.T) {
	f, _, _ := newTestFactory("", "HOME=/home/me", "HELM_KUBEASGROUPS= a,b,", "HELM_BURST_LIMIT=x", "HELM_QPS=2.5",
		"HELM_COLOR=ALWAYS", "HELM_PLUGINS=", "GNUPGHOME=/keys")
	s := f.settings
	if strings.Join(s.kubeAsGroups, "|") != "a|b" || s.burstLimit != 100 || s.qps != 2.5 || s.color != "always" || s.plugins != "" {
		t.Errorf("got %+v", s)
	}
	if got := s.env.keyring(); got != filepath.FromSlash("/keys/pubring.gpg") {
		t.Errorf("keyring %s", got)
	}
	if f, _, _ := newTestFactory("", "HELM_COLOR=always", "NO_COLOR=1"); f.settings.color != "never" {
		t.Error("NO_COLOR does not go before HELM_COLOR")
	}
}

// BenchmarkRoot is what every start of the program pays.
func BenchmarkRoot(b *testing.B) {
	f, _, _ := newTestFactory("")
	for b.Loop() {
		newRootCmd(f)
	}
}

func Example() {
	code := Run(context.Background(), System{
		Program:   "hchart",
		Args:      []string{"env", "HELM_NAMESPACE"},
		Stdin:     strings.NewReader(""),
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		LookupEnv: func(name string) (string, bool) { return "production", name == "HELM_NAMESPACE" },
		Now:       time.Now,
	})
	fmt.Println(code)
	// Output:
	// production
	// 0
}
