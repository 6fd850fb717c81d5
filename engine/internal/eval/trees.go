package eval

import (
	"fmt"
	"text/template/parse"
)

// compileTrees compiles a text by way of text/template/parse.
func compileTrees(name, text string, funcs *Functions) (*Unit, error) {
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

// compiler turns parse nodes into our own. The first fault is kept in err.
type compiler struct {
	funcs *Functions
	err   error
}

func placeOf(n parse.Node) place { return place{int32(n.Position()), nodeKind(n.Type())} }

func (c *compiler) list(l *parse.ListNode) []stmt {
	if l == nil {
		return nil
	}
	var out []stmt
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			out = append(out, &textStmt{string(n.Text)})
		case *parse.ActionNode:
			out = append(out, &actionStmt{placeOf(n), c.pipe(n.Pipe)})
		case *parse.IfNode:
			out = append(out, c.branch(n, &n.BranchNode, false))
		case *parse.WithNode:
			out = append(out, c.branch(n, &n.BranchNode, true))
		case *parse.RangeNode:
			out = append(out, &rangeStmt{placeOf(n), c.pipe(n.Pipe), c.list(n.List), c.list(n.ElseList)})
		case *parse.TemplateNode:
			out = append(out, c.call(n))
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
	return &branchStmt{place: placeOf(n), with: with, pipe: c.pipe(b.Pipe), list: c.list(b.List), elseList: c.list(b.ElseList)}
}

func (c *compiler) call(n *parse.TemplateNode) stmt {
	st := &callStmt{place: placeOf(n), name: n.Name}
	if n.Pipe != nil {
		pipe := c.pipe(n.Pipe)
		st.pipe = &pipe
	}
	return st
}

func (c *compiler) pipe(p *parse.PipeNode) pipeline {
	out := pipeline{place: placeOf(p), assign: p.IsAssign}
	for _, v := range p.Decl {
		out.decl = append(out.decl, v.Ident[0])
	}
	for _, cmd := range p.Cmds {
		out.cmds = append(out.cmds, c.command(cmd))
	}
	return out
}

func (c *compiler) command(n *parse.CommandNode) command {
	out := command{place: placeOf(n)}
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
	at := placeOf(n)
	switch n := n.(type) {
	case *parse.DotNode:
		return &dotExpr{at}
	case *parse.NilNode:
		return &nilExpr{at}
	case *parse.FieldNode:
		return &fieldExpr{at, n.Ident}
	case *parse.VariableNode:
		v := &varExpr{place: at, name: n.Ident[0]}
		if len(n.Ident) > 1 {
			v.fields = n.Ident[1:]
		}
		return v
	case *parse.ChainNode:
		return &chainExpr{at, c.expr(n.Node), n.Field}
	case *parse.PipeNode:
		pipe := c.pipe(n)
		return &pipe
	case *parse.IdentifierNode:
		return &command{place: at, fn: c.function(n.Ident)}
	case *parse.BoolNode:
		return &constExpr{place: at, value: n.True}
	case *parse.StringNode:
		return &constExpr{place: at, value: n.Text}
	case *parse.NumberNode:
		num := numberOf(n)
		v, fault := num.ideal()
		return &constExpr{place: at, value: v, fault: fault, num: num}
	}
	c.fail("unexpected node: %s", n)
	return &nilExpr{at}
}

func (c *compiler) function(name string) *function {
	fn := c.funcs.lookup(name)
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
