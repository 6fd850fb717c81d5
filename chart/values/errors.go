package values

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// FileError is a file named by -f or --set-file that cannot be used.
type FileError struct {
	// Flag is "--values" or "--set-file".
	Flag string
	// Name is the file's name as it was given; "-" is standard input.
	Name string
	// Err says why: what the operating system or ReadFile said, a
	// [*chart.ParseError], a [*RemoteError].
	Err error
}

func (e *FileError) Error() string { return e.Flag + " " + e.Name + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *FileError) Unwrap() error { return e.Err }

// RemoteError is a URL where only a file can be read.
type RemoteError struct {
	Scheme string // "https"
}

func (e *RemoteError) Error() string {
	return e.Scheme + " URLs cannot be read here: download the file and name its path"
}

var errTooLarge = fmt.Errorf("more than the maximum of %d bytes", MaxFileBytes)

// SetError is an expression of the --set family that cannot be read. It names
// the key and never the value, which may be a secret.
type SetError struct {
	// Flag is the flag with its dashes: "--set-json".
	Flag string
	// Key is the key whose value was to be set, as far as it was read:
	// "a.b[3]". It is empty when what was read may be part of a value.
	Key string
	// After is the key that was set before this one in the same expression,
	// empty for the first.
	After string
	// Offset is how many bytes of the expression were read.
	Offset int
	// Err is what is wrong.
	Err error
}

func (e *SetError) Error() string {
	var b strings.Builder
	b.WriteString("failed parsing " + e.Flag + " data: ")
	switch {
	case e.Key != "":
		fmt.Fprintf(&b, "key %q: ", e.Key)
	case e.After != "":
		fmt.Fprintf(&b, "after key %q: ", e.After)
	}
	fmt.Fprintf(&b, "%v (at byte %d)", e.Err, e.Offset)
	return b.String()
}

// Unwrap returns Err.
func (e *SetError) Unwrap() error { return e.Err }

var (
	// errEnd is the end of an expression, where it is none too early.
	errEnd = errors.New("end of expression")

	errNoValue    = errors.New("has no value: write key=value")
	errCommaValue = errors.New(`a comma starts another key, which has no value: write \, for a comma inside a value`)
	errBadIndex   = errors.New("an index must be a whole number: key[0]")
	errAfterIndex = errors.New("unexpected data at end of array index: only =, . or [ can follow ]")
	errOpenList   = errors.New("list must terminate with '}'")
	errBadJSON    = errors.New("the value is not valid JSON: strings need double quotes")
	errDeepJSON   = errors.New("the JSON is nested too deep")
)

// notError is a key that leads through something it cannot lead through.
type notError struct{ want, got string }

func (e *notError) Error() string {
	return "there is " + e.got + " already, which is not " + e.want
}

// failed makes err an error of the expression; the key at fault starts at byte
// start.
func (x *setExpression) failed(err error, start int) error {
	e := &SetError{Flag: x.flag, Key: x.key(), After: x.assigned, Offset: x.in.pos, Err: err}
	if start > 0 && !x.valued {
		// What was read since the last comma may be the rest of a value that
		// has an unescaped comma in it: it must not be shown.
		e.Key = ""
		if err == errNoValue {
			e.Err = errCommaValue
		}
	}
	return e
}

func jsonOffset(err error) int {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return int(syntax.Offset)
	}
	return 0
}

// TypeError is a value in a place where only a table can be: values of a
// subchart.
type TypeError struct {
	// Path is where the value is, from the name of the root chart on:
	// "parent.child".
	Path string
	// Got says what is there instead ("a string", "null").
	Got string
}

func (e *TypeError) Error() string {
	return "type mismatch on " + e.Path + ": values of a subchart must be a table, this is " + e.Got
}

// ImportError is import-values that cannot be followed.
type ImportError struct {
	// Chart is the chart whose Chart.yaml has them.
	Chart string
	// Dependency is the one they import from; empty when it is not one alone.
	Dependency string
	// Reason says what they do.
	Reason string
}

func (e *ImportError) Error() string {
	where := e.Chart
	if e.Dependency != "" {
		where += ", dependency " + e.Dependency
	}
	return "import-values of " + where + ": " + e.Reason
}

// LimitError is a chart that asks for more than can be composed in bounded time
// and memory.
type LimitError struct {
	What string
	Max  int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("more than the maximum of %d %s", e.Max, e.What)
}
