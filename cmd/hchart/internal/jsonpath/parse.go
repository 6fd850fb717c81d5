package jsonpath

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Template is a parsed template. It does not change and may be used by many
// goroutines.
type Template struct {
	parts []part
}

// part is a piece of text, an action, or a range with its body.
type part struct {
	text   string
	action []step
	loop   bool
	body   []part
}

// Parse parses a template. The error is a *SyntaxError.
func Parse(text string) (*Template, error) {
	p := &parser{rest: text}
	parts, err := p.parts(0)
	if err != nil {
		return nil, &SyntaxError{Template: text, Reason: err.Error()}
	}
	return &Template{parts: parts}, nil
}

type parser struct{ rest string }

// parts parses up to the end of the range that depth is in. A range that is not
// closed goes on to the end of the template.
func (p *parser) parts(depth int) ([]part, error) {
	var parts []part
	for p.rest != "" {
		text, rest, found := strings.Cut(p.rest, "{")
		if text != "" {
			parts = append(parts, part{text: text})
		}
		p.rest = rest
		if !found {
			break
		}
		steps, word, err := p.action()
		if err != nil {
			return nil, err
		}
		switch word {
		case "end":
			if depth == 0 {
				return nil, fmt.Errorf("not in range, nothing to end")
			}
			return parts, nil
		case "range":
			body, err := p.parts(depth + 1)
			if err != nil {
				return nil, err
			}
			parts = append(parts, part{action: steps, loop: true, body: body})
		default:
			parts = append(parts, part{action: steps})
		}
	}
	return parts, nil
}

// action parses up to the closing brace. word is "range" or "end" if that word
// is in the action.
func (p *parser) action() (steps []step, word string, err error) {
	for {
		s, w, done, err := p.step()
		switch {
		case err != nil:
			return nil, "", err
		case done:
			return steps, word, nil
		case w != "":
			word = w
		case s != nil:
			steps = append(steps, s)
		}
	}
}

// step parses one step of an action.
func (p *parser) step() (s step, word string, done bool, err error) {
	r, size := utf8.DecodeRuneInString(p.rest)
	switch {
	case p.rest == "" || r == '\n' || r == '\r':
		return nil, "", false, fmt.Errorf("unclosed action")
	case r == '}':
		p.rest = p.rest[1:]
		return nil, "", true, nil
	case r == ' ' || r == '@' || r == '$':
		p.rest = p.rest[size:]
		return nil, "", false, nil
	case strings.HasPrefix(p.rest, "[?("):
		s, err = p.filter()
	case r == '[':
		s, err = p.brackets()
	case strings.HasPrefix(p.rest, ".."):
		s, err = p.descent()
	case r == '.':
		p.rest = p.rest[1:]
		s = p.field()
	case r == '"' || r == '\'':
		s, err = p.quoted(byte(r))
	case r == '+' || r == '-' || unicode.IsDigit(r):
		s, err = p.number()
	case r == '_' || unicode.IsLetter(r):
		s, word, err = p.word()
	default:
		err = fmt.Errorf("unrecognized character in action: %#U", r)
	}
	return s, word, false, err
}

// descent parses "..", behind which a field's name may follow at once.
func (p *parser) descent() (step, error) {
	p.rest = p.rest[2:]
	if strings.HasPrefix(p.rest, "..") {
		return nil, fmt.Errorf("invalid multiple recursive descent")
	}
	if r, _ := utf8.DecodeRuneInString(p.rest); r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
		return sequence{descentStep{}, p.field()}, nil
	}
	return descentStep{}, nil
}

// field parses a name up to the next character that cannot be in one.
func (p *parser) field() step {
	var b strings.Builder
	escaped := false
	end := len(p.rest)
	for i, r := range p.rest {
		if !escaped && r == '\\' {
			escaped = true
			continue
		}
		if !escaped && isTerminator(r) {
			end = i
			break
		}
		escaped = false
		b.WriteRune(r)
	}
	raw := p.rest[:end]
	p.rest = p.rest[end:]
	if raw == "*" {
		return wildcardStep{}
	}
	return fieldStep(b.String())
}

func isTerminator(r rune) bool { return strings.ContainsRune(" \t\r\n.,[]$@{}", r) }

// word parses true, false, range or end.
func (p *parser) word() (step, string, error) {
	end := strings.IndexFunc(p.rest, isTerminator)
	if end < 0 {
		end = len(p.rest)
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	switch w {
	case "true", "false":
		return literalStep{w == "true"}, "", nil
	case "range", "end":
		return nil, w, nil
	}
	return nil, "", fmt.Errorf("unrecognized identifier %s", w)
}

func (p *parser) number() (step, error) {
	end := 1
	for end < len(p.rest) && (p.rest[end] == '.' || p.rest[end] >= '0' && p.rest[end] <= '9') {
		end++
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	if i, err := strconv.Atoi(text); err == nil {
		return literalStep{i}, nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return literalStep{f}, nil
	}
	return nil, fmt.Errorf("cannot parse number %s", text)
}

// quoted parses a text in quotes, which may have the escapes of Go.
func (p *parser) quoted(quote byte) (step, error) {
	end := 1
	for ; end < len(p.rest) && p.rest[end] != '\n'; end++ {
		if p.rest[end] == quote && p.rest[end-1] != '\\' {
			break
		}
	}
	if end >= len(p.rest) || p.rest[end] == '\n' {
		return nil, fmt.Errorf("unterminated quoted string")
	}
	inner := p.rest[1:end]
	p.rest = p.rest[end+1:]
	var b strings.Builder
	for inner != "" {
		r, multibyte, tail, err := strconv.UnquoteChar(inner, quote)
		if err != nil {
			return nil, fmt.Errorf("unquote string %q: %w", inner, err)
		}
		if multibyte || r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		inner = tail
	}
	return literalStep{b.String()}, nil
}
