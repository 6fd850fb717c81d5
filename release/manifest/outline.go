package manifest

import (
	"strings"
	"unicode/utf8"
)

// outlineHead reads the head of a document that is written as nearly all
// rendered manifests are: block mappings and sequences, brackets on one line
// only. It reads such a document line by line, without a tree, and some twenty
// times faster than the YAML parser.
//
// It reports false for everything else, broken YAML included: then somebody
// else has to decide. What it does accept is YAML beyond doubt and has the head
// returned. That is a claim about another program, the YAML parser, so the
// tests hold the two against each other on whatever a fuzzer finds.
func outlineHead(content string) (head, bool) {
	o := outline{levels: make([]level, 0, 16)}
	if !o.read(content) {
		return head{}, false
	}
	return o.head, true
}

func (o *outline) read(content string) bool {
	if !isPlainText(content) {
		return false
	}
	for o.rest = content; o.rest != ""; {
		if !o.line() {
			return false
		}
	}
	return true
}

// isPlainText reports whether the text has only characters that YAML allows and
// no line ends but \n.
func isPlainText(text string) bool {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= ' ' && c < 0x7F, c == '\n', c == '\t':
			continue
		case c < utf8.RuneSelf:
			return false
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError, r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r > 0xFFFD && r < 0x10000:
			return false
		}
		i += size - 1
	}
	return true
}

// outline is the state of reading a document: what has been opened so far.
type outline struct {
	rest   string  // the lines that have not been read
	levels []level // the open collections, outermost first
	// pending says that the last key or dash had no value: it is null unless a
	// deeper line follows. pendingRole is what that value is of the head.
	pending     bool
	pendingRole role
	seen        [annotationValue + 1]bool
	head        head
	namespace   string // in metadata; no part of a head
}

// level is an open collection.
type level struct {
	column   int // of its keys or dashes
	sequence bool
	role     role
}

// role says what a collection or a value is of a document's head.
type role byte

const (
	other role = iota
	root
	apiVersionValue
	kindValue
	metadataTable
	nameValue
	namespaceValue
	annotationTable
	annotationValue
)

// maxLevels is deeper than any manifest.
const maxLevels = 100

// nextLine takes the next line, without its end.
func (o *outline) nextLine() string {
	line, rest, _ := strings.Cut(o.rest, "\n")
	o.rest = rest
	return line
}

// line reads one line, or all of a block scalar. It reports false when it does
// not know what the YAML parser would make of it.
func (o *outline) line() bool {
	line := o.nextLine()
	body := strings.TrimLeft(line, " ")
	if body == "" || body[0] == '#' {
		return true
	}
	if strings.IndexByte(body, '\t') >= 0 {
		return false
	}
	column := len(line) - len(body)
	if isItem(body) {
		return o.openItem(column) && o.item(column, body)
	}
	if o.pending && column > o.top().column && (o.pendingRole == other || o.pendingRole == annotationTable) {
		if _, _, ok := cutKey(body); !ok {
			return o.value(body, o.pendingRole, "") // on a line of its own
		}
	}
	return o.openEntry(column) && o.entry(body)
}

// isItem reports whether a line has an item of a sequence.
func isItem(body string) bool {
	return body[0] == '-' && (len(body) == 1 || body[1] == ' ')
}

func (o *outline) top() *level { return &o.levels[len(o.levels)-1] }

func (o *outline) push(l level) bool {
	o.levels = append(o.levels, l)
	return len(o.levels) < maxLevels
}

// closeTo closes the collections that are deeper than column, and reports
// whether one at this very column is open.
func (o *outline) closeTo(column int) bool {
	for len(o.levels) > 0 && o.top().column > column {
		o.levels = o.levels[:len(o.levels)-1]
	}
	return len(o.levels) > 0 && o.top().column == column
}

// openItem makes a sequence with dashes at column the innermost collection.
func (o *outline) openItem(column int) bool {
	if len(o.levels) == 0 {
		return false // the root is a mapping
	}
	top := o.top()
	child := column > top.column || column == top.column && !top.sequence && o.pending
	if child {
		return o.pending && o.pendingRole == other && o.push(level{column: column, sequence: true})
	}
	return o.closeTo(column) && o.top().sequence
}

// openEntry makes a mapping with keys at column the innermost collection.
func (o *outline) openEntry(column int) bool {
	if len(o.levels) == 0 {
		return o.push(level{column: column, role: root})
	}
	if column > o.top().column {
		return o.pending && o.openTable(column)
	}
	if !o.closeTo(column) {
		return false
	}
	if o.top().sequence {
		// The dashes of a sequence may stand at the column of the mapping
		// that it is a value in.
		o.levels = o.levels[:len(o.levels)-1]
		return len(o.levels) > 0 && o.top().column == column && !o.top().sequence
	}
	return true
}

// openTable opens the mapping that is the pending value.
func (o *outline) openTable(column int) bool {
	switch o.pendingRole {
	case apiVersionValue, kindValue, nameValue, namespaceValue, annotationValue:
		return false
	case annotationTable:
		o.head.annotations = map[string]string{}
	}
	return o.push(level{column: column, role: o.pendingRole})
}

// item reads "- …".
func (o *outline) item(column int, body string) bool {
	value := strings.TrimLeft(body[1:], " ")
	column += len(body) - len(value)
	switch {
	case value == "" || value[0] == '#':
		return o.value("", other, "")
	case isItem(value):
		return o.push(level{column: column, sequence: true}) && o.item(column, value)
	}
	if _, _, ok := cutKey(value); ok {
		return o.push(level{column: column}) && o.entry(value)
	}
	return o.value(value, other, "")
}

// entry reads "key: …" of the innermost mapping.
func (o *outline) entry(body string) bool {
	key, value, ok := cutKey(body)
	if !ok {
		return false
	}
	r := other
	switch o.top().role {
	case root:
		r, ok = o.fieldRole(key.text, [...]field{{"apiVersion", apiVersionValue}, {"kind", kindValue}, {"metadata", metadataTable}})
	case metadataTable:
		r, ok = o.fieldRole(key.text, [...]field{{"name", nameValue}, {"annotations", annotationTable}, {"namespace", namespaceValue}})
	case annotationTable:
		r, ok = annotationValue, key.quoted || isString(key.text)
	}
	return ok && o.value(value, r, key.text)
}

type field struct {
	name string
	role role
}

// fieldRole finds the role of a key among those of a part of the head. It
// reports false for a field that was there before and for one in another case,
// which JSON decoding would take for the field.
func (o *outline) fieldRole(key string, fields [3]field) (role, bool) {
	for _, f := range fields {
		if key == f.name {
			if o.seen[f.role] {
				return other, false
			}
			o.seen[f.role] = true
			return f.role, true
		}
		if strings.EqualFold(key, f.name) {
			return other, false
		}
	}
	return other, true
}
