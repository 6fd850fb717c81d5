package manifest

import "strings"

// peekLine returns the next line without taking it: its indentation and what
// stands behind that. It passes over empty lines.
func (o *outline) peekLine() (column int, body, rest string) {
	for o.rest != "" {
		line, rest, _ := strings.Cut(o.rest, "\n")
		body := strings.TrimLeft(line, " ")
		if body != "" {
			return len(line) - len(body), body, rest
		}
		o.rest = rest
	}
	return 0, "", ""
}

// block skips the lines of a block scalar.
func (o *outline) block(header string) bool {
	switch strings.TrimRight(header, " ") {
	case "|", "|-", "|+", ">", ">-", ">+":
	default:
		return false
	}
	parent := o.top().column
	indent, widest := 0, 0 // of the text, and of the empty lines before it
	for o.rest != "" {
		line, rest, _ := strings.Cut(o.rest, "\n")
		body := strings.TrimLeft(line, " ")
		n := len(line) - len(body)
		switch {
		case body == "":
			widest = max(widest, n)
		case indent == 0 && body[0] != '\t' && n > parent && widest <= n:
			indent = n
		case indent == 0:
			// Text that is indented less than an empty line above it, or by a
			// tab, is for the parser to judge. No text at all is fine.
			return n <= parent && body[0] != '\t'
		case n < indent:
			return body[0] != '\t'
		}
		o.rest = rest
	}
	return true
}

// longPlain skips the further lines of a plain scalar: those that are indented
// more than what it is a value of.
func (o *outline) longPlain() bool {
	for {
		column, body, rest := o.peekLine()
		if body == "" || column <= o.top().column || body[0] == '#' {
			return true
		}
		body = strings.TrimRight(body, " ")
		if strings.IndexByte(body, '\t') >= 0 || strings.Contains(body, ": ") || strings.Contains(body, " #") || body[len(body)-1] == ':' {
			return false
		}
		o.rest = rest
	}
}

// longQuoted skips the further lines of a quoted scalar whose first line is
// text.
func (o *outline) longQuoted(text string) bool {
	quote := text[0]
	text = text[1:]
	for {
		n, _, ok := quotedRest(quote, text)
		if !ok {
			return false
		}
		if n > 0 {
			return isEnd(text[n:])
		}
		column, body, rest := o.peekLine()
		if body == "" || column <= o.top().column || strings.IndexByte(body, '\t') >= 0 {
			return false
		}
		text, o.rest = body, rest
	}
}
