package yaml

import (
	"strings"
	"unicode/utf8"
)

// width is the column behind which the library breaks a line at the next space.
const width = 80

// key writes a key and its colon. Keys are short ASCII and never broken.
func (e *encoder) key(s string) {
	switch styleOf(s) {
	case plain:
		e.buf = append(e.buf, s...)
	case single:
		e.single(s, -1)
	default:
		e.double(s, -1)
	}
	e.buf = append(e.buf, ':')
}

// text writes a string, its further lines two columns right of the collection it
// belongs to.
func (e *encoder) text(s string, p place) bool {
	indent := p.indent + 2
	if p.at == root {
		indent = 2
	}
	st := styleOf(s)
	if st == unsure {
		return false
	}
	e.space(p)
	if st != literal && len(e.buf)-e.line+1+len(s)*longest(st) <= width {
		indent = -1 // nothing to break
	}
	switch st {
	case plain:
		e.plain(s, indent)
	case single:
		e.single(s, indent)
	case double:
		e.double(s, indent)
	case literal:
		e.literal(s, indent)
		return true
	}
	e.newLine()
	return true
}

// column is the number of characters in the last line.
func (e *encoder) column() int { return utf8.RuneCount(e.buf[e.line:]) }

// breakLine goes on in a line of its own.
func (e *encoder) breakLine(indent int) {
	e.newLine()
	e.pad(indent)
}

// fold writes s, which has one line, and breaks it at single spaces behind the
// width. Its line ends stand for those spaces when the text is read again.
func (e *encoder) fold(s string, indent int, breakable func(i int) bool) {
	column := e.column()
	for i := 0; i < len(s); {
		if s[i] == ' ' && column > width && breakable(i) {
			e.breakLine(indent)
			column = indent
			i++
			continue
		}
		size := runeSize(s[i])
		e.buf = append(e.buf, s[i:i+size]...)
		i += size
		column++
	}
}

// runeSize is the number of bytes in a character, by the first of them.
func runeSize(c byte) int {
	switch {
	case c < utf8.RuneSelf:
		return 1
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

// plain writes a string without quotes, in one line if indent is negative.
func (e *encoder) plain(s string, indent int) {
	if indent < 0 {
		e.buf = append(e.buf, s...)
		return
	}
	e.fold(s, indent, func(i int) bool { return s[i-1] != ' ' && s[i+1] != ' ' })
}

func (e *encoder) single(s string, indent int) {
	e.buf = append(e.buf, '\'')
	s = strings.ReplaceAll(s, "'", "''")
	if indent < 0 {
		e.buf = append(e.buf, s...)
	} else {
		e.fold(s, indent, func(i int) bool { return i > 0 && i < len(s)-1 && s[i-1] != ' ' && s[i+1] != ' ' })
	}
	e.buf = append(e.buf, '\'')
}

// double writes a string between double quotes. Here a line may also be broken
// before one of several spaces: a backslash keeps the next.
func (e *encoder) double(s string, indent int) {
	e.buf = append(e.buf, '"')
	column := e.column()
	spaces := false
	for i := 0; i < len(s); {
		size := runeSize(s[i])
		switch c := s[i]; {
		case c == ' ' && indent >= 0 && !spaces && column > width && i > 0 && i < len(s)-1:
			e.breakLine(indent)
			column = indent
			if s[i+1] == ' ' {
				e.buf = append(e.buf, '\\')
				column++
			}
		case c < ' ' || c == '"' || c == '\\' || size == 4:
			before := len(e.buf)
			e.escape(s[i : i+size])
			column += len(e.buf) - before
		default:
			e.buf = append(e.buf, s[i:i+size]...)
			column++
		}
		spaces = s[i] == ' '
		i += size
	}
	e.buf = append(e.buf, '"')
}

// escape writes an escape sequence for a character: a control, a quote, or one
// beyond the 16 bits that the library thinks printable.
func (e *encoder) escape(s string) {
	const digits = "0123456789ABCDEF"
	e.buf = append(e.buf, '\\')
	r, _ := utf8.DecodeRuneInString(s)
	const short = "\x00\a\b\t\n\v\f\r\x1b\"\\"
	if i := strings.IndexRune(short, r); i >= 0 {
		e.buf = append(e.buf, `0abtnvfre"\`[i])
		return
	}
	n, mark := 2, byte('x')
	if r > 0xFF {
		n, mark = 8, 'U'
	}
	e.buf = append(e.buf, mark)
	for shift := (n - 1) * 4; shift >= 0; shift -= 4 {
		e.buf = append(e.buf, digits[r>>shift&0xF])
	}
}

// literal writes a string of several lines, each indented. It ends its last line
// itself.
func (e *encoder) literal(s string, indent int) {
	e.buf = append(e.buf, '|')
	if s[0] == ' ' || s[0] == '\n' {
		e.buf = append(e.buf, '2')
	}
	switch {
	case s[len(s)-1] != '\n':
		e.buf = append(e.buf, '-')
	case len(s) == 1 || s[len(s)-2] == '\n':
		e.buf = append(e.buf, '+')
	}
	e.newLine()
	for s != "" {
		line, rest, _ := strings.Cut(s, "\n")
		if line != "" {
			e.pad(indent)
			e.buf = append(e.buf, line...)
		}
		e.newLine()
		s = rest
	}
}
