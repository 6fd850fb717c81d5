package eval

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Unit is a compiled text: its own body and the templates it defines. It is
// immutable; the same unit can stand for several files of equal text.
type Unit struct {
	text string
	main definition
	defs []definition
}

type definition struct {
	name  string
	body  []stmt
	empty bool // nothing but space and comments
}

// Compile parses text and resolves the functions it calls. The name appears in
// a *ParseError only.
//
// Nearly every text is read by a parser of our own, which makes the compiled
// tree directly and knows no errors: what it is not sure of goes to
// text/template/parse, whose verdict and words stand.
func Compile(name, text string, funcs *Functions) (*Unit, error) {
	if len(text) > math.MaxInt32 {
		return nil, &ParseError{Name: name, Message: "the text is longer than 2 GiB"}
	}
	if u, err := parseDirectly(name, text, funcs); u != nil || err != nil {
		return u, err
	}
	if strings.Count(text, ":=") > maxDeclarations {
		return nil, tooMany(name, 0, maxDeclarations)
	}
	return compileTrees(name, text, funcs)
}

// ParseError is a text that is no template.
type ParseError struct {
	Name    string
	Line    int // counts from 1; 0 when not known
	Message string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Message)
}

// parseError takes apart the text of parse's errors, which are untyped:
// "template: NAME:LINE: MESSAGE".
func parseError(name string, err error) *ParseError {
	msg := err.Error()
	rest, ok := strings.CutPrefix(msg, "template: "+name+":")
	if !ok {
		return &ParseError{Name: name, Message: msg}
	}
	num, text, _ := strings.Cut(rest, ": ")
	line, err := strconv.Atoi(num)
	if err != nil {
		return &ParseError{Name: name, Message: msg}
	}
	return &ParseError{Name: name, Line: line, Message: text}
}
