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

// double reads a scalar in double quotes, and its line to the end.
func (s *scanner) double(column int) (span, kind) {
	start, k := s.pos, isDirect
	for i := start + 1; i < len(s.text); i++ {
		switch classOf(s.text[i]) {
		case quote:
			if s.text[i] == '"' {
				return s.quoted(start, i+1, k)
			}
		case backslash:
			k = isText
			n := s.escape(i+1, column)
			if n == 0 {
				s.fail()
				return span{}, isNull
			}
			i += n
		default:
			n := s.inQuotes(i, column, &k)
			if n == 0 {
				s.fail()
				return span{}, isNull
			}
			i += n - 1
		}
	}
	s.fail()
	return span{}, isNull
}

// single reads a scalar in single quotes, and its line to the end.
func (s *scanner) single(column int) (span, kind) {
	start, k := s.pos, isDirect
	for i := start + 1; i < len(s.text); i++ {
		if s.text[i] == '\'' {
			if s.text[i+1] != '\'' {
				return s.quoted(start, i+1, k)
			}
			k = isText
			i++
			continue
		}
		n := s.inQuotes(i, column, &k)
		if n == 0 {
			break
		}
		i += n - 1
	}
	s.fail()
	return span{}, isNull
}

// inQuotes returns how long what stands at i in a quoted scalar is: a character, or a
// line end with the indentation of the next line. It is 0 for what is not taken here.
func (s *scanner) inQuotes(i, column int, k *kind) int {
	switch classOf(s.text[i]) {
	case tab, control:
		return 0
	case wide:
		return s.wideAt(i)
	case lineEnd:
		*k = isText
		return s.lineBreak(i, column)
	}
	return 1
}

// lineBreak is the length of a line end at i in a quoted scalar, of empty lines behind
// it and of the indentation of the next line, which is more than the column.
func (s *scanner) lineBreak(i, column int) int {
	start := i
	for i < len(s.text) && s.text[i] == '\n' {
		i++
		line := i
		for i < len(s.text) && s.text[i] == ' ' {
			i++
		}
		if i == len(s.text) || s.text[i] == '\t' || s.text[i] != '\n' && i-line <= column {
			return 0
		}
	}
	return i - start
}

// escape is the length of what follows a backslash, 0 if it is no escape sequence.
func (s *scanner) escape(i, column int) int {
	digits := 0
	switch s.text[i] {
	case '0', 'a', 'b', 't', 'n', 'v', 'f', 'r', 'e', ' ', '"', '\'', '\\', 'N', '_', 'L', 'P':
		return 1
	case '\n':
		return s.lineBreak(i, column)
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 0
	}
	var r rune
	for n := 1; n <= digits; n++ {
		// The text ends in a line end, so that there is something to look at.
		c := s.text[i+n]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0
		}
		r = r<<4 | rune(c)
	}
	if r < 0 || r > 0x10FFFF || r >= 0xD800 && r <= 0xDFFF {
		return 0
	}
	return 1 + digits
}

// quoted ends a quoted scalar, behind which there must be nothing.
func (s *scanner) quoted(start, end int, k kind) (span, kind) {
	s.pos = end
	for s.text[s.pos] == ' ' {
		s.pos++
	}
	if s.text[s.pos] != '\n' {
		s.fail()
		return span{}, isNull
	}
	s.pos++
	s.next()
	return span{uint32(start), uint32(end)}, k
}

// lines reads a scalar of whole lines, behind | or >. Its text is never direct.
func (s *scanner) lines(column int) (span, kind) {
	start := s.pos
	indent := s.linesHeader(column)
	longest := 0 // empty line before the text
	end := s.pos
	for !s.failed && s.pos < len(s.text) {
		line := s.pos
		for s.text[s.pos] == ' ' {
			s.pos++
		}
		at := s.pos - line
		if s.text[s.pos] == '\n' {
			longest = max(longest, at)
			s.pos++
			continue
		}
		if at <= column {
			s.pos = line
			break
		}
		if indent == 0 {
			indent = at
			s.failIf(longest > indent || s.text[s.pos] == '\t')
		}
		// Less than the text is indented, and more than what it belongs to, is a riddle.
		s.failIf(at < indent)
		if !s.failed {
			s.restOfLine()
			end = s.pos
		}
	}
	if s.failed {
		return span{}, isNull
	}
	s.failIf(s.cut && s.pos == len(s.text))
	s.next()
	return span{uint32(start), uint32(end)}, isText
}

// linesHeader reads the line of | or > and returns the indentation of the text, 0 if it
// is that of its first line.
func (s *scanner) linesHeader(column int) int {
	indent, chomp := 0, false
	for s.pos++; ; s.pos++ {
		switch c := s.text[s.pos]; {
		case (c == '-' || c == '+') && !chomp:
			chomp = true
		case '1' <= c && c <= '9' && indent == 0:
			indent = column + int(c-'0')
		case c == '\n':
			s.pos++
			return indent
		default:
			s.fail()
			return 0
		}
	}
}
