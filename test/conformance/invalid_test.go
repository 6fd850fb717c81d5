package conformance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

const invalidDir = "../../testdata/invalid"

// invalidChart is an archive of testdata/invalid: a chart that is refused.
type invalidChart struct {
	name   string
	args   []string // line "args: " of the comment, split as by a shell
	errors []string // lines "error: ": what standard error has to contain
	files  []txtar.File
}

func readInvalid(t *testing.T, path string) invalidChart {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := invalidChart{name: strings.TrimSuffix(filepath.Base(path), ".txtar"), files: ar.Files}
	for _, line := range strings.Split(string(ar.Comment), "\n") {
		if rest, ok := strings.CutPrefix(line, "args: "); ok {
			if c.args, err = splitWords(rest); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		if rest, ok := strings.CutPrefix(line, "error: "); ok {
			c.errors = append(c.errors, rest)
		}
	}
	if len(c.errors) == 0 {
		t.Fatalf("%s: the comment has no line \"error: …\"", path)
	}
	return c
}

// write makes the chart's folder.
func (c invalidChart) write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range c.files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
	}
	return dir
}

func (c invalidChart) command() []string {
	args := []string{"template", "rel", ".", "--namespace", "demo"}
	for _, a := range c.args {
		if a == "--name-template" { // takes the place of the name
			args = []string{"template", ".", "--namespace", "demo"}
		}
	}
	return append(args, c.args...)
}

// TestInvalid checks that both programs refuse each chart for the reason that
// its archive names, with exit code 1, nothing on standard output and no panic.
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(invalidDir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d archives, %v", len(files), err)
	}
	for _, path := range files {
		c := readInvalid(t, path)
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := c.write(t)
			if run.helm != "" {
				ref := execute(t, renderLimit, run.helm, dir, "", c.command()...)
				if ref.exit != 1 {
					t.Errorf("Helm exits with %d, want 1", ref.exit)
				}
				for _, want := range c.errors {
					if !strings.Contains(ref.stderr, want) {
						t.Errorf("Helm says\n%s\nwant %q", ref.stderr, want)
					}
				}
			}
			got := hchart(t, renderLimit, dir, "", c.command()...)
			checkRefused(t, got, c.errors...)
			if !t.Failed() {
				run.tally.invalid.Add(1)
			}
		})
	}
}

// checkRefused checks how hchart ended: an error that says what is wanted.
func checkRefused(t *testing.T, got result, want ...string) {
	t.Helper()
	if got.exit != 1 {
		t.Errorf("exit code %d, want 1", got.exit)
	}
	if crashed(got.stderr) {
		t.Errorf("crashed:\n%.2000s", got.stderr)
	}
	if got.stdout != "" {
		t.Errorf("standard output of a failure: %.200q", got.stdout)
	}
	for _, w := range want {
		if !strings.Contains(got.stderr, w) {
			t.Errorf("hchart says\n%.2000s\nwant %q", got.stderr, w)
		}
	}
}

func writeFile(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
