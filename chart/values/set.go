package values

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxIndex and maxNesting are Helm's (CVE-2022-36055, CVE-2022-23524).
	maxIndex   = 65536
	maxNesting = 30
)

// setter reads the language of --set: key=value pairs between commas, where a
// key is a path a.b[0].c and a value may be a list {a,b}. Its verdicts are those
// of Helm's pkg/strvals, with its oddities: what ends in the middle of a path or
// of an index sets nothing and is no error.
type setter struct {
	text    string
	pos     int
	value   func(string) (any, error) // turns the text of a value into a value
	json    bool                      // values are JSON
	literal bool                      // no lists, commas or escapes: the value is all that is left
}

// keyError names the key at fault.
type keyError struct {
	key string
	err error
}

func (e *keyError) Error() string { return fmt.Sprintf("key %q: %v", e.key, e.err) }
func (e *keyError) Unwrap() error { return e.err }

// errEnd is the end of the text. Where it comes up in the middle of a path, the
// pair is dropped.
var errEnd = io.EOF

// typed is the value of --set: null, booleans and integers are recognized.
func typed(s string) (any, error) {
	switch {
	case strings.EqualFold(s, "true"):
		return true, nil
	case strings.EqualFold(s, "false"):
		return false, nil
	case strings.EqualFold(s, "null"):
		return nil, nil
	case s == "0":
		return int64(0), nil
	}
	// A leading zero makes it a text: an account number, not octal.
	if s != "" && s[0] != '0' {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n, nil
		}
	}
	return s, nil
}

func verbatim(s string) (any, error) { return s, nil }

// into sets all pairs in dest.
func (s *setter) into(dest map[string]any) error {
	for {
		if err := s.pair(dest, 0); errors.Is(err, errEnd) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// next reads a rune.
func (s *setter) next() (rune, error) {
	if s.pos >= len(s.text) {
		return 0, errEnd
	}
	r, n := utf8.DecodeRuneInString(s.text[s.pos:])
	s.pos += n
	return r, nil
}

// until reads up to one of the stops and over it. A backslash takes away the
// meaning of the rune after it.
func (s *setter) until(stops string) (text string, stop rune, err error) {
	var b strings.Builder
	for {
		r, err := s.next()
		if err != nil {
			return b.String(), 0, err
		}
		if strings.ContainsRune(stops, r) {
			return b.String(), r, nil
		}
		if r == '\\' && !s.literal {
			if r, err = s.next(); err != nil {
				return b.String(), 0, err
			}
		}
		b.WriteRune(r)
	}
}

// pair reads a path and its value into data.
func (s *setter) pair(data map[string]any, nesting int) error {
	stops := "=[,."
	if s.literal {
		stops = "=[."
	}
	key, stop, err := s.until(stops)
	if err != nil {
		if key == "" {
			return err
		}
		return &keyError{key, errors.New("it has no value")}
	}
	switch stop {
	case '[':
		return s.element(data, key, nesting)
	case '=':
		return s.assign(data, key)
	case ',':
		return &keyError{key, errors.New("it has no value (cannot end with ,)")}
	}
	if nesting++; nesting > maxNesting {
		return &keyError{key, fmt.Errorf("paths may have at most %d dots", maxNesting)}
	}
	inner := map[string]any{}
	if old, ok := data[key]; ok {
		if inner, ok = old.(map[string]any); !ok {
			return &keyError{key, fmt.Errorf("it holds a %s, which has no keys", typeName(old))}
		}
	}
	err = s.pair(inner, nesting)
	if err == nil && len(inner) == 0 {
		return &keyError{key, errors.New("it has no value")}
	}
	if len(inner) != 0 {
		put(data, key, inner)
	}
	return err
}

// put sets a key; an empty one is dropped.
func put(data map[string]any, key string, v any) {
	if key != "" {
		data[key] = v
	}
}

func typeName(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case []any:
		return "list"
	case map[string]any:
		return "table"
	case string:
		return "string"
	case bool:
		return "boolean"
	}
	return "number"
}

func (s *setter) assign(data map[string]any, key string) error {
	if s.json {
		v, err := s.jsonValue()
		if err != nil {
			return withKey(key, err)
		}
		put(data, key, v)
		_, err = s.blank()
		return withKey(key, err)
	}
	v, err := s.anyValue()
	if err != nil && !errors.Is(err, errEnd) {
		return withKey(key, err)
	}
	put(data, key, v)
	return err
}

func withKey(key string, err error) error {
	if err == nil || errors.Is(err, errEnd) {
		return err
	}
	return &keyError{key, err}
}

// anyValue reads the text after an equals sign: a list, or a value up to the
// next comma. errEnd says that there was no text at all.
func (s *setter) anyValue() (any, error) {
	if s.literal {
		v := s.text[s.pos:]
		s.pos = len(s.text)
		return strings.ToValidUTF8(v, "\uFFFD"), nil
	}
	if s.pos >= len(s.text) {
		return "", errEnd
	}
	if s.text[s.pos] == '{' {
		s.pos++
		return s.list()
	}
	text, _, err := s.until(",")
	if err != nil && !errors.Is(err, errEnd) {
		return nil, err
	}
	return s.value(text)
}

// list reads a list after its opening brace.
func (s *setter) list() (any, error) {
	list := []any{}
	for {
		text, stop, err := s.until(",}")
		if err != nil {
			return nil, errors.New("list must terminate with '}'")
		}
		v, err := s.value(text)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if stop == '}' {
			if strings.HasPrefix(s.text[s.pos:], ",") {
				s.pos++
			}
			return list, nil
		}
	}
}

// jsonValue reads a JSON value; none at all is null.
func (s *setter) jsonValue() (any, error) {
	if empty, err := s.blank(); empty || err != nil {
		return nil, err
	}
	dec := json.NewDecoder(strings.NewReader(s.text[s.pos:]))
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, jsonError(err)
	}
	s.pos += int(dec.InputOffset())
	return v, nil
}

