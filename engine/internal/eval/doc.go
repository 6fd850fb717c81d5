// Package eval evaluates templates as text/template does.
//
// The language is Go's: what a template means is what text/template makes of
// it, and whether a text is a template is what text/template/parse says. The
// executor is our own, because the standard one cannot be bounded or cancelled,
// goes through reflection at every step, and loses the chain of calls that led to
// an error. So is the parser for what charts commonly write, for speed; it leaves
// errors and everything rare to text/template/parse. The tests of this package
// run every case through both.
//
// A text is compiled once, into a Unit. Scope collects the
// definitions of several units under their names, in which a later definition
// replaces an earlier one. A Run is one evaluation with its budget; it executes
// templates of a scope one after the other and is used by one goroutine.
//
// # Values
//
// text/template works on reflect.Value, which tells apart states that an any
// cannot: no value at all, a nil that was found inside an interface, and a
// struct that is addressable, so that pointer methods may be called on it.
// Templates can observe all three. Here a value is an any in which
//
//   - nil stands for no value (the zero reflect.Value),
//   - ifaceNil stands for a nil of interface type, such as an absent key of a
//     map[string]any: .a.b fails on it where (.a).b does not,
//   - *boxed holds what only a reflect.Value can express,
//   - everything else is the concrete value itself.
//
// That lets the common path be type switches; the rest falls back to reflection.
package eval
