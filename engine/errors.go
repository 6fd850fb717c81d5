package engine

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hchart/hchart/engine/internal/eval"
	"github.com/hchart/hchart/engine/internal/funcs"
)

// Position is a place in a template; Line and Column count from 1, the column
// in bytes. In a text that was given to tpl, File is "gotpl".
type Position = eval.Position

// Frame is a call that was under way when an error happened.
type Frame = eval.Frame

// LimitError is a bound of Limits that a template ran into.
type LimitError struct {
	Limit string // the name of the bound: "steps", "include depth", "items", …
	Max   int64
	Hint  string // what the bound is about
	Err   error  // the error of the evaluator or of the function
}

func (e *LimitError) Error() string { return e.Err.Error() }

func (e *LimitError) Unwrap() error { return e.Err }

// limitOf finds a bound among the causes of an error.
func limitOf(err error) error {
	var (
		inEval  *eval.LimitError
		inFuncs *funcs.LimitError
	)
	switch {
	case errors.As(err, &inEval):
		return &LimitError{inEval.Limit, inEval.Max, inEval.Hint, err}
	case errors.As(err, &inFuncs):
		return &LimitError{inFuncs.Limit, inFuncs.Max, inFuncs.Hint, err}
	}
	return err
}

// ParseError is a template file that is not a template.
type ParseError struct {
	File    string // "chart/templates/x.yaml"
	Line    int    // counts from 1
	Message string
	Source  string // the line itself
}

func (e *ParseError) Error() string {
	s := fmt.Sprintf("parse error at (%s:%d): %s", e.File, e.Line, e.Message)
	if src := strings.TrimSpace(e.Source); src != "" {
		s += "\n  " + src
	}
	return s
}

// RenderError is a template that failed while it was evaluated.
type RenderError struct {
	// File is the rendered file, which the failing template may have been
	// included from.
	File string
	// Position is the place of the expression that failed.
	Position Position
	// Expression is that expression as it is written in the template.
	Expression string
	// Function is the template function that failed, if one did.
	Function string
	// Message says what is wrong.
	Message string
	// Frames are the calls that led there, innermost first.
	Frames []Frame
	// Err is the cause: what a function returned, or a *LimitError.
	Err error
}

// Error starts with Helm's line for required and fail, and with the innermost
// place for everything else; the chain of calls follows.
func (e *RenderError) Error() string {
	var b strings.Builder
	if msg, ok := e.Abort(); ok {
		at := e.Position
		if n := len(e.Frames); n > 0 {
			at = e.Frames[n-1].Position
		}
		// Helm counts columns from 0.
		fmt.Fprintf(&b, "execution error at (%s:%d:%d): %s", at.File, at.Line, at.Column-1, msg)
		if len(e.Frames) > 0 {
			fmt.Fprintf(&b, "\n  %s <%s>", e.Position, e.Expression)
		}
	} else {
		fmt.Fprintf(&b, "%s: ", e.Position)
		if e.Function != "" {
			fmt.Fprintf(&b, "error calling %s: ", e.Function)
		}
		fmt.Fprintf(&b, "%s\n  at <%s>", e.Message, e.Expression)
	}
	writeFrames(&b, e.Frames)
	return b.String()
}

// shownFrames is how many calls of a long chain are shown from either end: an
// endless recursion has thousands.
const shownFrames = 5

func writeFrames(b *strings.Builder, frames []Frame) {
	for i := 0; i < len(frames); i++ {
		if hidden := len(frames) - 2*shownFrames; i == shownFrames && hidden > 1 {
			fmt.Fprintf(b, "\n  … %d more calls …", hidden)
			i += hidden
		}
		fmt.Fprintf(b, "\n  %s: %s", frames[i].Position, frames[i].Call)
	}
}

// Abort reports whether the chart itself stopped, by required or fail, and what
// it had to say.
func (e *RenderError) Abort() (message string, ok bool) {
	var a *abortError
	if errors.As(e.Err, &a) {
		return a.message, true
	}
	return "", false
}

func (e *RenderError) Unwrap() error { return e.Err }

// abortError is what required and fail return.
type abortError struct{ message string }

func (e *abortError) Error() string { return e.message }

// renderError dresses an error of the evaluator.
func renderError(file string, err error) error {
	var ee *eval.Error
	if !errors.As(err, &ee) {
		return err // the context's
	}
	return &RenderError{File: file, Position: ee.Position, Expression: ee.Context, Function: ee.Function,
		Message: ee.Message, Frames: ee.Frames, Err: limitOf(ee.Err)}
}
