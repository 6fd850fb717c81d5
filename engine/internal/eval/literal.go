package eval

import (
	"strconv"
	"strings"
)

// number reads decimal digits, or a fraction without a sign. Exponents, other
// bases and complex numbers are rare.
func (s *scanner) number() token {
	i := s.digits(s.pos)
	if i < len(s.text) && s.text[i] == '.' && s.text[s.start] >= '0' {
		point := i
		if i = s.digits(point + 1); i == point+1 {
			return tokUnsure
		}
	}
	s.pos = i
	if i == len(s.text) {
		return tokUnsure
	}
	switch c := s.text[i]; {
	case isBlank(c), c == ')', c == '|', c == '}':
		return tokNumber
	}
	return tokUnsure
}

// digits returns the end of the digits at i.
func (s *scanner) digits(i int) int {
	for i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9' {
		i++
	}
	return i
}

// quoted reads a string in double quotes, whose first has been read.
func (s *scanner) quoted() token {
	plain := true
	for i := s.pos; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '"':
			s.pos = i + 1
			if plain {
				s.str = s.text[s.start+1 : i]
				return tokString
			}
			return s.unquoted()
		case c == '\n':
			return tokUnsure
		case c == '\\':
			plain = false
			if i++; i < len(s.text) && s.text[i] == '\n' {
				return tokUnsure
			}
		case c >= 0x80: // may not be UTF-8
			plain = false
		}
	}
	return tokUnsure
}

// raw reads a string in backquotes, whose first has been read.
func (s *scanner) raw() token {
	i := strings.IndexByte(s.text[s.pos:], '`')
	if i < 0 {
		return tokUnsure
	}
	s.pos += i + 1
	return s.unquoted()
}

func (s *scanner) unquoted() token {
	var err error
	if s.str, err = strconv.Unquote(s.text[s.start:s.pos]); err != nil {
		return tokUnsure
	}
	return tokString
}
