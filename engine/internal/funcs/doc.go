// Package funcs makes the table of template functions: those of Sprig v3.3.0
// without env and expandenv, and those Helm v4.3.1 adds to them, with bounds.
//
// New returns the table. What depends on the chart or the release (include, tpl,
// required, fail, lookup) and text/template's own functions are the evaluator's.
// The table is made once a program and used by many goroutines; what belongs to
// one render, such as its budget for making keys, is in a Render, which functions
// that need it take as a first parameter that templates do not see. Keys for
// certificates, the slowest thing a chart can ask for, are made two at a time: see
// KeySource.
//
// A function comes from Sprig unless one of these is true:
//
//   - One call can use memory or time without end, since Go cannot recover from
//     either. A string or list that is a few times as long as the arguments is
//     nothing to bother about: the evaluator refuses results that are too long,
//     and adds them up. What multiplies (until, repeat, indent, join, replace,
//     split, printf), what takes long (regular expressions, keys, uniq) and what
//     unfolds (the decoders) has a bound of its own here, found before the work
//     is done.
//   - It walks values to any depth. A value can hold itself, {{ set $d "self" $d
//     }}, and a stack overflow ends the process. CheckFinite looks first; the
//     evaluator calls it for every function that Shallow does not name. Those it
//     names do not look into their arguments or, like merge and deepEqual, have an
//     implementation here that ends by itself.
//   - It is called so often that reflection shows in the profile. Such a function
//     has a case for each type that comes out of YAML and hands all others to
//     Sprig.
//
// A bound that is exceeded is a *LimitError, a value without an end a
// *CycleError. In everything else the functions give Sprig's and Helm's results,
// down to the dynamic type, the order of elements and what is shared with the
// arguments. The tests run tables, random calls and fuzzed ones through Sprig's
// functions and these, and Helm's own functions through Helm itself when
// HCHART_HELM names it.
//
// # Adding a function
//
// Write it in the file of its subject, or in a file of its own that returns a map
// from names to functions, and name that in New.
//
//   - It must be safe for concurrent use and keep neither its arguments nor
//     anything else from call to call.
//   - Its parameters have the types that templates pass: string, int, bool, any,
//     map[string]any; a last parameter may be variadic. It returns one value, or a
//     value and an error, which ends the render. The evaluator calls common
//     signatures without reflection (quick.go in engine/internal/eval).
//   - If its result can be more than a few times as long as its arguments, or its
//     time more than proportional to them, take the bounds of Config as a method
//     of bounds and return what they return.
//   - If it looks into maps or lists deeper than their first level, leave it out of
//     Shallow, and it never sees a value without an end.
//   - If it needs the context, or costs milliseconds, give it a first parameter of
//     type *Render and run the costly part through timed.
//   - Give it cases: a function of Sprig's that is rewritten goes into rewritten in
//     fuzz_test.go, which compares it with Sprig's; one of Helm's into helm_test.go;
//     what is random into shape_test.go; what was bounded into size_test.go.
//
// A function that Helm lacks also goes into docs/compatibility.md: a chart that
// uses it no longer works with Helm.
package funcs
