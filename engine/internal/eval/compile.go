package eval

import (
	"fmt"
	"strconv"
	"strings"
	"text/template/parse"
)

// Unit is a compiled text: its own body and the templates it defines. It is
// immutable; the same unit can stand for several files of equal text.
type Unit struct {
	text string
	main definition
	defs []definition
}

type definition struct {
	name  string
	body  []stmt
	empty bool // nothing but space and comments
}

// Compile parses text and resolves the functions it calls. The name appears in
// a *ParseError only.
func Compile(name, text string, funcs *Functions) (*Unit, error) {
	trees, err := parse.Parse(name, text, "", "", funcs.parseMap)
	if err != nil {
		return nil, parseError(name, err)
	}
	u := &Unit{text: text}
	c := compiler{funcs: funcs}
	for defined, tree := range trees {
		d := definition{name: defined, body: c.list(tree.Root), empty: parse.IsEmptyTree(tree.Root)}
		if defined == name {
			u.main = d
		} else {
			u.defs = append(u.defs, d)
		}
	}
	if c.err != nil {
		return nil, &ParseError{Name: name, Message: c.err.Error()}
	}
	return u, nil
}

// ParseError is a text that is no template.
type ParseError struct {
	Name    string
	Line    int // counts from 1; 0 when not known
	Message string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Message)
}

// parseError takes apart the text of parse's errors, which are untyped:
// "template: NAME:LINE: MESSAGE".
func parseError(name string, err error) *ParseError {
	msg := err.Error()
	rest, ok := strings.CutPrefix(msg, "template: "+name+":")
	if !ok {
		return &ParseError{Name: name, Message: msg}
	}
	num, text, _ := strings.Cut(rest, ": ")
	line, err := strconv.Atoi(num)
	if err != nil {
		return &ParseError{Name: name, Message: msg}
	}
	return &ParseError{Name: name, Line: line, Message: text}
}

// compiler turns parse nodes into our own. The first fault is kept in err.
type compiler struct {
	funcs *Functions
	err   error
}

func (c *compiler) list(l *parse.ListNode) []stmt {
	if l == nil {
		return nil
	}
	out := make([]stmt, 0, len(l.Nodes))
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			out = append(out, &textStmt{n.Text})
		case *parse.ActionNode:
			out = append(out, &actionStmt{n, c.pipe(n.Pipe)})
		case *parse.IfNode:
			out = append(out, c.branch(n, &n.BranchNode, false))
		case *parse.WithNode:
			out = append(out, c.branch(n, &n.BranchNode, true))
		case *parse.RangeNode:
			out = append(out, &rangeStmt{n, c.pipe(n.Pipe), c.list(n.List), c.list(n.ElseList)})
		case *parse.TemplateNode:
			out = append(out, &callStmt{n, n.Name, c.pipe(n.Pipe)})
		case *parse.BreakNode:
			out = append(out, &jumpStmt{brokeOff})
		case *parse.ContinueNode:
			out = append(out, &jumpStmt{continued})
		case *parse.CommentNode:
		default:
			c.fail("unknown node: %s", n)
		}
	}
	return out
}

func (c *compiler) branch(n parse.Node, b *parse.BranchNode, with bool) stmt {
	return &branchStmt{node: n, pipe: c.pipe(b.Pipe), with: with, list: c.list(b.List), elseList: c.list(b.ElseList)}
}

func (c *compiler) pipe(p *parse.PipeNode) *pipeline {
	if p == nil {
		return nil
	}
	out := &pipeline{node: p, assign: p.IsAssign}
	for _, v := range p.Decl {
		out.decl = append(out.decl, v.Ident[0])
	}
	for _, cmd := range p.Cmds {
		out.cmds = append(out.cmds, c.command(cmd))
	}
	return out
}

func (c *compiler) command(n *parse.CommandNode) *command {
	out := &command{node: n}
	if id, ok := n.Args[0].(*parse.IdentifierNode); ok {
		out.fn = c.function(id.Ident)
	} else {
		out.head = c.expr(n.Args[0])
	}
	for _, a := range n.Args[1:] {
		out.args = append(out.args, c.expr(a))
	}
	return out
}

func (c *compiler) expr(n parse.Node) expr {
	switch n := n.(type) {
	case *parse.DotNode:
		return &dotExpr{n}
	case *parse.NilNode:
		return &nilExpr{n}
	case *parse.FieldNode:
		return &fieldExpr{n, n.Ident}
	case *parse.VariableNode:
		return &varExpr{n, n.Ident[0], n.Ident[1:]}
	case *parse.ChainNode:
		return &chainExpr{n, c.expr(n.Node), n.Field}
	case *parse.PipeNode:
		return c.pipe(n)
	case *parse.IdentifierNode:
		return &command{node: n, fn: c.function(n.Ident)}
	case *parse.BoolNode:
		return &constExpr{node: n, value: n.True}
	case *parse.StringNode:
		return &constExpr{node: n, value: n.Text}
	case *parse.NumberNode:
		v, fault := idealConstant(n)
		return &constExpr{node: n, value: v, fault: fault}
	}
	c.fail("unexpected node: %s", n)
	return &nilExpr{n}
}

func (c *compiler) function(name string) *function {
	fn := c.funcs.byName[name]
	if fn == nil { // parse has checked the name against the same map
		c.fail("%q is not a defined function", name)
	}
	return fn
}

func (c *compiler) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// idealConstant gives a number the type that its syntax asks for when nothing
// else does: complex, float or int, never unsigned.
func idealConstant(n *parse.NumberNode) (v any, fault string) {
	isRune := strings.HasPrefix(n.Text, "'")
	isHex := len(n.Text) > 2 && n.Text[0] == '0' && (n.Text[1] == 'x' || n.Text[1] == 'X') && !strings.ContainsAny(n.Text, "pP")
	switch {
	case n.IsComplex:
		return n.Complex128, ""
	case n.IsFloat && !isHex && !isRune && strings.ContainsAny(n.Text, ".eEpP"):
		return n.Float64, ""
	case n.IsInt:
		return int(n.Int64), ""
	case n.IsUint:
		return nil, n.Text + " overflows int"
	}
	return nil, ""
}
