package yaml

import (
	"strings"
	"unicode/utf8"
)

// style is how a string is written.
type style byte

const (
	unsure style = iota // not here
	plain
	single
	double
	literal // a block of lines behind |
)

// longest is how many columns a byte of a string takes at most.
func longest(st style) int {
	switch st {
	case single:
		return 2
	case double:
		return 4
	}
	return 1
}

// styleOf chooses the style of a string, as the library does: without quotes
// where that is read back as the same string, between single quotes if the only
// trouble are characters that mean something to YAML, between double quotes if
// there is something to escape or the string looks like another type. What has
// more than one line is a block, unless spaces at the end of a line would be hard
// to see.
func styleOf(s string) style {
	if isWord(s) {
		return plain
	}
	f, ok := look(s)
	switch {
	case !ok:
		return unsure
	case f.lines:
		if f.special || f.spaceBreak || s[len(s)-1] == ' ' {
			return double
		}
		return literal
	case f.special || !staysText(s):
		return double
	case f.indicator || s[0] == ' ' || s[len(s)-1] == ' ':
		return single
	}
	return plain
}

// isWord is the short way for most strings: it reports whether s certainly needs
// no quotes.
func isWord(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '-' && c != '.' && c != '/' && c != '_' {
			return false
		}
	}
	return resolveWord(s) == isText
}

// features are what decides about the style of a string.
type features struct {
	lines      bool // there is a line end
	special    bool // there is a character that has to be escaped
	spaceBreak bool // there is a space before a line end
	indicator  bool // there is a character that ends or begins something else
}

// look finds the features of a string. It reports false for one with characters
// that the library changes or refuses on the way through JSON.
func look(s string) (f features, ok bool) {
	f.indicator = strings.HasPrefix(s, "---") || strings.HasPrefix(s, "...") || s != "" && isIndicator(s)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			f.lines = true
			f.spaceBreak = f.spaceBreak || i > 0 && s[i-1] == ' '
		case c == ':':
			f.indicator = f.indicator || i > 0 && (i+1 == len(s) || s[i+1] == ' ')
		case c == '#':
			f.indicator = f.indicator || i > 0 && s[i-1] == ' '
		case c < ' ':
			f.special = true
		case c > '~':
			if c < utf8.RuneSelf {
				return f, false
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isShown(r, size) {
				return f, false
			}
			f.special = f.special || r > 0xFFFF
			i += size - 1
		}
	}
	return f, true
}

// isIndicator reports whether the first character of s, which is not empty, is
// one that no plain scalar begins with.
func isIndicator(s string) bool {
	switch s[0] {
	case '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return true
	case '?', ':', '-':
		return len(s) == 1 || s[1] == ' ' || s[1] == '\t'
	}
	return false
}

// isShown reports whether a character that is not ASCII is an ordinary one: no
// control, line end or byte order mark, and nothing that is not UTF-8.
func isShown(r rune, size int) bool {
	switch {
	case r == utf8.RuneError && size == 1, r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	}
	return true
}
