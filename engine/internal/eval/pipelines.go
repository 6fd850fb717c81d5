package eval

import (
	"slices"
	"strings"
)

// pipeline reads declarations and commands up to the token end. The first token
// has been read.
func (p *parser) pipeline(dst *pipeline, end token, loop bool) {
	dst.place = p.here(kindPipe)
	if p.tok == tokVariable {
		p.declarations(dst, loop)
	}
	mark := len(p.cmds)
	for {
		p.cmds = append(p.cmds, command{})
		p.command(len(p.cmds) - 1)
		if p.tok != tokPipe {
			break
		}
		p.next()
	}
	if p.tok != end {
		p.giveUp()
	}
	for i := mark + 1; i < len(p.cmds); i++ {
		switch p.cmds[i].head.(type) {
		case *constExpr, *dotExpr, *nilExpr: // cannot take what is piped into it
			p.giveUp()
		}
	}
	dst.cmds = p.commands.copyOf(p.cmds[mark:])
	clear(p.cmds[mark:])
	p.cmds = p.cmds[:mark]
}

// declarations reads "$x :=", "$x =" and, in a range, "$k, $v :=" if there is
// one at the token that was read last.
func (p *parser) declarations(dst *pipeline, loop bool) {
	before := p.scanner
	first := p.word()
	p.next()
	var decl []string
	switch {
	case p.tok == tokAssign || p.tok == tokDeclare:
		decl = p.strings.some(1)
	case p.tok == tokComma && loop:
		p.expect(tokVariable)
		decl = p.strings.some(2)
		decl[1] = p.word()
		if p.next(); p.tok != tokAssign && p.tok != tokDeclare {
			p.giveUp()
		}
	default:
		p.scanner = before // an operand
		return
	}
	decl[0] = first
	dst.decl, dst.assign = decl, p.tok == tokAssign
	p.vars = append(p.vars, decl...)
	if len(p.vars)-p.base > maxVariables {
		p.fault = tooMany(p.name, 1+strings.Count(p.text[:p.start], "\n"), maxVariables)
		p.giveUp()
	}
	p.next()
}

// command reads one command into p.cmds[at], with the token behind it.
func (p *parser) command(at int) {
	c := command{place: p.here(kindCommand)}
	if p.tok == tokIdentifier {
		id := p.here(kindIdentifier)
		fn := p.function()
		if p.next(); p.isField() {
			inner := p.commands.one()
			inner.place, inner.fn = id, fn
			c.head = p.chain(inner)
		} else {
			c.fn = fn
		}
	} else {
		c.head = p.operand()
	}
	mark := len(p.exprs)
	for p.spaced && p.tok != tokClose && p.tok != tokShut && p.tok != tokPipe {
		e := p.operand()
		p.exprs = append(p.exprs, e)
	}
	switch p.tok {
	case tokClose, tokShut, tokPipe:
	default:
		p.giveUp()
	}
	c.args = p.exprLists.copyOf(p.exprs[mark:])
	p.exprs = p.exprs[:mark]
	p.cmds[at] = c
}

// function is the function that the token that was read last names.
func (p *parser) function() *function {
	fn := p.known[p.word()]
	if fn == nil {
		if fn = p.funcs.lookup(p.word()); fn == nil {
			p.giveUp()
		}
		p.known[fn.name] = fn
	}
	return fn
}

// operand reads a term with the fields behind it, and the token behind those.
func (p *parser) operand() expr {
	switch p.tok {
	case tokField:
		return p.fields()
	case tokVariable:
		return p.variable()
	case tokString:
		c := p.constant(kindString)
		c.value = p.str
		return p.noFields(c)
	case tokBool:
		c := p.constant(kindBool)
		c.value = p.word() == "true"
		return p.noFields(c)
	case tokNumber:
		return p.noFields(p.number())
	case tokDot:
		e := p.dotExprs.one()
		e.place = p.here(kindDot)
		return p.noFields(e)
	case tokNil:
		return p.noFields(&nilExpr{p.here(kindNil)})
	case tokIdentifier:
		c := p.commands.one()
		c.place, c.fn = p.here(kindIdentifier), p.function()
		p.next()
		return p.chain(c)
	case tokOpen:
		return p.parenthesized()
	}
	p.giveUp()
	return nil
}

func (p *parser) constant(kind nodeKind) *constExpr {
	c := p.constExprs.one()
	c.place = p.here(kind)
	return c
}

func (p *parser) number() *constExpr {
	c := p.constant(kindNumber)
	num, ok := decimal(p.word())
	if !ok {
		p.giveUp()
	}
	c.num = p.numbers.one()
	*c.num = num
	c.value, c.fault = num.ideal()
	return c
}

func (p *parser) parenthesized() expr {
	p.enter()
	pipe := p.pipelines.one()
	p.next()
	p.pipeline(pipe, tokShut, false)
	p.leave()
	p.next()
	return p.chain(pipe)
}

// isField reports whether the token that was read last is a field of what stands
// before it.
func (p *parser) isField() bool { return p.tok == tokField && !p.spaced }

// noFields returns e, which can have none.
func (p *parser) noFields(e expr) expr {
	if p.next(); p.isField() {
		p.giveUp()
	}
	return e
}

// chain returns e with the fields behind it, if there are any.
func (p *parser) chain(e expr) expr {
	if !p.isField() {
		return e
	}
	at := p.here(kindChain)
	fields, _ := p.collect()
	return &chainExpr{at, e, fields}
}

// collect reads fields that stand next to each other, and says where the second
// one begins, or the only one. The first token has been read.
func (p *parser) collect() (fields []string, second int) {
	mark := len(p.names)
	second = p.start
	for {
		p.names = append(p.names, p.text[p.start+1:p.end])
		if p.next(); !p.isField() {
			break
		}
		if len(p.names) == mark+1 {
			second = p.start
		}
	}
	fields = p.strings.copyOf(p.names[mark:])
	p.names = p.names[:mark]
	return fields, second
}

// fields is .A.B; its place is that of the second field when there is one.
func (p *parser) fields() expr {
	e := p.fieldExprs.one()
	fields, second := p.collect()
	e.place, e.fields = place{int32(second), kindField}, fields
	return e
}

// variable is $x.A.B; its place is that of the first field when there is one.
func (p *parser) variable() expr {
	e := p.varExprs.one()
	e.place, e.name = p.here(kindVariable), p.word()
	if !slices.Contains(p.vars[p.base:], e.name) {
		p.giveUp()
	}
	if p.next(); p.isField() {
		e.place = p.here(kindVariable)
		e.fields, _ = p.collect()
	}
	return e
}
