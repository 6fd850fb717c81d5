package repo

import (
	"strings"
)

// An index in JSON is scanned as one in YAML is: for what decoding it would certainly
// take, and where its versions stand. Unknown keys are passed over, as Helm does here.

// jsonScanner goes over JSON. When it gives up it behaves as at the end of the text.
type jsonScanner struct {
	text   string
	pos    int
	depth  int
	failed bool
}

// scanJSON reads an index in JSON, and reports false if it is not for here to judge.
func scanJSON(text string) (*Index, bool) {
	j := &jsonScanner{text: text}
	x := &Index{charts: map[string]*indexChart{}}
	hasVersion := false
	j.fields([]string{"apiVersion", "generated", "entries", "publicKeys", "annotations", "serverInfo"}, func(key string) {
		switch key {
		case "apiVersion":
			v := j.str()
			hasVersion = v.kind != isNull && v.end-v.start > 2
		case "generated":
			v := j.str()
			j.failIf(v.kind == isText || v.kind == isDirect && x.Generated.UnmarshalText([]byte(j.unquoted(v.span))) != nil)
		case "entries":
			j.charts(x)
		case "publicKeys":
			j.list(func() { j.str() })
		case "annotations":
			j.object(func(value) { j.str() })
		case "serverInfo":
			j.object(func(value) { j.skip(true) })
		}
	})
	j.space()
	j.failIf(j.pos < len(text) || !hasVersion)
	return x, !j.failed
}

func (j *jsonScanner) fail() { j.failed, j.pos = true, len(j.text) }

func (j *jsonScanner) failIf(bad bool) {
	if bad {
		j.fail()
	}
}

// at is the byte here, 0 at the end.
func (j *jsonScanner) at() byte {
	if j.pos < len(j.text) {
		return j.text[j.pos]
	}
	return 0
}

func (j *jsonScanner) space() {
	for j.pos < len(j.text) {
		switch j.text[j.pos] {
		case ' ', '\t', '\n', '\r':
			j.pos++
		default:
			return
		}
	}
}

// take reads a byte and the spaces before it, if that is what stands here.
func (j *jsonScanner) take(c byte) bool {
	j.space()
	if j.at() != c || j.failed {
		return false
	}
	j.pos++
	return true
}

// word reads a word, if it is what stands here.
func (j *jsonScanner) word(w string) bool {
	j.space()
	if !strings.HasPrefix(j.text[j.pos:], w) {
		return false
	}
	j.pos += len(w)
	return true
}

func (j *jsonScanner) unquoted(p span) string { return unquoted(j.text[p.start:p.end]) }

// str reads a string, or null.
func (j *jsonScanner) str() value {
	if j.word("null") {
		return value{}
	}
	start, k := j.pos, isDirect
	if !j.take('"') {
		j.fail()
		return value{}
	}
	for i := j.pos; i < len(j.text); i++ {
		switch c := j.text[i]; {
		case c == '"':
			j.pos = i + 1
			return value{span: span{uint32(start), uint32(j.pos)}, kind: k}
		case c < ' ':
			j.fail()
			return value{}
		case c == '\\':
			k = isText
			n := j.escape(i + 1)
			if n == 0 {
				j.fail()
				return value{}
			}
			i += n
		}
	}
	j.fail()
	return value{}
}

// escape is the length of what follows a backslash, 0 if it is no escape sequence.
func (j *jsonScanner) escape(i int) int {
	if i >= len(j.text) {
		return 0
	}
	switch j.text[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if i+4 < len(j.text) && strings.Trim(j.text[i+1:i+5], "0123456789abcdefABCDEF") == "" {
			return 5
		}
	}
	return 0
}

const maxJSONDepth = 100

// list reads a list of what item reads, or null.
func (j *jsonScanner) list(item func()) (lines span) {
	if j.word("null") {
		return span{}
	}
	start := j.pos
	j.inside('[', ']', item)
	return span{uint32(start), uint32(j.pos)}
}

// object reads an object of which member reads the values, or null.
func (j *jsonScanner) object(member func(key value)) {
	if j.word("null") {
		return
	}
	j.inside('{', '}', func() {
		key := j.str()
		j.failIf(key.kind == isNull || !j.take(':'))
		if !j.failed {
			j.space()
			member(key)
		}
	})
}

func (j *jsonScanner) inside(open, end byte, item func()) {
	if j.depth++; j.depth > maxJSONDepth || !j.take(open) {
		j.fail()
		return
	}
	defer func() { j.depth-- }()
	if j.take(end) {
		return
	}
	for !j.failed {
		j.space()
		item()
		if j.take(end) {
			return
		}
		j.failIf(!j.take(','))
	}
}

// fields reads an object with known fields, of which read reads the values. It gives up on
// fields that occur twice, and on those that the library takes for a known one though
// their letters are not the same.
func (j *jsonScanner) fields(known []string, read func(key string)) {
	seen := uint(0)
	j.object(func(key value) {
		j.failIf(key.kind != isDirect)
		name := j.unquoted(key.span)
		for i, k := range known {
			if k == name {
				j.failIf(seen&(1<<i) != 0)
				seen |= 1 << i
				if !j.failed {
					read(name)
				}
				return
			}
		}
		for _, k := range known {
			j.failIf(strings.EqualFold(k, name))
		}
		j.skip(false)
	})
}

// skip reads any value. Where it is decoded, numbers must be ones that can be.
func (j *jsonScanner) skip(decoded bool) {
	j.space()
	switch c := j.at(); {
	case c == '{':
		j.object(func(value) { j.skip(decoded) })
	case c == '[':
		j.list(func() { j.skip(decoded) })
	case c == '"':
		j.str()
	case c == '-' || '0' <= c && c <= '9':
		j.number(decoded)
	default:
		j.failIf(!j.word("null") && !j.word("true") && !j.word("false"))
	}
}

// number reads a whole number, and gives up on others: they are rare.
func (j *jsonScanner) number(decoded bool) {
	start := j.pos
	if j.at() == '-' {
		j.pos++
	}
	first := j.pos
	for c := j.at(); '0' <= c && c <= '9'; c = j.at() {
		j.pos++
	}
	n := j.pos - first
	j.failIf(n == 0 || n > 1 && j.text[first] == '0' || strings.IndexByte(".eE", j.at()) >= 0 && j.pos < len(j.text))
	j.failIf(decoded && j.pos-start > 300)
}
