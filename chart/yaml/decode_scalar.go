package yaml

import (
	"strings"
	"unicode/utf8"
)

// scalar reads a value that is no block collection, and belongs to a collection
// whose entries stand in column parent.
func (d *decoder) scalar(parent int) any {
	var v any
	switch d.at(0) {
	case '"', '\'':
		v = d.quoted()
	case '[', '{':
		v = d.flow()
	case '|', '>':
		return d.block(parent)
	default:
		return d.plain(parent)
	}
	if !d.failed {
		d.endLine()
		d.next()
	}
	return v
}

// plain reads a scalar without quotes: to the end of its line, and on the further
// lines that are indented more than its parent.
func (d *decoder) plain(parent int) any {
	if !d.isPlainStart() {
		d.fail()
		return nil
	}
	text, comment := d.plainLine()
	if d.failed {
		return nil
	}
	if comment || !d.goesOn(parent) {
		d.skipLine()
		d.next()
		return d.resolved(text)
	}
	d.buf = append(d.buf[:0], text...)
	for !comment && d.goesOn(parent) {
		breaks := d.skipBreaks()
		d.join(breaks)
		text, comment = d.plainLine()
		d.buf = append(d.buf, text...)
	}
	if d.failed {
		return nil
	}
	text = string(d.buf)
	d.skipLine()
	d.next()
	return text
}

// plainLine reads the part of a plain scalar that is in this line, up to the
// spaces before its end or before a comment.
func (d *decoder) plainLine() (text string, comment bool) {
	start := d.pos
	i := start
loop:
	for ; i < len(d.text); i++ {
		switch d.text[i] {
		case '\n':
			break loop
		case '#':
			if i > start && d.text[i-1] == ' ' {
				comment = true
				break loop
			}
		case ':':
			d.pos = i
			if d.isBlankAt(1) {
				d.fail()
				return "", true
			}
		case '\t':
			d.fail()
			return "", true
		}
	}
	d.pos = i
	return strings.TrimRight(d.text[start:i], " "), comment
}

// goesOn reports whether the next line with content continues a plain scalar that
// ends with this line.
func (d *decoder) goesOn(parent int) bool {
	for i := d.pos; i < len(d.text); {
		i++
		start := i
		for i < len(d.text) && d.text[i] == ' ' {
			i++
		}
		switch {
		case i == len(d.text):
			return false
		case d.text[i] == '\n':
			continue
		case d.text[i] == '\t':
			d.fail()
			return false
		}
		return i-start > parent && d.text[i] != '#'
	}
	return false
}

// skipBreaks goes from the end of a line, or from the blanks before it, to the
// next content and counts the line ends on the way.
func (d *decoder) skipBreaks() int {
	n := 0
	for d.pos < len(d.text) {
		switch d.text[d.pos] {
		case '\n':
			n++
			d.line = d.pos + 1
			if isMarker(d.text[d.line:]) {
				d.fail()
				return n
			}
		case ' ', '\t':
		default:
			return n
		}
		d.pos++
	}
	return n
}

// join puts between two lines of a scalar what stands for the line ends there: a
// space for one, the others for themselves.
func (d *decoder) join(breaks int) {
	if breaks == 1 {
		d.buf = append(d.buf, ' ')
		return
	}
	d.newLines(breaks - 1)
}

func (d *decoder) newLines(n int) {
	for range n {
		d.buf = append(d.buf, '\n')
	}
}

// resolved is the value of a plain scalar.
func (d *decoder) resolved(text string) any {
	switch k, number := resolve(text); k {
	case isText:
		return text
	case isTrue:
		return true
	case isFalse:
		return false
	case isNumber:
		return number
	case isNoJSON:
		d.fail()
	}
	return nil
}

// quoted reads a scalar between quotes, and no further.
func (d *decoder) quoted() string {
	quote := d.text[d.pos]
	d.pos++
	start := d.pos
	for i := start; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == quote:
			if d.pos = i + 1; quote == '\'' && d.at(0) == '\'' {
				d.pos = start
				return d.quotedParts(quote)
			}
			return d.text[start:i]
		case c == '\n' || c == '\\' && quote == '"':
			return d.quotedParts(quote)
		}
	}
	d.fail()
	return ""
}

// quotedParts reads a quoted scalar from behind its first quote that has escapes
// or several lines.
func (d *decoder) quotedParts(quote byte) string {
	d.buf = d.buf[:0]
	for !d.failed {
		c := d.at(0)
		switch {
		case c == 0:
			d.fail()
		case c == quote && quote == '\'' && d.at(1) == '\'':
			d.buf = append(d.buf, '\'')
			d.pos += 2
		case c == quote:
			d.pos++
			return string(d.buf)
		case c == '\\' && quote == '"':
			d.pos++
			d.escape()
		case c == ' ' || c == '\t' || c == '\n':
			start := d.pos
			if breaks := d.skipBreaks(); breaks > 0 {
				d.join(breaks)
			} else {
				d.buf = append(d.buf, d.text[start:d.pos]...)
			}
		default:
			d.buf = append(d.buf, c)
			d.pos++
		}
	}
	return ""
}

// escape reads an escape sequence from behind its backslash.
func (d *decoder) escape() {
	c := d.at(0)
	d.pos++
	const names, values = `0abtnvfre "'\` + "\t", "\x00\a\b\t\n\v\f\r\x1b \"'\\\t"
	if i := strings.IndexByte(names, c); i >= 0 && c != 0 {
		d.buf = append(d.buf, values[i])
		return
	}
	switch c {
	case '\n': // the line goes on in the next one
		d.pos--
		d.newLines(d.skipBreaks() - 1)
	case 'N':
		d.buf = append(d.buf, "\u0085"...)
	case '_':
		d.buf = append(d.buf, "\u00a0"...)
	case 'L':
		d.buf = append(d.buf, "\u2028"...)
	case 'P':
		d.buf = append(d.buf, "\u2029"...)
	case 'x':
		d.code(2)
	case 'u':
		d.code(4)
	case 'U':
		d.code(8)
	default:
		d.fail()
	}
}

// code reads the hexadecimal digits of a character.
func (d *decoder) code(n int) {
	var r int64
	for range n {
		c := d.at(0)
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			d.fail()
			return
		}
		r = r<<4 | int64(c)
		d.pos++
	}
	if r > utf8.MaxRune || !utf8.ValidRune(rune(r)) {
		d.fail()
		return
	}
	d.buf = utf8.AppendRune(d.buf, rune(r))
}
