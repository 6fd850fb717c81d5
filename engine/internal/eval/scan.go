package eval

import "strings"

// token is what a scanner finds inside of an action.
type token uint8

const (
	tokUnsure token = iota // text/template/parse has to look
	tokClose               // }} or -}}
	tokOpen                // (
	tokShut                // )
	tokPipe
	tokAssign
	tokDeclare
	tokComma
	tokDot
	tokField
	tokVariable
	tokIdentifier
	tokBool
	tokNil
	tokNumber
	tokString
	tokBlock
	tokBreak
	tokContinue
	tokDefine
	tokElse
	tokEnd
	tokIf
	tokRange
	tokTemplate
	tokWith
)

// scanner splits a text as text/template/parse does (its lex.go), for the part
// of the language that it knows. Texts lie between actions; next is for what is
// in them.
type scanner struct {
	text string
	pos  int // of what has not been read
	// The token that was read last.
	tok    token
	start  int
	end    int
	spaced bool   // there is space before it
	str    string // a string without its quotes
}

func (s *scanner) word() string { return s.text[s.start:s.end] }

// literal reads up to the next action and past its opening; more is false when
// there is none. Space next to a trim marker is not part of the result.
func (s *scanner) literal() (text string, more bool) {
	rest := s.text[s.pos:]
	i := strings.Index(rest, "{{")
	if i < 0 {
		s.pos = len(s.text)
		return rest, false
	}
	s.pos += i + 2
	text = rest[:i]
	if a := rest[i+2:]; len(a) >= 2 && a[0] == '-' && isBlank(a[1]) {
		s.pos += 2
		text = strings.TrimRight(text, blanks)
	}
	return text, true
}

// comment skips a comment if one stands at the beginning of an action; ok is
// false if it is not closed as it should.
func (s *scanner) comment() (found, ok bool) {
	rest := s.text[s.pos:]
	if !strings.HasPrefix(rest, "/*") {
		return false, true
	}
	i := strings.Index(rest[2:], "*/")
	if i < 0 {
		return true, false
	}
	s.pos += i + 4
	return true, s.closing()
}

// closing skips the end of an action if one stands here.
func (s *scanner) closing() bool {
	rest := s.text[s.pos:]
	if strings.HasPrefix(rest, "}}") {
		s.pos += 2
		return true
	}
	if len(rest) < 4 || !isBlank(rest[0]) || rest[1:4] != "-}}" {
		return false
	}
	s.pos += 4
	for s.pos < len(s.text) && isBlank(s.text[s.pos]) {
		s.pos++
	}
	return true
}

const blanks = " \t\r\n"

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// isWord reports whether c can be part of a name. Letters outside of ASCII can
// too, but not here.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// next reads a token. At the end of the text, and at what the scanner does not
// know, the token is tokUnsure.
func (s *scanner) next() {
	s.spaced = false
	s.tok = tokUnsure
	for {
		if s.closing() {
			s.tok = tokClose
			return
		}
		if s.pos == len(s.text) {
			return
		}
		if !isBlank(s.text[s.pos]) {
			break
		}
		s.spaced = true
		s.pos++
	}
	s.start = s.pos
	s.tok = s.scan()
	s.end = s.pos
}

// scan reads a token that begins at pos.
func (s *scanner) scan() token {
	c := s.text[s.pos]
	s.pos++
	switch c {
	case '(':
		return tokOpen
	case ')':
		return tokShut
	case '|':
		return tokPipe
	case '=':
		return tokAssign
	case ',':
		return tokComma
	case ':':
		if s.pos < len(s.text) && s.text[s.pos] == '=' {
			s.pos++
			return tokDeclare
		}
		return tokUnsure
	case '.':
		return s.name(tokField, tokDot)
	case '$':
		return s.name(tokVariable, tokVariable)
	case '"':
		return s.quoted()
	case '`':
		return s.raw()
	}
	switch {
	case c >= '0' && c <= '9' || c == '-' || c == '+':
		return s.number()
	case isWord(c):
		return keyword(s.rest())
	}
	return tokUnsure
}

// rest reads what is left of a name and returns all of it, "" if something
// follows that may not.
func (s *scanner) rest() string {
	i := s.pos
	for i < len(s.text) && isWord(s.text[i]) {
		i++
	}
	s.pos = i
	if i == len(s.text) {
		return ""
	}
	switch s.text[i] {
	case ' ', '\t', '\r', '\n', '.', ',', '|', ':', ')', '(':
	case '}':
		if !strings.HasPrefix(s.text[i:], "}}") {
			return ""
		}
	default:
		return ""
	}
	return s.text[s.start:i]
}

// name reads a name behind a dot or dollar sign, which may stand alone.
func (s *scanner) name(named, alone token) token {
	switch len(s.rest()) {
	case 0:
		return tokUnsure
	case 1:
		return alone
	}
	if named == tokField && s.text[s.start+1] <= '9' {
		return tokUnsure // a number
	}
	return named
}

func keyword(word string) token {
	switch word {
	case "":
		return tokUnsure
	case "true", "false":
		return tokBool
	case "nil":
		return tokNil
	case "if":
		return tokIf
	case "else":
		return tokElse
	case "end":
		return tokEnd
	case "range":
		return tokRange
	case "with":
		return tokWith
	case "template":
		return tokTemplate
	case "define":
		return tokDefine
	case "block":
		return tokBlock
	case "break":
		return tokBreak
	case "continue":
		return tokContinue
	}
	return tokIdentifier
}
