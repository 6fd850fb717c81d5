package repo

import (
	"strings"
	"time"
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

// charts reads the value of entries.
func (s *scanner) charts(x *Index) {
	if s.isEmpty("{}") || !s.goesDown(0) {
		return
	}
	column := s.col
	for s.col == column && !s.failed {
		name := strings.Clone(s.plainKey())
		if s.failed || x.charts[name] != nil {
			s.fail()
			return
		}
		c := &indexChart{}
		x.charts[name] = c
		s.versions(column, c)
	}
	s.failIf(s.col > 0)
}

// goesDown reports whether the value of a key in a column is on the lines below, and
// goes there. A list may stand in the column of its key.
func (s *scanner) goesDown(column int) bool {
	if s.failed || s.text[s.pos] != '\n' {
		s.fail()
		return false
	}
	s.pos++
	s.next()
	return s.col > column || s.col == column && s.isDash()
}

// isEmpty reads an empty collection or null, as it is written in a line, if that is what
// stands here.
func (s *scanner) isEmpty(collection string) bool {
	if s.failed {
		return true
	}
	for _, word := range [...]string{collection, "null", "~"} {
		rest, ok := strings.CutPrefix(s.text[s.pos:], word)
		if ok && rest[0] == '\n' { // the text ends in one
			s.pos += len(word) + 1
			s.next()
			return true
		}
	}
	return false
}

// versions reads the list of the versions of a chart, whose name stands in a column.
func (s *scanner) versions(column int, c *indexChart) {
	if s.isEmpty("[]") || !s.goesDown(column) {
		return
	}
	if !s.isDash() {
		s.fail()
		return
	}
	dash := s.col
	for s.col == dash && s.isDash() {
		b := &block{start: uint32(s.pos - dash)}
		s.item(dash)
		if s.failed {
			return
		}
		s.version(b)
		if s.failed {
			return
		}
		b.end = uint32(s.lineStart())
		b.text = s.text[b.start:b.end]
		b.complete()
		if b.odd {
			if _, err := decodeStrictly(b.text); err != nil {
				s.fail()
				return
			}
		}
		c.entries = append(c.entries, indexEntry{block: b})
	}
	s.failIf(s.col > column || s.col == column && s.isDash())
}

// lineStart is where the line begins whose content s is at.
func (s *scanner) lineStart() int {
	if s.col < 0 {
		return len(s.text)
	}
	return s.pos - s.col
}

// item goes from a dash in a column to what stands behind it in the line.
func (s *scanner) item(dash int) {
	start := s.pos
	s.pos++
	for s.text[s.pos] == ' ' {
		s.pos++
	}
	if s.text[s.pos] == '\n' || s.text[s.pos] == '#' {
		s.fail()
		return
	}
	s.col = dash + s.pos - start
}

// isTime reports whether a text is a time as JSON has it.
func isTime(text string) bool {
	var t time.Time
	return t.UnmarshalText([]byte(text)) == nil
}