// blank skips white space; it reports whether a comma, which it takes, or the
// end came before anything else.
func (s *setter) blank() (bool, error) {
	for {
		at := s.pos
		r, err := s.next()
		switch {
		case err != nil, r == ',':
			return true, nil
		case !unicode.IsSpace(r):
			s.pos = at
			return false, nil
		}
	}
}

// element reads [index]… and its value into the list under key.
func (s *setter) element(data map[string]any, key string, nesting int) error {
	i, err := s.index()
	if err != nil {
		return withKey(key, err)
	}
	list := []any{}
	if old, ok := data[key]; ok {
		if list, ok = old.([]any); !ok {
			return &keyError{key, fmt.Errorf("it holds a %s, which has no index", typeName(old))}
		}
	}
	list, err = s.item(list, i, nesting)
	put(data, key, list)
	return withKey(key, err)
}

func (s *setter) index() (int, error) {
	text, _, err := s.until("]")
	if err != nil {
		return 0, err
	}
	i, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no index", text)
	}
	if i < 0 {
		return 0, fmt.Errorf("negative %d index not allowed", i)
	}
	return i, nil
}

// item sets element i of list to what follows the index.
func (s *setter) item(list []any, i, nesting int) ([]any, error) {
	text, stop, err := s.until("[.=")
	switch {
	case text != "":
		return list, fmt.Errorf("unexpected data at end of array index: %q", text)
	case err != nil:
		return list, err
	case stop == '[':
		return s.nestedItem(list, i, nesting)
	case stop == '.':
		inner, ok := map[string]any{}, true
		if i < len(list) {
			if inner, ok = list[i].(map[string]any); !ok {
				inner = map[string]any{}
				list[i] = inner
			}
		}
		if err := s.pair(inner, nesting); err != nil {
			return list, err
		}
		return setIndex(list, i, inner)
	case s.json:
		v, err := s.jsonValue()
		if err != nil {
			return list, err
		}
		if list, err = setIndex(list, i, v); err != nil {
			return list, err
		}
		_, err = s.blank()
		return list, err
	}
	v, err := s.anyValue()
	if err != nil && !errors.Is(err, errEnd) {
		return list, err
	}
	return setIndex(list, i, v)
}

func (s *setter) nestedItem(list []any, i, nesting int) ([]any, error) {
	at, err := s.index()
	if err != nil {
		return list, err
	}
	var inner []any
	if i < len(list) && list[i] != nil {
		var ok bool
		if inner, ok = list[i].([]any); !ok {
			return list, fmt.Errorf("element %d holds a %s, which has no index", i, typeName(list[i]))
		}
	}
	inner, err = s.item(inner, at, nesting)
	if err != nil {
		return list, err
	}
	return setIndex(list, i, inner)
}

func setIndex(list []any, i int, v any) ([]any, error) {
	if i > maxIndex {
		return list, fmt.Errorf("index of %d is greater than maximum supported index of %d", i, maxIndex)
	}
	if i >= len(list) {
		grown := make([]any, i+1)
		copy(grown, list)
		list = grown
	}
	list[i] = v
	return list, nil
}
