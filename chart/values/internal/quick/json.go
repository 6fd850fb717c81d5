package quick

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// kind is the type of a JSON value.
type kind uint8

// The kinds are bits, for the keyword type. integer is no kind of a JSON value
// but a name there.
const (
	null kind = 1 << iota
	boolean
	number
	integer
	text
	list
	table
)

// value is a JSON value. The zero value is none.
type value struct {
	kind kind
	yes  bool   // of a boolean
	text string // of a string; the digits of a number
	// members are those of a table in their order, or the elements of a list,
	// without keys.
	members []member
	// node is the schema that this value is, once it was read as one.
	node *node
}

type member struct {
	key string
	value
}

// reader reads JSON. What it takes is JSON, and encoding/json reads the same in
// it; some JSON it does not take: keys that occur twice, numbers with an exponent
// or too many digits, deep nesting.
type reader struct {
	in  string
	pos int

	tables int // objects so far
	places int // references and identifiers, as package values counts them
}

const (
	maxLevels = 100 // of tables and lists in each other
	maxDigits = 100 // of a number
)

// parse reads a JSON text.
func (r *reader) parse() (*value, bool) {
	if !utf8.ValidString(r.in) {
		return nil, false
	}
	v := &value{}
	if !r.value(v, 0) {
		return nil, false
	}
	r.space()
	return v, r.pos == len(r.in)
}

func (r *reader) space() {
	for r.pos < len(r.in) && strings.IndexByte(" \t\r\n", r.in[r.pos]) >= 0 {
		r.pos++
	}
}

// peek skips white space and returns the byte behind it, 0 at the end.
func (r *reader) peek() byte {
	r.space()
	if r.pos == len(r.in) {
		return 0
	}
	return r.in[r.pos]
}

// take skips white space and one byte if it is c.
func (r *reader) take(c byte) bool {
	if r.peek() != c || c == 0 {
		return false
	}
	r.pos++
	return true
}

func (r *reader) value(v *value, level int) bool {
	if level > maxLevels {
		return false
	}
	switch c := r.peek(); c {
	case '{':
		v.kind = table
		r.tables++
		return r.table(v, level)
	case '[':
		v.kind = list
		return r.list(v, level)
	case '"':
		v.kind = text
		var ok bool
		v.text, ok = r.quoted()
		return ok
	case 't':
		v.kind, v.yes = boolean, true
		return r.word("true")
	case 'f':
		v.kind = boolean
		return r.word("false")
	case 'n':
		v.kind = null
		return r.word("null")
	}
	v.kind = number
	return r.number(v)
}

func (r *reader) word(w string) bool {
	if !strings.HasPrefix(r.in[r.pos:], w) {
		return false
	}
	r.pos += len(w)
	return true
}

func (r *reader) table(v *value, level int) bool {
	r.pos++
	if r.take('}') {
		return true
	}
	for {
		if r.peek() != '"' {
			return false
		}
		key, ok := r.quoted()
		if !ok || !r.take(':') {
			return false
		}
		v.members = append(v.members, member{key: key})
		m := &v.members[len(v.members)-1].value
		if !r.value(m, level+1) {
			return false
		}
		if m.kind == text && isPlace(key) {
			r.places++
		}
		if r.take('}') {
			return !hasTwice(v.members)
		}
		if !r.take(',') {
			return false
		}
	}
}

func (r *reader) list(v *value, level int) bool {
	r.pos++
	if r.take(']') {
		return true
	}
	for {
		v.members = append(v.members, member{})
		if !r.value(&v.members[len(v.members)-1].value, level+1) {
			return false
		}
		if r.take(']') {
			return true
		}
		if !r.take(',') {
			return false
		}
	}
}

// quoted reads a string, at whose quote the reader is.
func (r *reader) quoted() (string, bool) {
	start := r.pos
	escaped := false
	for r.pos++; r.pos < len(r.in); r.pos++ {
		switch c := r.in[r.pos]; {
		case c == '"':
			r.pos++
			if !escaped {
				return r.in[start+1 : r.pos-1], true
			}
			var s string
			err := json.Unmarshal([]byte(r.in[start:r.pos]), &s)
			return s, err == nil
		case c == '\\':
			escaped = true
			r.pos++
		case c < ' ':
			return "", false
		}
	}
	return "", false
}

// number reads -?(0|[1-9][0-9]*)(\.[0-9]+)?
func (r *reader) number(v *value) bool {
	start := r.pos
	if r.pos < len(r.in) && r.in[r.pos] == '-' {
		r.pos++
	}
	whole := r.digits()
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		return false
	}
	if r.pos < len(r.in) && r.in[r.pos] == '.' {
		r.pos++
		if r.digits() == "" {
			return false
		}
	}
	if r.pos < len(r.in) && (r.in[r.pos] == 'e' || r.in[r.pos] == 'E') {
		return false
	}
	v.text = r.in[start:r.pos]
	return len(v.text) <= maxDigits
}

func (r *reader) digits() string {
	start := r.pos
	for r.pos < len(r.in) && r.in[r.pos] >= '0' && r.in[r.pos] <= '9' {
		r.pos++
	}
	return r.in[start:r.pos]
}

func isPlace(key string) bool {
	switch key {
	case "$ref", "$dynamicRef", "$id", "id", "$anchor":
		return true
	}
	return false
}

// hasTwice reports whether a key occurs twice.
func hasTwice(members []member) bool {
	if len(members) > 16 {
		seen := make(map[string]bool, len(members))
		for i := range members {
			if seen[members[i].key] {
				return true
			}
			seen[members[i].key] = true
		}
		return false
	}
	for i := range members {
		for j := range i {
			if members[i].key == members[j].key {
				return true
			}
		}
	}
	return false
}

// at returns the member of a table, nil when there is none.
func (v *value) at(key string) *value {
	if v.kind == table {
		for i := range v.members {
			if v.members[i].key == key {
				return &v.members[i].value
			}
		}
	}
	return nil
}
