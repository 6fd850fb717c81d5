package cli

import (
	"regexp"
	"strings"
	"testing"
)

func TestCheckReleaseName(t *testing.T) {
	oracle := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	for _, name := range []string{
		"a", "a1", "1", "a-b", "a.b", "a.b-c.d", "", "-", ".", "-a", "a-", "a.", ".a", "a..b", "a-.b", "a.-b",
		"A", "a_b", "a b", "ä", "a\n", "a/b", strings.Repeat("a", 53), strings.Repeat("a", 54),
	} {
		want := oracle.MatchString(name) && len(name) <= 53
		if err := checkReleaseName(name); (err == nil) != want {
			t.Errorf("%q: got %v, want ok: %t", name, err, want)
		}
	}
}

func TestNameAndChart(t *testing.T) {
	f, _, _ := newTestFactory("")
	for _, c := range []struct {
		flags    installFlags
		args     string
		fallback string
		name     string
		ref      string
		fails    bool
	}{
		{args: "rel chart", name: "rel", ref: "chart"},
		{args: "chart", fallback: "release-name", name: "release-name", ref: "chart"},
		{args: "chart", fails: true},
		{args: "a b c", fails: true},
		{flags: installFlags{generateName: true}, args: "rel chart", fails: true},
		{flags: installFlags{generateName: true}, args: "dir/my.chart.tgz", name: "my-1700000000", ref: "dir/my.chart.tgz"},
		{flags: installFlags{generateName: true}, args: ".", name: "chart-1700000000", ref: "."},
		{flags: installFlags{nameTemplate: "x"}, args: "rel chart", fails: true},
		{flags: installFlags{nameTemplate: `{{ "REL" | lower }}`}, args: "chart", name: "rel", ref: "chart"},
		{flags: installFlags{nameTemplate: `{{ fail "no" }}`}, args: "chart", fails: true},
	} {
		name, ref, err := c.flags.nameAndChart(f, strings.Fields(c.args), c.fallback)
		if (err != nil) != c.fails || err == nil && (name != c.name || ref != c.ref) {
			t.Errorf("%q: got %q, %q, %v", c.args, name, ref, err)
		}
	}
}
