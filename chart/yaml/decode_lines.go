package yaml

// block reads a scalar of whole lines, behind | or >, that belongs to a collection
// in column parent.
func (d *decoder) block(parent int) any {
	b := blockScalar{decoder: d, parent: parent, folded: d.at(0) == '>'}
	d.pos++
	b.header()
	if d.failed {
		return nil
	}
	b.lines()
	if d.failed {
		return nil
	}
	text := string(d.buf)
	d.pos = d.line
	d.next()
	return text
}

type blockScalar struct {
	*decoder
	parent int
	folded bool // single line ends between lines that are not indented are spaces
	chomp  byte // what to do with line ends behind the text: '-' or '+' or neither
	indent int  // of the text, 0 as long as it is not known
}

// header reads the indicators, to the end of the line.
func (b *blockScalar) header() {
	for range 2 {
		switch c := b.at(0); {
		case (c == '-' || c == '+') && b.chomp == 0:
			b.chomp = c
		case '1' <= c && c <= '9' && b.indent == 0:
			b.indent = max(b.parent, 0) + int(c-'0')
		default:
			b.endLine()
			return
		}
		b.pos++
	}
	b.endLine()
}

// lines reads the lines, without the indentation of the text.
func (b *blockScalar) lines() {
	b.buf = b.buf[:0]
	lineEnd, spaced := false, false // of the line before
	breaks := b.emptyLines()        // empty lines since then
	for !b.failed && b.pos < len(b.text) && b.pos-b.line == b.indent {
		c := b.text[b.pos]
		blank := c == ' ' || c == '\t'
		switch {
		case !lineEnd:
		case !b.folded || spaced || blank:
			b.buf = append(b.buf, '\n')
		case breaks == 0:
			b.buf = append(b.buf, ' ')
		}
		b.newLines(breaks)
		start := b.pos
		b.skipLine()
		end := b.pos
		if lineEnd = b.text[end-1] == '\n'; lineEnd {
			end--
		}
		b.buf = append(b.buf, b.text[start:end]...)
		spaced = blank
		breaks = b.emptyLines()
	}
	if lineEnd && b.chomp != '-' {
		b.buf = append(b.buf, '\n')
	}
	if b.chomp == '+' {
		b.newLines(breaks)
	}
}

// emptyLines skips and counts the lines that have nothing but indentation, and
// the indentation of the line that follows. The first line with text tells what
// the indentation is, unless there is a longer empty one before it.
func (b *blockScalar) emptyLines() int {
	n, longest := 0, 0
	for {
		for b.at(0) == ' ' && (b.indent == 0 || b.pos-b.line < b.indent) {
			b.pos++
		}
		longest = max(longest, b.pos-b.line)
		if b.at(0) != '\n' {
			break
		}
		n++
		b.pos++
		b.line = b.pos
	}
	if b.at(0) == '\t' && (b.indent == 0 || b.pos-b.line < b.indent) {
		b.fail()
	}
	if b.indent == 0 {
		b.indent = max(longest, b.parent+1, 1)
	}
	return n
}
