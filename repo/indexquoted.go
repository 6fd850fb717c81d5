package repo

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
