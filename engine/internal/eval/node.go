package eval

import "text/template/parse"

// The compiled tree mirrors the one of text/template/parse, with what running it
// needs and no more. Nodes know their place; the rest of what messages say is
// found by parsing the text once more, see source.

// place says where in its text a node stands and what it is there. No two nodes
// of a text have the same place.
type place struct {
	pos  int32
	kind nodeKind
}

// nodeKind is a parse.NodeType.
type nodeKind uint8

const (
	kindAction     = nodeKind(parse.NodeAction)
	kindBool       = nodeKind(parse.NodeBool)
	kindChain      = nodeKind(parse.NodeChain)
	kindCommand    = nodeKind(parse.NodeCommand)
	kindDot        = nodeKind(parse.NodeDot)
	kindField      = nodeKind(parse.NodeField)
	kindIdentifier = nodeKind(parse.NodeIdentifier)
	kindIf         = nodeKind(parse.NodeIf)
	kindNil        = nodeKind(parse.NodeNil)
	kindNumber     = nodeKind(parse.NodeNumber)
	kindPipe       = nodeKind(parse.NodePipe)
	kindRange      = nodeKind(parse.NodeRange)
	kindString     = nodeKind(parse.NodeString)
	kindTemplate   = nodeKind(parse.NodeTemplate)
	kindVariable   = nodeKind(parse.NodeVariable)
	kindWith       = nodeKind(parse.NodeWith)
)

// stmt is a statement: *textStmt, *actionStmt, *branchStmt, *rangeStmt,
// *callStmt, *jumpStmt.
type stmt interface{}

type textStmt struct{ text string }

type actionStmt struct {
	place
	pipe pipeline
}

// branchStmt is if and with.
type branchStmt struct {
	place
	with     bool
	pipe     pipeline
	list     []stmt
	elseList []stmt
}

type rangeStmt struct {
	place
	pipe     pipeline
	list     []stmt
	elseList []stmt
}

// callStmt is {{template "name" pipeline}}.
type callStmt struct {
	place
	name string
	pipe *pipeline // nil when there is none
}

type jumpStmt struct{ signal signal }

// signal says how a list of statements ended.
type signal int

const (
	fellThrough signal = iota
	brokeOff
	continued
)

// expr is an expression: *dotExpr, *nilExpr, *fieldExpr, *varExpr, *chainExpr,
// *constExpr, *command (a function without arguments), *pipeline.
type expr interface{}

type dotExpr struct{ place }

type nilExpr struct{ place }

type fieldExpr struct {
	place
	fields []string
}

type varExpr struct {
	place
	name   string
	fields []string
}

// chainExpr is (pipeline).Field.Field.
type chainExpr struct {
	place
	inner  expr
	fields []string
}

// constExpr is a literal. value is what it is without a context that asks for
// a type; fault says why there is no such value.
type constExpr struct {
	place
	value any
	fault string
	num   *number // nil unless it is a number
}

// command is one element of a pipeline: a function or a field with arguments,
// or an operand alone.
type command struct {
	place
	fn   *function // nil unless the first word is a function
	head expr      // nil when fn is set
	args []expr    // the arguments after the first word
}

type pipeline struct {
	place
	assign bool
	decl   []string
	cmds   []command
}
