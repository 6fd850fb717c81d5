package repo

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/hchart/hchart/chart/yaml"
)

// An index is scanned, not parsed: the scanner goes over its lines once, to find where
// each version of each chart stands, and makes nothing of what it sees but a few marks.
//
// It takes indexes as programs write them, in block style, and of those all that cannot
// be taken in two ways. It knows every field and what may stand in it, so that an index
// that it takes is one that the YAML library takes and decodes as Helm does. Whatever
// else there is, be it valid or not, makes it give up; then parseWhole has to judge.

// scanIndex reads an index, and reports false if it is not for here to judge.
func scanIndex(data []byte) (*Index, bool) {
	text := unsafe.String(unsafe.SliceData(data), len(data)) // which nobody changes
	if strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), "{") {
		return scanJSON(text)
	}
	s := scanner{text: text}
	if !strings.HasSuffix(text, "\n") {
		s.text, s.cut = text+"\n", true
	}
	x := &Index{charts: map[string]*indexChart{}}
	s.index(x)
	return x, !s.failed
}

// scanner reads lines. When it gives up it behaves as at the end of the text.
type scanner struct {
	text   string // ends in a line end
	cut    bool   // the text had no line end there
	pos    int
	col    int // of pos, where a line's content begins; -1 at the end
	failed bool

	keys []string // of the mapping that is being read, to find those that occur twice
}

func (s *scanner) fail() {
	s.failed = true
	s.pos, s.col = len(s.text), -1
}

// class is what a byte may mean in a line.
type class byte

const (
	ordinary class = iota
	lineEnd
	colon
	hashMark
	quote     // ' or "
	backslash // in double quotes
	tab
	wide    // the beginning of a character that is not ASCII
	control // what YAML does not allow, or the scanner does not take
)

// classes are the classes of all bytes, as long as they are ASCII.
var classes = [utf8.RuneSelf]class{
	0: control, 1: control, 2: control, 3: control, 4: control, 5: control, 6: control, 7: control, 8: control,
	'\t': tab, '\n': lineEnd, 11: control, 12: control, 13: control, 14: control, 15: control, 16: control,
	17: control, 18: control, 19: control, 20: control, 21: control, 22: control, 23: control, 24: control,
	25: control, 26: control, 27: control, 28: control, 29: control, 30: control, 31: control,
	':': colon, '#': hashMark, '"': quote, '\'': quote, '\\': backslash, 127: control,
}

func classOf(c byte) class {
	if c < utf8.RuneSelf {
		return classes[c]
	}
	return wide
}

// wideAt returns how long the character at i is, which is not ASCII, 0 if YAML does not
// allow it or takes it for a line end.
func (s *scanner) wideAt(i int) int {
	r, size := utf8.DecodeRuneInString(s.text[i:])
	switch {
	case r == utf8.RuneError && size == 1, r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return 0
	}
	return size
}

// next goes on from the beginning of a line to the next one with content.
func (s *scanner) next() {
	for s.pos < len(s.text) {
		start := s.pos
		for s.text[s.pos] == ' ' {
			s.pos++
		}
		switch s.text[s.pos] {
		case '\n':
			s.pos++
			continue
		case '#':
			s.restOfLine()
			continue
		case '\t':
			s.fail()
			return
		}
		s.col = s.pos - start
		if s.col == 0 && isMarker(s.text[s.pos:]) {
			s.fail()
		}
		return
	}
	s.col = -1
}

// isMarker reports whether a document may begin or end with a line.
func isMarker(line string) bool {
	return strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")
}

// restOfLine goes to the next line, over characters that need only be allowed ones.
func (s *scanner) restOfLine() {
	for i := s.pos; i < len(s.text); i++ {
		switch classOf(s.text[i]) {
		case lineEnd:
			s.pos = i + 1
			return
		case control:
			s.fail()
			return
		case wide:
			n := s.wideAt(i)
			if n == 0 {
				s.fail()
				return
			}
			i += n - 1
		}
	}
	s.fail()
}

// isDash reports whether an item of a list begins here.
func (s *scanner) isDash() bool {
	return s.col >= 0 && s.text[s.pos] == '-' && (s.text[s.pos+1] == ' ' || s.text[s.pos+1] == '\n')
}

// key reads a key in one line, and its colon and the spaces behind it.
func (s *scanner) key() string {
	start := s.pos
	if c := s.text[start]; c == '"' || c == '\'' {
		return s.quotedKey(c)
	}
	if !isPlainStart(s.text, start) {
		s.fail()
		return ""
	}
	for i := start; ; i++ {
		switch classOf(s.text[i]) {
		case colon:
			if c := s.text[i+1]; c == ' ' || c == '\n' {
				return s.keyEnds(s.text[start:i], i+1)
			}
		case lineEnd, hashMark, tab, control, wide:
			s.fail()
			return ""
		}
	}
}

// quotedKey reads a key between quotes that has neither quotes nor escapes.
func (s *scanner) quotedKey(mark byte) string {
	start := s.pos + 1
	for i := start; ; i++ {
		switch classOf(s.text[i]) {
		case quote:
			if s.text[i] != mark {
				continue
			}
			if s.text[i+1] != ':' || s.text[i+2] != ' ' && s.text[i+2] != '\n' {
				s.fail()
				return ""
			}
			return s.keyEnds(s.text[start:i], i+2)
		case lineEnd, backslash, tab, control, wide:
			s.fail()
			return ""
		}
	}
}

// maxKey is well below the length at which a key needs another notation.
const maxKey = 500

func (s *scanner) keyEnds(key string, end int) string {
	if len(key) > maxKey || strings.HasSuffix(key, " ") {
		s.fail()
		return ""
	}
	for s.text[end] == ' ' {
		end++
	}
	s.pos = end
	return key
}

// plainKey reads a key that may be any text.
func (s *scanner) plainKey() string {
	quoted := s.text[s.pos] == '"' || s.text[s.pos] == '\''
	key := s.key()
	if !s.failed && !quoted && (!yaml.IsText(key) || key == "<<" || key == "=") {
		s.fail()
	}
	return key
}

// index reads the index from its beginning to its end.
func (s *scanner) index(x *Index) {
	s.next()
	seen, version := uint(0), false
	for s.col == 0 {
		key := s.key()
		bit, found := uint(0), span{}
		switch key {
		case "apiVersion":
			bit = 1
			found = s.scalar(0).simple()
			version = !found.isNone()
		case "generated":
			bit = 2
			found = s.scalar(0).simple()
			if !found.isNone() && x.Generated.UnmarshalText([]byte(s.direct(found))) != nil {
				s.fail()
			}
		case "entries":
			bit = 4
			s.charts(x)
		case "publicKeys":
			bit = 8
			_, odd := s.list(0)
			s.failIf(odd)
		case "annotations":
			bit = 16
			s.failIf(s.table(0))
		case "serverInfo":
			bit = 32
			s.failIf(s.table(0))
		}
		s.failIf(bit == 0 || seen&bit != 0)
		seen |= bit
	}
	s.failIf(s.col > 0 || !version)
}

func (s *scanner) failIf(bad bool) {
	if bad {
		s.fail()
	}
}
