package values

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Bounds of the --set language. They are the reference's.
const (
	maxNesting = 30    // dots in one key
	maxIndex   = 65536 // in a[index]
)

// dialect is what tells the flags of the --set family apart.
type dialect struct {
	flag string
	// literal has no escapes and no commas: all after the first = is the value.
	literal bool
	// json reads values as JSON.
	json bool
	// value makes a value out of its text; nil in the other two.
	value func(text string) (any, error)
}

// setExpression reads one expression ("a.b[0]=x,c={1,2}") into a tree.
//
// The language has no grammar but its reference implementation. A key ends at
// one of = . [ or a comma, a value at a comma; a backslash takes the next
// character's meaning away; {…} is a list. What looks odd below is part of
// it: an expression may end in the middle of a key that has no name yet, and
// is then over without an error.
type setExpression struct {
	dialect
	in scanner
	// path is the key being read, and valued says that it was read to its
	// end; both are for errors.
	path   []string
	valued bool
	// assigned is the last key that got a value.
	assigned string
}

// setInto reads the expression text into dst. The error is a *SetError.
func setInto(dst map[string]any, text string, d dialect) error {
	x := &setExpression{dialect: d, in: scanner{text: text, escapes: !d.literal}}
	for {
		x.path, x.valued = x.path[:0], false
		start := x.in.pos
		switch err := x.assign(dst, 0); err {
		case nil:
			x.assigned = x.key()
		case errEnd:
			return nil
		default:
			return x.failed(err, start)
		}
	}
}

func (x *setExpression) key() string { return strings.Join(x.path, "") }

func (x *setExpression) keyEnds() string {
	if x.literal {
		return "=[."
	}
	return "=[,."
}

// assign reads "key=value" or the rest of one, and puts it into table.
func (x *setExpression) assign(table map[string]any, nesting int) error {
	name, end, ok := x.in.until(x.keyEnds())
	if !ok {
		if name == "" {
			return errEnd
		}
		x.path = append(x.path, name)
		return errNoValue
	}
	x.path = append(x.path, name)
	switch end {
	case '.':
		if nesting++; nesting > maxNesting {
			return fmt.Errorf("value name nested level is greater than maximum supported nested level of %d", maxNesting)
		}
		return x.assignTable(table, name, nesting)
	case '[':
		return x.assignList(table, name, nesting)
	case ',':
		return errNoValue
	}
	v, err := x.read()
	if err != nil && err != errEnd {
		return err
	}
	put(table, name, v)
	return err
}

// assignTable reads what follows "name.".
func (x *setExpression) assignTable(table map[string]any, name string, nesting int) error {
	inner := map[string]any{}
	if have, ok := table[name]; ok {
		if inner, ok = have.(map[string]any); !ok {
			return &notError{want: "a table", got: kindOf(have)}
		}
	}
	x.path = append(x.path, ".")
	err := x.assign(inner, nesting)
	if err == nil && len(inner) == 0 {
		return errNoValue
	}
	if len(inner) != 0 {
		put(table, name, inner)
	}
	return err
}

// assignList reads what follows "name[".
func (x *setExpression) assignList(table map[string]any, name string, nesting int) error {
	i, err := x.index()
	if err != nil {
		return err
	}
	list := []any{}
	if have, ok := table[name]; ok {
		if list, ok = have.([]any); !ok {
			return &notError{want: "a list", got: kindOf(have)}
		}
	}
	list, err = x.item(list, i, nesting)
	put(table, name, list)
	return err
}

// put sets table[name]. A key without a name is read and then forgotten.
func put(table map[string]any, name string, v any) {
	if name != "" {
		table[name] = v
	}
}

// index reads "3]".
func (x *setExpression) index() (int, error) {
	text, _, ok := x.in.until("]")
	if !ok {
		return 0, errEnd
	}
	i, err := strconv.Atoi(text)
	if err != nil {
		return 0, errBadIndex
	}
	x.path = append(x.path, "["+strconv.Itoa(i)+"]")
	return i, nil
}

// item reads what follows "[i]" and returns the list with it.
func (x *setExpression) item(list []any, i, nesting int) ([]any, error) {
	if i < 0 {
		return list, fmt.Errorf("negative %d index not allowed", i)
	}
	text, end, ok := x.in.until("[.=")
	if text != "" {
		return list, errAfterIndex
	}
	if !ok {
		return list, errEnd
	}
	var v any
	var err error
	switch end {
	case '=':
		if v, err = x.read(); err == errEnd {
			err = nil
		}
	case '[':
		v, err = x.itemOfList(list, i, nesting)
	default:
		v, err = x.itemOfTable(list, i, nesting)
	}
	if err != nil {
		return list, err
	}
	return setIndex(list, i, v)
}

// itemOfList reads what follows "[i][".
func (x *setExpression) itemOfList(list []any, i, nesting int) (any, error) {
	next, err := x.index()
	if err != nil {
		return nil, err
	}
	var inner []any
	if i < len(list) && list[i] != nil {
		var ok bool
		if inner, ok = list[i].([]any); !ok {
			return nil, &notError{want: "a list", got: kindOf(list[i])}
		}
	}
	return x.item(inner, next, nesting)
}

// itemOfTable reads what follows "[i].". What is no table gives way to one.
func (x *setExpression) itemOfTable(list []any, i, nesting int) (any, error) {
	inner := map[string]any{}
	if i < len(list) {
		if t, ok := list[i].(map[string]any); ok {
			inner = t
		} else {
			list[i] = inner
		}
	}
	x.path = append(x.path, ".")
	return inner, x.assign(inner, nesting)
}

func setIndex(list []any, i int, v any) ([]any, error) {
	if i > maxIndex {
		return list, fmt.Errorf("index of %d is greater than maximum supported index of %d", i, maxIndex)
	}
	if i >= len(list) {
		list = append(list, make([]any, i+1-len(list))...)
	}
	list[i] = v
	return list, nil
}

// typed gives the text of a --set value its type.
func typed(text string) (any, error) {
	switch {
	case strings.EqualFold(text, "true"):
		return true, nil
	case strings.EqualFold(text, "false"):
		return false, nil
	case strings.EqualFold(text, "null"):
		return nil, nil
	case text == "0":
		return int64(0), nil
	case text == "" || text[0] == '0':
		return text, nil // not a number: 007 is more often a name than 7
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	return text, nil
}

func isBlank(r rune) bool { return unicode.IsSpace(r) }
