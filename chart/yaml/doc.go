// Package yaml writes and reads the YAML of charts as sigs.k8s.io/yaml does, the
// library that Helm uses, and several times faster.
//
// The library goes a long way: it writes a value as JSON, parses that as YAML,
// and writes YAML; or it parses YAML, writes JSON and decodes that. Here a tree
// becomes text, and text a tree, in one step. A tree consists of map[string]any,
// []any, string, float64, bool and nil; Encode takes a few types more.
//
// # What is vouched for
//
// Both directions know a part of what the library knows, and know where it ends.
//
//   - Encode writes what it is sure about and calls the library for the rest:
//     structs, text with control characters that JSON or YAML refuses, keys that
//     are long or not ASCII, keys that the library has no consistent order for.
//   - Decode reports false for whatever it is not sure about: anchors, tags,
//     several documents, keys that are no strings, tabs between tokens, and all
//     that is broken. The caller then asks the library, so that every error has
//     the library's words.
//
// What looks odd is the library's and has to be: yes and on are true, 0o17 is a
// number and 12:30 is text that other parsers take for a number, lines are broken
// behind column 80, digits in keys are ordered by the number they make, numbers
// without a fraction lose it, characters beyond 16 bits are escaped.
//
// The tests hold both directions against the library: tables of the cases that
// are easy to get wrong, trees and documents made at random, and two fuzz
// targets. Nothing else decides what is right. To take more here instead of
// leaving it to the library, add the cases to the tables first.
//
// # The files
//
// resolve.go knows what a scalar without quotes is taken for, in both directions.
// encode.go writes collections and numbers, encode_style.go chooses how a string
// is written, encode_text.go writes it, keys.go puts keys in order. decode.go goes
// from line to line, decode_block.go reads collections, decode_scalar.go scalars in
// a line or in quotes, decode_lines.go those behind | and >, decode_flow.go what
// stands between brackets.
package yaml
