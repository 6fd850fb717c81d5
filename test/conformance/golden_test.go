package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// renderLimit is far beyond what any case needs, also under load.
const renderLimit = time.Minute

// TestCharts renders every case and compares it with its recording and, when
// there is a Helm, with what that prints now.
func TestCharts(t *testing.T) {
	for _, chart := range chartNames(t) {
		run.tally.charts.Add(1)
		for _, c := range casesOf(t, chart) {
			t.Run(chart+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				run.tally.cases.Add(1)
				dir := filepath.Join(chartsDir, c.chart)
				if run.helm != "" {
					checkReference(t, c, dir)
				}
				want, err := os.ReadFile(c.golden())
				if err != nil {
					t.Fatalf("no recording (make record): %v", err)
				}
				got := hchart(t, renderLimit, dir, c.stdin, c.command()...)
				if got.exit != 0 {
					t.Fatalf("hchart exits with %d\nin %s: hchart %s\n%s", got.exit, dir, quoteArgs(c.command()), got.stderr)
				}
				if d := diff(string(want), got.stdout); d != "" {
					t.Fatalf("output differs from the recording (-) \nin %s: hchart %s\n%s", dir, quoteArgs(c.command()), d)
				}
				run.tally.recorded.Add(1)
				if run.helm != "" {
					run.tally.live.Add(1) // the recording is what Helm prints now
				}
			})
		}
	}
}

// checkReference renders a case with Helm, and records it or compares it with
// the recording.
func checkReference(t *testing.T, c testCase, dir string) {
	t.Helper()
	ref := execute(t, renderLimit, run.helm, dir, c.stdin, c.command()...)
	if ref.exit != 0 {
		t.Fatalf("Helm does not render this case, which belongs in testdata/invalid then:\n%s", ref.stderr)
	}
	if *record {
		if err := os.MkdirAll(filepath.Dir(c.golden()), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(c.golden(), []byte(ref.stdout), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	recorded, err := os.ReadFile(c.golden())
	if err != nil {
		t.Fatalf("no recording (make record): %v", err)
	}
	if d := diff(string(recorded), ref.stdout); d != "" {
		t.Fatalf("Helm prints something else than what is recorded (-)\n%s", d)
	}
}

// TestRecordings fails when a recording belongs to no case any more.
func TestRecordings(t *testing.T) {
	known := map[string]bool{}
	for _, chart := range chartNames(t) {
		for _, c := range casesOf(t, chart) {
			known[c.golden()] = true
		}
	}
	files, err := filepath.Glob(filepath.Join(goldenDir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if known[f] {
			continue
		}
		if *record {
			if err := os.Remove(f); err != nil {
				t.Error(err)
			}
			continue
		}
		t.Errorf("%s belongs to no case", f)
	}
}

// diff returns "" for equal texts, else the first lines that differ with some
// of what surrounds them.
func diff(want, got string) string {
	if want == got {
		return ""
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	first := 0
	for first < len(w) && first < len(g) && w[first] == g[first] {
		first++
	}
	var b strings.Builder
	fmt.Fprintf(&b, "line %d of %d and %d:\n", first+1, len(w), len(g))
	for _, line := range w[max(0, first-2):first] {
		fmt.Fprintf(&b, "  %q\n", line)
	}
	const shown = 4
	for _, line := range w[first:min(len(w), first+shown)] {
		fmt.Fprintf(&b, "- %q\n", line)
	}
	for _, line := range g[first:min(len(g), first+shown)] {
		fmt.Fprintf(&b, "+ %q\n", line)
	}
	return b.String()
}

func quoteArgs(args []string) string {
	quoted := make([]string, len(args))
	for i, a := range args {
		if quoted[i] = a; strings.ContainsAny(a, " '\"\\{}[]*$") || a == "" {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
