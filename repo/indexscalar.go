package repo

import (
	"strings"

	"github.com/hchart/hchart/chart/yaml"
)

// span is where a scalar or a list stands, from its first character to its last one.
type span struct{ start, end uint32 }

func (p span) isNone() bool { return p.start == p.end }

// kind is what a scalar is.
type kind byte

const (
	isNull   kind = iota
	isDirect      // text that stands there as it is meant
	isText        // text with escapes, of several lines
	isOther       // a number, a truth value
)

// value is a scalar.
type value struct {
	span
	kind kind
	s    *scanner
}

// simple is the span of text that stands there as it is, or of null, which is empty. The
// scanner gives up on others.
func (v value) simple() span {
	if v.kind == isText || v.kind == isOther {
		v.s.fail()
		return span{}
	}
	return v.span
}

// direct is the text of a span that is one without escapes, of one line.
func (s *scanner) direct(p span) string { return unquoted(s.text[p.start:p.end]) }

func unquoted(text string) string {
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		return text[1 : len(text)-1]
	}
	return text
}

// isPlainStart reports whether a scalar without quotes may begin here.
func isPlainStart(text string, i int) bool {
	switch text[i] {
	case ' ', '\n', '\t', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	case '-':
		return text[i+1] != ' ' && text[i+1] != '\n' && text[i+1] != '\t'
	}
	return true
}

// scalar reads the value of an entry that stands in a column, to the next line with
// content.
func (s *scanner) scalar(column int) value {
	if s.failed {
		return value{s: s}
	}
	v := value{s: s}
	switch s.text[s.pos] {
	case '\n':
		// What is not in this line is null, or something that is not looked for here.
		s.pos++
		s.next()
		s.failIf(s.col > column || s.col == column && s.isDash())
		return v
	case '"':
		v.span, v.kind = s.double(column)
	case '\'':
		v.span, v.kind = s.single(column)
	case '|', '>':
		v.span, v.kind = s.lines(column)
	default:
		v.span, v.kind = s.plain(column)
	}
	if v.kind == isNull {
		v.span = span{}
	}
	return v
}

// plain reads a scalar without quotes: to the end of its line, and on the further lines
// that are indented more than its column.
func (s *scanner) plain(column int) (span, kind) {
	start := s.pos
	if !isPlainStart(s.text, start) {
		s.fail()
		return span{}, isNull
	}
	end := s.plainLine()
	s.next()
	if s.col <= column || s.failed {
		return s.plainKind(start, end)
	}
	for s.col > column && !s.failed {
		// Behind a comment, which next skips, it could not go on.
		if strings.IndexByte(s.text[end:s.pos], '#') >= 0 {
			s.fail()
		}
		end = s.plainLine()
		s.next()
	}
	return span{uint32(start), uint32(end)}, isText
}

// plainLine reads a line of a plain scalar and returns where its text ends. s is then at
// the beginning of the next line.
func (s *scanner) plainLine() int {
	text := s.text
	for i := s.pos; i < len(text); i++ {
		switch classOf(text[i]) {
		case lineEnd:
			s.pos = i + 1
			for text[i-1] == ' ' {
				i--
			}
			return i
		case colon:
			if c := text[i+1]; c == ' ' || c == '\n' {
				s.fail()
				return 0
			}
		case hashMark:
			if i > 0 && text[i-1] == ' ' {
				s.fail()
				return 0
			}
		case tab, control:
			s.fail()
			return 0
		case wide:
			n := s.wideAt(i)
			if n == 0 {
				s.fail()
				return 0
			}
			i += n - 1
		}
	}
	s.fail()
	return 0
}

func (s *scanner) plainKind(start, end int) (span, kind) {
	if s.failed {
		return span{}, isNull
	}
	text := s.text[start:end]
	p := span{uint32(start), uint32(end)}
	switch {
	case text == "<<" || text == "=":
		s.fail()
	case yaml.IsText(text):
		return p, isDirect
	case text == "~" || text == "null" || text == "Null" || text == "NULL":
		return span{}, isNull
	}
	return p, isOther
}
