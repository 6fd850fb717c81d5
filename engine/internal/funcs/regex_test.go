package funcs

import (
	"errors"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// TestPatternsHostile: patterns and texts that would take much time or memory.
func TestPatternsHostile(t *testing.T) {
	cfg := testConfig()
	cfg.PatternBytes, cfg.Items, cfg.StringBytes = 1<<20, 1000, 1<<20
	c := newPatternCache(cfg)
	c.matchTime = 1500 * time.Millisecond
	xs := func(n int) string { return strings.Repeat("x", n) }
	must := func(_ any, err error) error { return err }
	tests := map[string]func() error{
		"pattern instructions": func() error { return must(c.match(strings.Repeat(`(\pL{1000})`, 100), "x")) },
		"match work":           func() error { return must(c.match(`(x?){500}y`, xs(1_000_000))) },
		"match milliseconds":   func() error { return must(c.findAll(`x+y|x`, xs(1_000_000), -1)) },
		"items":                func() error { return must(c.findAll(``, xs(1001), -1)) },
		"items ":               func() error { return must(c.split(``, xs(2001), -1)) },
		"string bytes":         func() error { return must(c.replace(`x+`, xs(1000), strings.Repeat("$0", 3000))) },
		"string bytes ":        func() error { return must(c.replaceLiteral(`x`, xs(1000), xs(3000))) },
	}
	for want, f := range tests {
		start := time.Now()
		err := f()
		var le *LimitError
		if !errors.As(err, &le) || le.Limit != strings.TrimSpace(want) {
			t.Errorf("got %v, want the limit of %s", err, want)
		}
		t.Logf("took %v", time.Since(start))
	}
}

// TestPatternsWide: what is large but harmless goes on working.
func TestPatternsWide(t *testing.T) {
	c := newPatternCache(testConfig())
	long := strings.Repeat("some line of a config file\n", 5_000)
	if got, err := c.replace("\n", long, "\n  $0"); err != nil || len(got) != len(long)+15_000 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if got, err := c.replace("^some", long[:10_000], strings.Repeat("$1-", 2000)); err != nil || len(got) == 0 {
		t.Errorf("a long replacement used once: %v", err)
	}
	if got, err := c.findAll(`\w+`, long, -1); err != nil || len(got) != 30_000 {
		t.Errorf("%d matches, %v", len(got), err)
	}
	if got, err := c.split(` `, long, 3); err != nil || len(got) != 3 {
		t.Errorf("%d parts, %v", len(got), err)
	}
	if _, err := c.match(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, "a.b"); err != nil {
		t.Error(err)
	}
}

// TestPatternCache: the cache forgets when it is full.
func TestPatternCache(t *testing.T) {
	c := newPatternCache(testConfig())
	for i := range 3 * maxCached {
		if _, err := c.match(strings.Repeat("a", i+1), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.compiled.byText) > maxCached {
		t.Errorf("%d patterns are kept", len(c.compiled.byText))
	}
}

// FuzzPatterns compares with Sprig, and the estimate of a pattern's size with
// what it is compiled to.
func FuzzPatterns(f *testing.F) {
	for _, p := range []string{"a+b", "^$", "(", `\pL{3}(x|y)*?`, "(?i)é[^a-z]", `a{2,5}{3}`, `\b`, "x*", ""} {
		f.Add(p, "some text, aab xyz\n", "$1-${0}", 2)
	}
	theirs, ours := sprig.TxtFuncMap(), patterns(testConfig())
	f.Fuzz(func(t *testing.T, p, s, repl string, n int) {
		if len(p) > 100 || len(s) > 1000 || len(repl) > 100 {
			return
		}
		if parsed, err := syntax.Parse(p, syntax.Perl); err == nil {
			estimate := instructions(parsed)
			if estimate > maxInstructions {
				return
			}
			prog, err := syntax.Compile(parsed.Simplify())
			if err != nil || len(prog.Inst) > 8*estimate+16 {
				t.Errorf("%q: estimated %d instructions, has %d, %v", p, estimate, len(prog.Inst), err)
			}
		}
		match, err := ours["mustRegexMatch"].(func(string, string) (bool, error))(p, s)
		wantMatch, wantErr := theirs["mustRegexMatch"].(func(string, string) (bool, error))(p, s)
		if match != wantMatch || (err == nil) != (wantErr == nil) {
			t.Errorf("match: %t, %v, want %t, %v", match, err, wantMatch, wantErr)
		}
		type list = func(string, string, int) ([]string, error)
		for _, name := range []string{"mustRegexFindAll", "mustRegexSplit"} {
			got, err := ours[name].(list)(p, s, n)
			want, wantErr := theirs[name].(list)(p, s, n)
			if !slices.Equal(got, want) || (got == nil) != (want == nil && wantErr == nil) && err == nil || (err == nil) != (wantErr == nil) {
				t.Errorf("%s: %q, %v, want %q, %v", name, got, err, want, wantErr)
			}
		}
		type replace = func(string, string, string) (string, error)
		for _, name := range []string{"mustRegexReplaceAll", "mustRegexReplaceAllLiteral"} {
			got, err := ours[name].(replace)(p, s, repl)
			want, wantErr := theirs[name].(replace)(p, s, repl)
			if got != want || (err == nil) != (wantErr == nil) {
				t.Errorf("%s: %q, %v, want %q, %v", name, got, err, want, wantErr)
			}
		}
	})
}
