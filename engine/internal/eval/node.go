package eval

import "text/template/parse"

// The compiled tree mirrors the one of text/template/parse. Nodes keep the
// parse node they were made from for positions and messages.

// stmt is a statement: *textStmt, *actionStmt, *branchStmt, *rangeStmt,
// *callStmt, *jumpStmt.
type stmt interface{}

type textStmt struct{ text []byte }

type actionStmt struct {
	node parse.Node
	pipe *pipeline
}

// branchStmt is if and with.
type branchStmt struct {
	node     parse.Node
	pipe     *pipeline
	with     bool
	list     []stmt
	elseList []stmt
}

type rangeStmt struct {
	node     parse.Node
	pipe     *pipeline
	list     []stmt
	elseList []stmt
}

// callStmt is {{template "name" pipeline}}.
type callStmt struct {
	node parse.Node
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

type dotExpr struct{ node parse.Node }

type nilExpr struct{ node parse.Node }

type fieldExpr struct {
	node   parse.Node
	fields []string
}

type varExpr struct {
	node   parse.Node
	name   string
	fields []string
}

// chainExpr is (pipeline).Field.Field.
type chainExpr struct {
	node   parse.Node
	inner  expr
	fields []string
}

// constExpr is a literal. value is what it is without a context that asks for
// a type; fault says why there is no such value.
type constExpr struct {
	node  parse.Node
	value any
	fault string
}

// command is one element of a pipeline: a function or a field with arguments,
// or an operand alone.
type command struct {
	node parse.Node
	fn   *function // nil unless first names a function
	head expr      // nil when fn is set
	args []expr    // the arguments after the first word
}

type pipeline struct {
	node   parse.Node
	assign bool
	decl   []string
	cmds   []*command
}
