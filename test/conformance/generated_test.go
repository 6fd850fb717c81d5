package conformance

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hchart/hchart/test/bench/umbrella"
)

// generatedSums records what Helm prints for the charts of the benchmarks,
// which are too long to be kept: a line with the name and the SHA-256 for each.
const generatedSums = "../../testdata/generated.sha256"

// TestGenerated renders the charts of the benchmarks.
func TestGenerated(t *testing.T) {
	recorded, err := os.ReadFile(generatedSums)
	if err != nil && !*record {
		t.Fatalf("no recording (make record): %v", err)
	}
	var sums strings.Builder
	for _, chart := range []struct {
		name  string
		write func(dir string) error
	}{
		{"umbrella-3", func(dir string) error { return umbrella.Write(dir, 3) }},
		// The eighth is an alias of the seventh.
		{"umbrella-8", func(dir string) error { return umbrella.Write(dir, 8) }},
		{"large", umbrella.WriteLarge},
	} {
		dir := filepath.Join(t.TempDir(), chart.name)
		if err := chart.write(dir); err != nil {
			t.Fatal(err)
		}
		c := testCase{chart: chart.name, name: "default"}
		ours := hchart(t, renderLimit, dir, "", c.command()...)
		if ours.exit != 0 {
			t.Fatalf("%s: hchart exits with %d\n%s", chart.name, ours.exit, ours.stderr)
		}
		if run.helm != "" {
			ref := execute(t, renderLimit, run.helm, dir, "", c.command()...)
			if d := diff(ref.stdout, ours.stdout); ref.exit != 0 || d != "" {
				t.Errorf("%s: output differs from Helm's (-)\n%s%s", chart.name, ref.stderr, d)
			}
		}
		fmt.Fprintf(&sums, "%-12s %x\n", chart.name, sha256.Sum256([]byte(ours.stdout)))
	}
	if *record && !t.Failed() {
		if err := os.WriteFile(generatedSums, []byte(sums.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := diff(string(recorded), sums.String()); d != "" {
		t.Errorf("output differs from the recording (-)\n%s", d)
	}
}
