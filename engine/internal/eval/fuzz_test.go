package eval

import (
	"regexp"
	"strings"
	"testing"
)

// FuzzAgainstTextTemplate runs mutated templates through text/template and
// through this package. The seeds are the table of TestAgainstTextTemplate.
func FuzzAgainstTextTemplate(f *testing.F) {
	for _, text := range cases() {
		f.Add(text)
	}
	funcs := oracleFuncs()
	// What would take text/template out of the bounds of a test, or differs
	// from run to run.
	for _, name := range []string{"until", "untilStep", "seq", "repeat", "indent", "nindent", "wrap", "wrapWith", "set", "randInt", "abbrev", "abbrevboth"} {
		delete(funcs, name)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 300 || unfit(text) {
			t.Skip()
		}
		compare(t, funcs, text, false)
	})
}

// addressFormat prints pointers in forms that maskAddresses does not know.
var addressFormat = regexp.MustCompile(`%[^a-zA-Z%]*[bcdoOqxXU]`)

// unfit templates have no bound in text/template: endless recursion, ranges
// over large numbers, wide formats. Others print the addresses of the fixture.
func unfit(text string) bool {
	if addressFormat.MatchString(text) {
		return true
	}
	digits := 0
	for _, c := range text {
		if c >= '0' && c <= '9' || c == '_' || c == 'x' {
			if digits++; digits > 3 {
				return true
			}
		} else {
			digits = 0
		}
	}
	return strings.Contains(text, "define") && (strings.Contains(text, "template") || strings.Contains(text, "include")) ||
		strings.Contains(text, "block") || strings.Contains(text, "tpl") || strings.Contains(text, "include") || strings.Contains(text, `template`) ||
		strings.ContainsAny(text, "eE*") && strings.Contains(text, "range")
}
