package eval

import (
	"fmt"
	"strings"
)

// Position is a place in a template text; Line and Column count from 1, the
// column in bytes.
type Position struct {
	File   string
	Line   int
	Column int
}

func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Frame is a call that was under way when an error happened.
type Frame struct {
	// Position is where the call is written.
	Position Position
	// Call is what was called: `include "name"`, `template "name"`, "tpl", or
	// empty for the file that was rendered.
	Call string
}

// Error is a failed evaluation.
type Error struct {
	// Position is the place of the expression that failed.
	Position Position
	// Context is that expression as it is written.
	Context string
	// Function is the function that returned the error, if one did.
	Function string
	// Message says what is wrong.
	Message string
	// Frames are the calls that led to the place, innermost first. The last
	// one stands for the rendered file.
	Frames []Frame
	// Err is the cause: the error a function returned, or a *LimitError.
	Err error
}

// Error is the place and the fault; the frames are for the caller to show.
func (e *Error) Error() string {
	call := ""
	if e.Function != "" {
		call = "error calling " + e.Function + ": "
	}
	return fmt.Sprintf("%s: %s%s\n  at <%s>", e.Position, call, e.Message, e.Context)
}

func (e *Error) Unwrap() error { return e.Err }

// LimitError is a bound of Limits that a template ran into.
type LimitError struct {
	Limit string // the name of the bound: "steps", "include depth", …
	Max   int64
	Hint  string // what the bound is about
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("limit of %s exceeded (%d): %s", e.Limit, e.Max, e.Hint)
}

// positionIn finds the line and column of a node in the text it was parsed
// from. Only errors, notices and traces need it.
func positionIn(t *Template, at place) Position {
	p := Position{File: t.File, Line: 1, Column: 1}
	if at == (place{}) {
		return p
	}
	before := t.unit.text[:min(int(at.pos), len(t.unit.text))]
	p.Line += strings.Count(before, "\n")
	p.Column = len(before) - strings.LastIndexByte(before, '\n')
	return p
}

// fault is the panic value that carries an *Error up to Run.Execute. Errors end
// the whole evaluation, there is no handler in the language, so unwinding is
// the simplest way out of deep recursion (text/template does the same).
type fault struct{ err *Error }
