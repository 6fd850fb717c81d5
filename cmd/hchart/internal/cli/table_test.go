package cli

import (
	"testing"
)

func TestTable(t *testing.T) {
	table := newTable(8, "NAME", "WHAT")
	table.row("a", "1234567890")
	table.row("日本語", "e\u0301")
	table.row("longer", "")
	want := "NAME  \tWHAT    \n" +
		"a     \t12345...\n" +
		"日本語\te\u0301       \n" +
		"longer\t        "
	if got := table.String(); got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
	for _, c := range []struct {
		cell string
		n    int
		want string
	}{
		{"abc", 5, "abc  "},
		{"abc", 3, "abc"},
		{"abcdef", 5, "ab..."},
		{"abcdef", 3, "a..."},
		{"abcdef", 1, "a..."},
		{"日本語", 5, "日..."},
	} {
		if got := fit(c.cell, c.n); got != c.want {
			t.Errorf("fit(%q, %d) = %q, want %q", c.cell, c.n, got, c.want)
		}
	}
}
