package conformance

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

const (
	chartsDir = "../../testdata/charts"
	casesDir  = "../../testdata/cases"
	goldenDir = "../../testdata/golden"
)

// testCase is one rendering of a chart.
type testCase struct {
	chart string
	name  string
	args  []string // behind "template rel . --namespace demo"
	stdin string   // content of a file, for "-f -"
}

// command returns the arguments of the program, which runs in the folder of
// the chart.
func (c testCase) command() []string {
	return append([]string{"template", "rel", ".", "--namespace", "demo"}, c.args...)
}

func (c testCase) golden() string { return filepath.Join(goldenDir, c.chart, c.name+".yaml") }

// tally counts cases by how they came out.
type tally struct{ charts, cases, recorded, live, invalid, hostile atomic.Int64 }

func (t *tally) String() string {
	s := fmt.Sprintf("conformance: %d charts, %d cases, %d as recorded", t.charts.Load(), t.cases.Load(), t.recorded.Load())
	if run.helm != "" {
		s += fmt.Sprintf(", %d as Helm renders them now", t.live.Load())
	}
	return s + fmt.Sprintf("; %d invalid and %d hostile charts refused", t.invalid.Load(), t.hostile.Load())
}

// chartNames lists the folders of testdata/charts.
func chartNames(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(chartsDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// casesOf returns the cases of a chart: the default, one for each file of ci/,
// and the lines of its file in testdata/cases.
func casesOf(t *testing.T, chart string) []testCase {
	t.Helper()
	cases := []testCase{{chart: chart, name: "default"}}
	files, err := filepath.Glob(filepath.Join(chartsDir, chart, "ci", "*-values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		base := filepath.Base(f)
		cases = append(cases, testCase{
			chart: chart,
			name:  "ci-" + strings.TrimSuffix(base, "-values.yaml"),
			args:  []string{"--values", "ci/" + base},
		})
	}
	data, err := os.ReadFile(filepath.Join(casesDir, chart+".txt"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	more, err := parseCases(chart, string(data))
	if err != nil {
		t.Fatal(err)
	}
	cases = append(cases, more...)
	seen := map[string]bool{}
	for i, c := range cases {
		if seen[c.name] {
			t.Fatalf("chart %s has two cases %q", chart, c.name)
		}
		seen[c.name] = true
		if n := len(c.args); n >= 2 && c.args[n-2] == "<" {
			data, err := os.ReadFile(filepath.Join(chartsDir, chart, c.args[n-1]))
			if err != nil {
				t.Fatal(err)
			}
			cases[i].args, cases[i].stdin = c.args[:n-2], string(data)
		}
	}
	return cases
}

var caseName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// parseCases reads lines of the form "name: arguments". Arguments are words as
// a shell splits them; "< file" at the end is standard input.
func parseCases(chart, text string) ([]testCase, error) {
	var cases []testCase
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, ok := strings.Cut(line, ":")
		if !ok || !caseName.MatchString(name) {
			return nil, fmt.Errorf("%s.txt:%d: want \"name: arguments\", got %q", chart, i+1, line)
		}
		args, err := splitWords(rest)
		if err != nil {
			return nil, fmt.Errorf("%s.txt:%d: %w", chart, i+1, err)
		}
		cases = append(cases, testCase{chart: chart, name: name, args: args})
	}
	return cases, nil
}

// splitWords splits a line as a shell does: '…' is literal, "…" knows \" and
// \\, and a backslash outside of quotes stands before any character.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote byte
	started := false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == 0 && (c == ' ' || c == '\t'):
			if started {
				words = append(words, word.String())
				word.Reset()
				started = false
			}
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == c:
			quote = 0
		case c == '\\' && i+1 < len(line) && (quote == 0 || quote == '"' && strings.IndexByte(`"\`, line[i+1]) >= 0):
			i++
			word.WriteByte(line[i])
		default:
			word.WriteByte(c)
		}
		started = true
	}
	if quote != 0 {
		return nil, fmt.Errorf("no end of %c in %q", quote, line)
	}
	if started {
		words = append(words, word.String())
	}
	return words, nil
}

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		``:                        nil,
		`  a  b `:                 {"a", "b"},
		`--set 'a=b c' ""`:        {"--set", "a=b c", ""},
		`"a\"b\\c\d" 'x\y' p\ q`:  {`a"b\c\d`, `x\y`, "p q"},
		`a'b'"c"d`:                {"abcd"},
		`--set-json '{"a": "b"}'`: {"--set-json", `{"a": "b"}`},
	} {
		got, err := splitWords(line)
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("splitWords(%s) = %q, %v; want %q", line, got, err, want)
		}
	}
	if _, err := splitWords(`'open`); err == nil {
		t.Error("splitWords of an open quote: no error")
	}
}
