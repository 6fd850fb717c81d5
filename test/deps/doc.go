// Package deps holds the tests that keep the architecture as docs/architecture.md
// draws it: which package imports which, what the programs link, and what no
// package of the library does (print, keep state, run code at start).
package deps
