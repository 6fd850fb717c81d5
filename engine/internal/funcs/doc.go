// Package funcs makes the table of template functions: those of Sprig v3 and
// those Helm v4 adds to them, with bounds.
//
// A function comes from Sprig unless one of these is true:
//
//   - it can be made to use memory or time without end (until, repeat, genCA,
//     regular expressions): the bounded form is ours, in bounded.go, regex.go
//     and crypto.go;
//   - it is called so often that reflection shows in the profile (fast.go). Such
//     a function gives Sprig's result for the types it knows and hands all
//     others to Sprig.
//
// A value can hold itself, {{ set $d "self" $d }}, and Go does not recover from
// the stack overflow that printing it would be. The caller therefore gives
// CheckFinite a look at every argument, except for the functions in Shallow.
//
// The tests run the whole table against Sprig's own functions.
//
// # Adding a function
//
// Write it with the rest of its subject, or in a file of its own, and add its
// name to the map that New assembles from. It must be safe for concurrent use
// and must not keep its arguments. It returns one value, or a value and an
// error. If what it makes can be larger than what it is given, bound it by
// Config. If it does not walk its arguments and is given large
// ones, add it to Shallow. If it needs the context or the budget of the render, give it a first
// parameter of type *Render; templates do not see that parameter. Add a row to
// the table in table_test.go, and to docs/compatibility.md if Helm lacks it.
package funcs
