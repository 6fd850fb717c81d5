package jsonpath

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// brackets parses an index, a slice, a field in quotes, or several of them.
func (p *parser) brackets() (step, error) {
	end := strings.IndexAny(p.rest, "]\n")
	if end < 0 || p.rest[end] != ']' {
		return nil, fmt.Errorf("unterminated array")
	}
	text := p.rest[1:end]
	p.rest = p.rest[end+1:]
	if parts := strings.Split(text, ","); len(parts) > 1 {
		var union unionStep
		for _, part := range parts {
			s, err := bracket(strings.Trim(part, " "))
			if err != nil {
				return nil, err
			}
			union = append(union, s)
		}
		return union, nil
	}
	return bracket(text)
}

// slicePattern takes an index or slice apart.
var slicePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(-?\d*)(:-?\d*)?(:\d*)?$`)
})

func bracket(text string) (step, error) {
	if text == "*" {
		text = ":"
	}
	if n := len(text); n > 2 && text[0] == '\'' && text[n-1] == '\'' && !strings.Contains(text[1:n-1], "'") {
		inner := &parser{rest: "." + text[1:n-1] + "}"}
		steps, _, err := inner.action()
		return sequence(steps), err
	}
	m := slicePattern().FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("invalid array index %s", text)
	}
	var s sliceStep
	for i, bound := range []*bound{&s.from, &s.to, &s.by} {
		digits := strings.TrimPrefix(m[i+1], ":")
		switch {
		case digits != "":
			n, err := strconv.Atoi(digits)
			if err != nil {
				return nil, fmt.Errorf("array index %s is not a number", digits)
			}
			bound.known, bound.n = true, n
		case i == 1 && m[2] == "":
			s.single = true
		}
	}
	return s, nil
}

// filter parses "[?(left op right)]" or "[?(left)]".
func (p *parser) filter() (step, error) {
	rest := p.rest[len("[?("):]
	end, err := filterEnd(rest)
	if err != nil {
		return nil, err
	}
	text := rest[:end]
	p.rest = rest[end+2:]
	left, op, right := splitComparison(text)
	f := filterStep{op: op}
	if f.left, err = operand(left); err != nil {
		return nil, err
	}
	if op != "" {
		if f.right, err = operand(right); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// filterEnd finds the closing parenthesis that is not in quotes.
func filterEnd(s string) (int, error) {
	var quote byte
	for i := 0; i < len(s) && s[i] != '\n'; i++ {
		switch c := s[i]; {
		case quote != 0 && c == quote && s[i-1] != '\\':
			quote = 0
		case quote != 0:
		case c == '"' || c == '\'':
			quote = c
		case c == ')':
			if i+1 >= len(s) || s[i+1] != ']' {
				return 0, fmt.Errorf("unclosed array expect ]")
			}
			return i, nil
		}
	}
	return 0, fmt.Errorf("unterminated filter")
}

// splitComparison splits at the first operator.
func splitComparison(s string) (left, op, right string) {
	i := strings.IndexAny(s, "!<>=")
	if i <= 0 {
		return s, "", ""
	}
	n := i
	for n < len(s) && strings.IndexByte("!<>=", s[n]) >= 0 {
		n++
	}
	if n == len(s) {
		return s, "", ""
	}
	return s[:i], s[i:n], s[n:]
}

func operand(text string) ([]step, error) {
	p := &parser{rest: text + "}"}
	steps, _, err := p.action()
	return steps, err
}
