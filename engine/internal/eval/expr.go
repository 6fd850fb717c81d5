package eval

// missing stands for the absent value piped into the first command.
type missing struct{}

// pipeline evaluates the commands one into the next and declares or sets the
// pipeline's variables.
func (r *Run) pipeline(dot any, p *pipeline) any {
	r.at = p.place
	var v any = missing{}
	for i := range p.cmds {
		v = settle(r.command(dot, &p.cmds[i], v))
	}
	for _, name := range p.decl {
		if p.assign {
			r.setVar(name, v)
		} else {
			r.vars = append(r.vars, variable{name, v})
		}
	}
	return v
}

func (r *Run) setVar(name string, v any) {
	for i := len(r.vars) - 1; i >= r.base; i-- {
		if r.vars[i].name == name {
			r.searched(i)
			r.vars[i].value = v
			return
		}
	}
	r.failf("undefined variable: %s", name)
}

// searched accounts for finding a variable far down among others.
func (r *Run) searched(i int) { r.steps += int64((len(r.vars) - i) / 64) }

func (r *Run) variable(name string) any {
	for i := len(r.vars) - 1; i >= r.base; i-- {
		if r.vars[i].name == name {
			r.searched(i)
			return r.vars[i].value
		}
	}
	// The parser knows a variable of an if branch in its else branch too; when
	// that runs there is none.
	r.failf("undefined variable: %s", name)
	return nil
}

// command evaluates one command of a pipeline; final is the value of the one
// before, or missing.
func (r *Run) command(dot any, c *command, final any) any {
	if c.fn != nil {
		r.at = c.place
		return r.call(dot, c, final)
	}
	switch head := c.head.(type) {
	case *fieldExpr:
		r.at = head.place
		return r.chain(dot, dot, head.fields, c.args, final)
	case *chainExpr:
		return r.chainExpr(dot, head, c.args, final)
	case *varExpr:
		r.at = head.place
		v := r.variable(head.name)
		if len(head.fields) == 0 {
			r.noArguments(c, final)
			return v
		}
		return r.chain(dot, v, head.fields, c.args, final)
	case *pipeline:
		r.noArguments(c, final)
		return r.pipeline(dot, head)
	case *dotExpr:
		r.at = head.place
		r.noArguments(c, final)
		return dot
	case *nilExpr:
		r.at = head.place
		r.noArguments(c, final)
		r.failf("nil is not a command")
	case *constExpr:
		r.at = head.place
		r.noArguments(c, final)
		return r.constant(head)
	}
	r.failf("can't evaluate command %q", r.source(c.place))
	return nil
}

func (r *Run) noArguments(c *command, final any) {
	if _, none := final.(missing); len(c.args) > 0 || !none {
		r.failf("can't give argument to non-function %s", r.headOf(c))
	}
}

// headOf is the first word of a command as it is written.
func (r *Run) headOf(c *command) string {
	switch h := c.head.(type) {
	case *dotExpr:
		return r.source(h.place)
	case *nilExpr:
		return r.source(h.place)
	case *varExpr:
		return r.source(h.place)
	case *constExpr:
		return r.source(h.place)
	case *pipeline:
		return "(" + r.source(h.place) + ")"
	}
	return r.source(c.place)
}

func (r *Run) constant(c *constExpr) any {
	if c.fault != "" {
		r.at = c.place
		r.failf("%s", c.fault)
	}
	return c.value
}

func (r *Run) chainExpr(dot any, c *chainExpr, args []expr, final any) any {
	r.at = c.place
	if _, isNil := c.inner.(*nilExpr); isNil {
		r.failf("indirection through explicit nil in %s", r.source(c.place))
	}
	v := r.operand(dot, c.inner)
	r.at = c.place
	return r.chain(dot, v, c.fields, args, final)
}

// operand evaluates an expression in a place that takes any value.
func (r *Run) operand(dot any, e expr) any {
	switch e := e.(type) {
	case *dotExpr:
		return dot
	case *fieldExpr:
		r.at = e.place
		return r.chain(dot, dot, e.fields, nil, missing{})
	case *varExpr:
		r.at = e.place
		v := r.variable(e.name)
		if len(e.fields) == 0 {
			return v
		}
		return r.chain(dot, v, e.fields, nil, missing{})
	case *pipeline:
		return r.pipeline(dot, e)
	case *command: // a function without arguments
		r.at = e.place
		return r.call(dot, e, missing{})
	case *chainExpr:
		return r.chainExpr(dot, e, nil, missing{})
	case *constExpr:
		return r.constant(e)
	}
	return nil // *nilExpr; argument deals with it where it matters
}

// call evaluates the arguments of a function and calls it.
func (r *Run) call(dot any, c *command, final any) any {
	fn, at := c.fn, r.at
	_, none := final.(missing)
	if err := fn.checkCount(len(c.args), !none); err != nil {
		r.failf("%s", err)
	}
	if fn.special == builtinAnd || fn.special == builtinOr {
		return r.andOr(dot, c, final)
	}
	mark := len(r.args)
	for i, a := range c.args {
		v := r.argument(dot, a, fn.param(i))
		r.args = append(r.args, v)
	}
	if !none {
		r.at = at
		v := r.convert(final, fn.param(len(c.args)))
		r.args = append(r.args, v)
	}
	r.at = at
	v := r.apply(fn, c, r.args[mark:])
	clear(r.args[mark:])
	r.args = r.args[:mark]
	r.at = at
	return v
}

// apply calls fn with converted arguments. The arguments lie on a stack that
// grows while fn runs other templates, so nothing may keep them.
func (r *Run) apply(fn *function, c *command, args []any) any {
	var (
		v   any
		err error
	)
	switch fn.special {
	case builtinInclude:
		v, err = r.include(str(args[0]), args[1])
	case builtinTpl:
		v, err = r.tpl(str(args[0]), args[1])
	case builtinCall:
		v, err = r.callValue(c, args)
	default:
		v, err = r.callGo(fn, args)
	}
	if err != nil {
		r.callFailed(fn.name, c.place, err)
	}
	return v
}

// callGo calls into a Go function; r.function names it should it panic.
func (r *Run) callGo(fn *function, args []any) (v any, err error) {
	if err := r.checkArguments(fn, args); err != nil {
		return nil, err
	}
	r.function = fn
	switch {
	case fn.quick != nil:
		v, err = fn.quick(args)
	case fn.quickHidden != nil:
		v, err = fn.quickHidden(&Call{run: r, tmpl: r.tmpl, at: r.at}, args)
	default:
		var injected any
		if fn.inject != nil {
			injected = r.injected(fn)
		}
		v, err = fn.reflectCall(injected, args)
	}
	r.function = nil
	r.account(v)
	return v, err
}

func (r *Run) callFailed(name string, at place, err error) {
	e := r.errorAt(at, err.Error())
	e.Function, e.Err = name, err
	panic(fault{e})
}

// andOr are the functions that stop at the first argument that decides. Each
// returns the deciding argument itself.
func (r *Run) andOr(dot any, c *command, final any) any {
	var v any
	for _, a := range c.args {
		v = r.argument(dot, a, param{kind: valueParam})
		if isTrue(v) == (c.fn.special == builtinOr) {
			return v
		}
	}
	if _, none := final.(missing); !none {
		v = final
	}
	return v
}
