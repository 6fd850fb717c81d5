package values

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// scanner reads an expression rune by rune. Bytes that are not UTF-8 read as
// U+FFFD.
type scanner struct {
	text    string
	pos     int
	escapes bool
}

func (s *scanner) next() (r rune, ok bool) {
	if s.pos == len(s.text) {
		return 0, false
	}
	r, size := utf8.DecodeRuneInString(s.text[s.pos:])
	s.pos += size
	return r, true
}

// until reads up to one of the runes of ends, which it takes too, and returns
// what was before it; ok is false when the text ends first.
func (s *scanner) until(ends string) (text string, end rune, ok bool) {
	var b strings.Builder
	for {
		r, more := s.next()
		switch {
		case !more:
			return b.String(), 0, false
		case strings.ContainsRune(ends, r):
			return b.String(), r, true
		case r == '\\' && s.escapes:
			if r, more = s.next(); !more {
				return b.String(), 0, false
			}
		}
		b.WriteRune(r)
	}
}

// read reads what follows an equals sign, with the comma after it. The error
// is errEnd when there is nothing left to read; the value is then "".
func (x *setExpression) read() (any, error) {
	x.valued = true
	switch {
	case x.literal:
		text, _, _ := x.in.until("")
		return text, nil
	case x.json:
		return x.readJSON()
	}
	if x.in.pos == len(x.in.text) {
		return "", errEnd
	}
	if x.in.text[x.in.pos] == '{' {
		x.in.pos++
		return x.readList()
	}
	text, _, _ := x.in.until(",")
	return x.value(text)
}

// readList reads what follows "{".
func (x *setExpression) readList() (any, error) {
	list := []any{}
	for {
		text, end, ok := x.in.until(",}")
		if !ok {
			return nil, errOpenList
		}
		v, err := x.value(text)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if end == '}' {
			x.in.skipComma()
			return list, nil
		}
	}
}

func (s *scanner) skipComma() {
	if s.pos < len(s.text) && s.text[s.pos] == ',' {
		s.pos++
	}
}

// readJSON reads one JSON value; nothing at all is null.
func (x *setExpression) readJSON() (any, error) {
	if x.in.skipBlanks() {
		return nil, nil
	}
	dec := json.NewDecoder(strings.NewReader(x.in.text[x.in.pos:]))
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, jsonError(err)
	}
	x.in.pos += int(dec.InputOffset())
	x.in.skipBlanks()
	return v, nil
}

// skipBlanks reads white space and one comma after it. It reports whether
// there was a comma, or the end.
func (s *scanner) skipBlanks() bool {
	for {
		at := s.pos
		switch r, more := s.next(); {
		case !more || r == ',':
			return true
		case !isBlank(r):
			s.pos = at
			return false
		}
	}
}

// jsonError is what may be said of an error in JSON: the decoder's own words
// quote the text.
func jsonError(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && strings.Contains(syntax.Error(), "max depth") {
		return errDeepJSON
	}
	return errBadJSON
}
