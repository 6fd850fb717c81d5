package eval

import (
	"fmt"
	"strings"
)

// parser makes the compiled tree of a text. The language and what a tree looks
// like are those of text/template/parse (parse.go), which the tests compare it
// with. It leaves errors, and what is rare, to that package: see giveUp.
type parser struct {
	scanner
	funcs *Functions
	known map[string]*function // of funcs, without their lock
	name  string
	unit  *Unit
	// defined are the indices of the unit's definitions by their names.
	defined map[string]int
	fault   *ParseError // why nobody shall look at the text any more

	vars    []string // declared variables, those of the template at hand last
	base    int      // where those begin
	ranges  int      // ranges around the action at hand
	nesting int      // control structures and parentheses around it
	stmts   []stmt   // stacks of what is being collected
	cmds    []command
	exprs   []expr
	names   []string
	arena
}

// arena holds the nodes of a unit.
type arena struct {
	textStmts   slab[textStmt]
	actionStmts slab[actionStmt]
	branchStmts slab[branchStmt]
	fieldExprs  slab[fieldExpr]
	varExprs    slab[varExpr]
	constExprs  slab[constExpr]
	dotExprs    slab[dotExpr]
	numbers     slab[number]
	pipelines   slab[pipeline]
	commands    slab[command]
	stmtLists   slab[stmt]
	exprLists   slab[expr]
	strings     slab[string]
}

// maxNesting is far above what people write. The parser calls itself for each
// level.
const maxNesting = 500

// maxVariables bounds the variables that are declared at a time. Finding one takes
// as long as there are others, here and in text/template/parse, so that a few
// megabytes of declarations would take minutes. Where that package has to read a
// text, all declarations in it count.
const (
	maxVariables    = 2000
	maxDeclarations = 5000
)

// tooMany is the error for a text with more declarations than bound.
func tooMany(name string, line, bound int) *ParseError {
	return &ParseError{Name: name, Line: line, Message: fmt.Sprintf("more than %d variables are declared at a time", bound)}
}

// gaveUp is the panic that ends a parse without a result.
type gaveUp struct{}

// giveUp leaves the text to text/template/parse.
func (p *parser) giveUp() { panic(gaveUp{}) }

// parseDirectly compiles a text; u is nil when it is not sure of it. It knows one
// error itself, a *ParseError for what goes beyond a bound.
func parseDirectly(name, text string, funcs *Functions) (u *Unit, err error) {
	p, reused := funcs.parsers.Get().(*parser)
	if !reused {
		p = &parser{funcs: funcs, known: map[string]*function{}, defined: map[string]int{}}
	}
	p.begin(name, text)
	defer func() {
		if r := recover(); r != nil {
			if _, own := r.(gaveUp); !own {
				panic(r)
			}
			u = nil
			if p.fault != nil {
				err = p.fault
			}
		}
		p.reset()
		funcs.parsers.Put(p)
	}()
	body, end := p.list(true)
	if end != tokUnsure {
		p.giveUp()
	}
	p.unit.main = definition{name: name, body: body, empty: isEmpty(body)}
	return p.unit, nil
}

func (p *parser) begin(name, text string) {
	p.scanner = scanner{text: text}
	p.name, p.unit = name, &Unit{text: text}
	p.vars = append(p.vars, "$")
}

// reset leaves nothing of a text behind but room on the stacks, and the rest of
// the arena for the next text.
func (p *parser) reset() {
	p.scanner, p.name, p.unit, p.fault = scanner{}, "", nil, nil
	clear(p.defined)
	p.base, p.ranges, p.nesting = 0, 0, 0
	p.vars, p.names = emptied(p.vars), emptied(p.names)
	p.stmts, p.cmds, p.exprs = emptied(p.stmts), emptied(p.cmds), emptied(p.exprs)
}

// emptied returns a stack without elements, also beyond its length: what was
// popped would be kept alive.
func emptied[T any](stack []T) []T {
	clear(stack[:cap(stack)])
	return stack[:0]
}

// isEmpty reports whether a body holds nothing but space. Comments are not in it.
func isEmpty(body []stmt) bool {
	for _, st := range body {
		text, ok := st.(*textStmt)
		if !ok || strings.TrimSpace(text.text) != "" {
			return false
		}
	}
	return true
}

// define adds a definition to the unit. One of nothing but space gives way to
// any other; two others of one name are an error, and so is, in the end, one
// with the name of the text itself.
func (p *parser) define(d definition) {
	if d.name == p.name {
		p.giveUp()
	}
	i, again := p.defined[d.name]
	switch {
	case !again:
		p.defined[d.name] = len(p.unit.defs)
		p.unit.defs = append(p.unit.defs, d)
	case p.unit.defs[i].empty:
		p.unit.defs[i] = d
	case !d.empty:
		p.giveUp()
	}
}

// enter and leave count how deep the parser is in itself.
func (p *parser) enter() {
	if p.nesting++; p.nesting > maxNesting {
		p.giveUp()
	}
}

func (p *parser) leave() { p.nesting-- }

// list reads statements up to the end of the text, which is tokUnsure, or up to
// {{end}} or {{else}}, which it returns. Of {{else}} only the word is read.
func (p *parser) list(top bool) (body []stmt, end token) {
	p.enter()
	mark := len(p.stmts)
	for end == tokUnsure {
		text, more := p.literal()
		if text != "" {
			st := p.textStmts.one()
			st.text = text
			p.stmts = append(p.stmts, st)
		}
		if !more {
			break
		}
		found, ok := p.comment()
		if !ok {
			p.giveUp()
		}
		if !found {
			end = p.statement(top)
		}
	}
	body = p.stmtLists.copyOf(p.stmts[mark:])
	p.stmts = p.stmts[:mark]
	p.leave()
	return body, end
}

// statement reads an action, whose opening has been read.
func (p *parser) statement(top bool) (end token) {
	p.next()
	switch p.tok {
	case tokIf, tokWith:
		p.stmts = append(p.stmts, p.branch(p.tok))
	case tokRange:
		p.stmts = append(p.stmts, p.loop())
	case tokTemplate:
		p.stmts = append(p.stmts, p.call())
	case tokBlock:
		p.stmts = append(p.stmts, p.block())
	case tokDefine:
		if !top {
			p.giveUp()
		}
		p.definition()
	case tokElse:
		return tokElse
	case tokEnd:
		p.expect(tokClose)
		return tokEnd
	case tokBreak:
		p.jump(brokeOff)
	case tokContinue:
		p.jump(continued)
	default:
		st := p.actionStmts.one()
		st.place = p.here(kindAction)
		p.pipeline(&st.pipe, tokClose, false)
		p.stmts = append(p.stmts, st)
	}
	return tokUnsure
}

// here is the place of the token that was read last.
func (p *parser) here(kind nodeKind) place { return place{int32(p.start), kind} }

// expect reads a token, which must be this one.
func (p *parser) expect(tok token) {
	if p.next(); p.tok != tok {
		p.giveUp()
	}
}
