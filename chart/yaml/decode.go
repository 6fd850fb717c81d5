package yaml

import (
	"strings"
	"unicode/utf8"
)

// Decode reads a document that is written as charts are and returns the tree that
// sigs.k8s.io/yaml makes of it: map[string]any, []any, string, float64, bool and
// nil, a mapping or a sequence at the root, nil for an empty document. It reports
// false for everything else, broken YAML included: then the library has to decide,
// and to word the error.
//
// The strings of the tree share the memory of text.
func Decode(text string) (any, bool) {
	if !isOrdinary(text) {
		return nil, false
	}
	d := decoder{text: text, pairs: make([]pair, 0, 16)}
	d.skipMarker()
	d.next()
	if d.column < 0 {
		return nil, !d.failed
	}
	tree := d.node(-1)
	if d.failed || d.pos < len(text) {
		return nil, false
	}
	switch tree.(type) {
	case map[string]any, []any:
		return tree, true
	}
	return nil, false
}

// isOrdinary reports whether a text has only characters that YAML allows, and no
// line ends but \n.
func isOrdinary(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= ' ' && c <= '~', c == '\n', c == '\t':
			continue
		case c < utf8.RuneSelf:
			return false
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !isShown(r, size) {
			return false
		}
		i += size - 1
	}
	return true
}

// decoder reads a document from its beginning to its end. What it does not know
// the library's verdict on makes it fail; it then behaves as at the end of the
// text, and what it has read is of no use.
type decoder struct {
	text   string
	pos    int
	line   int // where the line of pos begins
	column int // of pos, where a line's content begins; -1 at the end
	depth  int
	failed bool

	// The entries of the collections that are being read, outermost first.
	pairs []pair
	items []any
	buf   []byte // of the scalar that is being read
}

type pair struct {
	key   string
	value any
}

// maxDepth is deeper than any chart, and less than any limit of the library.
const maxDepth = 200

// fail gives the document up.
func (d *decoder) fail() {
	d.failed = true
	d.pos, d.column = len(d.text), -1
}

// at returns the byte i bytes ahead, 0 behind the end.
func (d *decoder) at(i int) byte {
	if d.pos+i < len(d.text) {
		return d.text[d.pos+i]
	}
	return 0
}

// skipMarker skips the line that begins the document. There may be one, before
// anything but comments.
func (d *decoder) skipMarker() {
	for {
		rest := d.text[d.pos:]
		switch {
		case rest == "":
			return
		case rest[0] == '#' || rest[0] == '\n':
			d.skipLine()
			continue
		case strings.HasPrefix(rest, "---"):
			d.pos += len("---")
			d.endLine()
		}
		return
	}
}

// skipLine goes to the next line.
func (d *decoder) skipLine() {
	if i := strings.IndexByte(d.text[d.pos:], '\n'); i >= 0 {
		d.pos += i + 1
	} else {
		d.pos = len(d.text)
	}
	d.line = d.pos
}

func (d *decoder) skipSpaces() {
	for d.pos < len(d.text) && d.text[d.pos] == ' ' {
		d.pos++
	}
}

// isLineEnd reports whether nothing but a comment follows, which the caller knows
// to be behind a space.
func (d *decoder) isLineEnd() bool {
	c := d.at(0)
	return c == 0 || c == '\n' || c == '#'
}

// endLine goes to the next line from behind a value, which nothing but a comment
// may follow.
func (d *decoder) endLine() {
	before := d.pos
	d.skipSpaces()
	if !d.isLineEnd() || d.at(0) == '#' && d.pos == before {
		d.fail()
		return
	}
	d.skipLine()
}

// next goes on from the beginning of a line to the next one with content.
func (d *decoder) next() {
	for {
		d.skipSpaces()
		switch d.at(0) {
		case 0:
			d.column = -1
			return
		case '\n', '#':
			d.skipLine()
			continue
		case '\t':
			d.fail()
			return
		}
		d.column = d.pos - d.line
		if d.column == 0 && isMarker(d.text[d.pos:]) {
			d.end()
		}
		return
	}
}

// end reads the line of three dots that ends the document. One that ends nothing,
// and what else may follow, is not for here to judge.
func (d *decoder) end() {
	rest, ok := strings.CutPrefix(d.text[d.pos:], "...")
	if ok && strings.Trim(rest, " \n") == "" && d.depth > 0 {
		d.pos, d.column = len(d.text), -1
		return
	}
	d.fail()
}

// isMarker reports whether a document may begin or end here.
func isMarker(line string) bool {
	return strings.HasPrefix(line, "---") || strings.HasPrefix(line, "...")
}

// enter counts the levels; leave is called if it succeeds.
func (d *decoder) enter() bool {
	if d.depth++; d.depth > maxDepth {
		d.fail()
	}
	return !d.failed
}

func (d *decoder) leave() { d.depth-- }
