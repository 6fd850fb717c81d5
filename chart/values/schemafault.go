package values

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/hchart/hchart/chart/values/internal/jsonschema"
	"github.com/hchart/hchart/chart/values/internal/jsonschema/kind"
)

// InvalidError are values that do not meet a schema.
type InvalidError struct {
	// Faults are sorted by path, those of one path in the schema's order.
	Faults []Fault
}

// Fault is one thing that is wrong with values.
type Fault struct {
	// Path is the JSON pointer of the value ("/image/tag"), empty for all
	// values of the chart.
	Path string
	// Level is 0, or more for a fault that explains the last one before it
	// with a lower level: why each alternative of a oneOf did not match.
	Level int
	// Message says what is wrong, in the words that Helm prints. It names what
	// the schema wants, but no string that the user gave, nor a number where
	// the path looks like that of a secret.
	Message string
}

// Error lists the faults, one "- at '/path': message" a line.
func (e *InvalidError) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s- at %s: %s", strings.Repeat("  ", f.Level), quoted(f.Path), f.Message)
	}
	return b.String()
}

// newInvalidError takes apart what the library says of values.
func newInvalidError(err error) error {
	var top *jsonschema.ValidationError
	if !errors.As(err, &top) {
		return &BadSchemaError{Reason: "cannot be applied", Err: err}
	}
	r := faultReader{printer: message.NewPrinter(language.English)}
	r.causes(top, 0)
	return &InvalidError{Faults: r.faults}
}

type faultReader struct {
	printer *message.Printer
	faults  []Fault
}

func (r *faultReader) read(e *jsonschema.ValidationError, level int) {
	// A reference with one fault behind it is not worth a line.
	_, isRef := e.ErrorKind.(*kind.Reference)
	if !isRef || len(e.Causes) != 1 {
		r.faults = append(r.faults, Fault{Path: pointer(e.InstanceLocation), Level: level, Message: r.message(e)})
		level++
	}
	r.causes(e, level)
}

// causes reads what is behind e. The library goes through tables in random
// order; alternatives are in the schema's.
func (r *faultReader) causes(e *jsonschema.ValidationError, level int) {
	switch e.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
		slices.SortStableFunc(e.Causes, func(a, b *jsonschema.ValidationError) int {
			return slices.Compare(a.InstanceLocation, b.InstanceLocation)
		})
	}
	for _, cause := range e.Causes {
		r.read(cause, level)
	}
}

// message returns what the library says, but for user's values in it.
func (r *faultReader) message(e *jsonschema.ValidationError) string {
	switch k := e.ErrorKind.(type) {
	case *kind.Pattern:
		return "value does not match pattern " + quoted(k.Want)
	case *kind.Format:
		return "value is not valid " + k.Want
	case *kind.ContentEncoding:
		return "value is not " + quoted(k.Want) + " encoded"
	case *kind.ContentMediaType:
		return "value is not of mediatype " + quoted(k.Want)
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
	}
	text := e.ErrorKind.LocalizedString(r.printer)
	if looksSecret(e.InstanceLocation) {
		if name, want, ok := numberFault(text); ok {
			return name + ":" + want
		}
	}
	return text
}

// numberFault takes apart "minimum: got 3, want 5" into "minimum" and " want 5".
func numberFault(text string) (name, want string, ok bool) {
	name, rest, ok := strings.Cut(text, ": got ")
	if !ok {
		return "", "", false
	}
	i := strings.LastIndex(rest, ", want ")
	if i < 0 {
		return "", "", false
	}
	return name, rest[i+1:], true
}

// looksSecret reports whether the path is one that people keep secrets at.
func looksSecret(path []string) bool {
	for _, key := range path {
		key = strings.ToLower(key)
		for _, word := range []string{"pass", "pwd", "secret", "token", "key", "cred", "auth", "pin", "private"} {
			if strings.Contains(key, word) {
				return true
			}
		}
	}
	return false
}

// pointer makes a JSON pointer.
func pointer(path []string) string {
	var b strings.Builder
	for _, key := range path {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// quoted puts s into single quotes the way the library does.
func quoted(s string) string {
	q := fmt.Sprintf("%q", s)
	q = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	return "'" + strings.ReplaceAll(q, "'", `\'`) + "'"
}
