package release

import (
	"fmt"
	"slices"
	"strings"
)

// Selector is a label selector of Kubernetes, for stores that cannot leave it to an
// API server. The zero Selector takes everything.
type Selector struct{ terms []term }

type term struct {
	key    string
	values []string
	negate bool
	exists bool // whether the key is there is all that counts
}

// SelectorError is a text that is no label selector.
type SelectorError struct {
	Selector string
	Part     string
}

func (e *SelectorError) Error() string {
	return fmt.Sprintf("%q is not a label selector: cannot read %q; write key=value, key!=value, key in (a,b), key notin (a,b), key or !key, separated by commas", e.Selector, e.Part)
}

// ParseSelector reads a label selector. The error is a *SelectorError.
func ParseSelector(text string) (Selector, error) {
	var s Selector
	for _, part := range splitOutside(text) {
		part = strings.TrimSpace(part)
		if part == "" && len(strings.TrimSpace(text)) == 0 {
			continue
		}
		t, ok := parseTerm(part)
		if !ok {
			return Selector{}, &SelectorError{Selector: text, Part: part}
		}
		s.terms = append(s.terms, t)
	}
	return s, nil
}

// splitOutside splits at the commas that are not in parentheses.
func splitOutside(text string) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range text {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

func parseTerm(part string) (term, bool) {
	if key, list, ok := strings.Cut(part, "("); ok {
		list, closed := strings.CutSuffix(strings.TrimSpace(list), ")")
		words := strings.Fields(key)
		if !closed || len(words) != 2 || words[1] != "in" && words[1] != "notin" {
			return term{}, false
		}
		t := term{key: words[0], negate: words[1] == "notin"}
		for _, v := range strings.Split(list, ",") {
			t.values = append(t.values, strings.TrimSpace(v))
		}
		return t, true
	}
	for _, op := range []string{"!=", "==", "="} {
		if key, value, ok := strings.Cut(part, op); ok {
			key, value = strings.TrimSpace(key), strings.TrimSpace(value)
			return term{key: key, values: []string{value}, negate: op == "!="}, isWord(key) && (value == "" || isWord(value))
		}
	}
	key, absent := strings.CutPrefix(part, "!")
	key = strings.TrimSpace(key)
	return term{key: key, negate: absent, exists: true}, isWord(key)
}

func isWord(s string) bool { return s != "" && !strings.ContainsAny(s, " \t=!()<>,") }

// Matches reports whether labels are what the selector asks for.
func (s Selector) Matches(labels map[string]string) bool {
	for _, t := range s.terms {
		value, ok := labels[t.key]
		if !t.exists {
			ok = ok && slices.Contains(t.values, value)
		}
		if ok == t.negate {
			return false
		}
	}
	return true
}
