// Package jsonpath prints parts of a tree of values, chosen by a template in the
// dialect of JSONPath that kubectl and Helm have:
//
//	{.image.repository}:{.image.tag}
//	{range .hosts[*]}{.name}{"\n"}{end}
//	{.ports[?(@.name=="http")].port}
//
// What stands outside braces is printed as it is. Inside braces are fields
// (.name, ['name'], a backslash before a dot that is part of the name),
// wildcards (.*, [*]), list elements ([0], [-1], [0:2], [::2]), alternatives
// ([0,2], ['a','b']), recursive descent (..name), filters ([?(@.a)], with ==, !=,
// <, <=, >, >=), literals ("text", 1, 1.5, true) and the words range and end.
// The elements that one pair of braces finds are separated by spaces; maps and
// lists are printed as JSON.
//
// Trees consist of map[string]any, []any, string, float64, bool and nil. Maps are
// gone through in the order of their keys.
package jsonpath

import "fmt"

// SyntaxError is a template that cannot be parsed.
type SyntaxError struct {
	Template string
	Reason   string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("error parsing jsonpath %s: %s", e.Template, e.Reason)
}

// NotFoundError is a field that nothing has.
type NotFoundError struct{ Field string }

func (e *NotFoundError) Error() string { return e.Field + " is not found" }
