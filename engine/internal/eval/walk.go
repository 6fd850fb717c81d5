package eval

import (
	"fmt"
	"reflect"
)

// list executes statements. Variables that an action declares live on until the
// enclosing control structure ends.
func (r *Run) list(dot any, stmts []stmt) signal {
	for _, st := range stmts {
		r.step()
		switch st := st.(type) {
		case *textStmt:
			r.write(st.text)
		case *actionStmt:
			r.at = st.place
			v := r.pipeline(dot, &st.pipe)
			if len(st.pipe.decl) == 0 {
				r.at = st.place
				r.trace()
				r.print(v)
			}
		case *branchStmt:
			if sig := r.branch(dot, st); sig != fellThrough {
				return sig
			}
		case *rangeStmt:
			if sig := r.loop(dot, st); sig != fellThrough {
				return sig
			}
		case *callStmt:
			r.callTemplate(dot, st)
		case *jumpStmt:
			return st.signal
		}
	}
	return fellThrough
}

func (r *Run) branch(dot any, st *branchStmt) signal {
	r.at = st.place
	mark := len(r.vars)
	v := r.pipeline(dot, &st.pipe)
	sig := fellThrough
	switch {
	case isTrue(v) && st.with:
		sig = r.list(v, st.list)
	case isTrue(v):
		sig = r.list(dot, st.list)
	default:
		sig = r.list(dot, st.elseList)
	}
	r.vars = r.vars[:mark]
	return sig
}

// callTemplate is {{template "name" pipeline}}: the template sees its argument
// and no variable of the caller.
func (r *Run) callTemplate(dot any, st *callStmt) {
	r.at = st.place
	t := r.scope.Lookup(st.name)
	if t == nil {
		r.failf("template %q not defined", st.name)
	}
	var data any
	if st.pipe != nil {
		data = r.pipeline(dot, st.pipe)
	}
	r.at = st.place
	r.invoke(frame{r.tmpl, st.place, ordinary, st.name}, t, data)
}

// invoke executes t within the current output.
func (r *Run) invoke(f frame, t *Template, data any) {
	if len(r.calls) >= r.opts.Limits.CallDepth {
		r.limit("call depth", int64(r.opts.Limits.CallDepth), "templates call one another without end")
	}
	tmpl, base, mark, at := r.tmpl, r.base, len(r.vars), r.at
	r.calls = append(r.calls, f)
	r.enter(t, data)
	r.list(data, t.body)
	r.calls = r.calls[:len(r.calls)-1]
	r.tmpl, r.base, r.vars, r.at = tmpl, base, r.vars[:mark], at
}

// capture executes t and returns its output as a string.
func (r *Run) capture(f frame, t *Template, data any) string {
	outer := r.out
	r.out = r.buffer()
	r.nested++
	r.invoke(f, t, data)
	r.nested--
	s := string(r.out)
	r.account(s)
	r.spare = append(r.spare, r.out[:0])
	r.out = outer
	return s
}

func (r *Run) buffer() []byte {
	if n := len(r.spare); n > 0 {
		b := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return b
	}
	return nil
}

// include is the template function of that name.
func (r *Run) include(name string, data any) (string, error) {
	if r.depthOf(name) > r.opts.Limits.IncludeDepth {
		return "", &LimitError{Limit: "include depth", Max: int64(r.opts.Limits.IncludeDepth),
			Hint: fmt.Sprintf("rendering template has a nested reference name: %s", name)}
	}
	t := r.scope.Lookup(name)
	if t == nil {
		return "", fmt.Errorf("no template %q", name)
	}
	return r.capture(frame{r.tmpl, r.at, builtinInclude, name}, t, data), nil
}

// depthOf counts the includes of a name that are under way, if it could be too
// many.
func (r *Run) depthOf(name string) (depth int) {
	if len(r.calls) <= r.opts.Limits.IncludeDepth {
		return 0
	}
	for i := range r.calls {
		if r.calls[i].call == builtinInclude && r.calls[i].name == name {
			depth++
		}
	}
	return depth
}

// loop is {{range}}.
func (r *Run) loop(dot any, st *rangeStmt) signal {
	r.at = st.place
	mark := len(r.vars)
	v := r.pipeline(dot, &st.pipe)
	r.at = st.place
	l := looper{r, st, len(r.vars)}
	sig := fellThrough // break and continue of the body end with the loop
	if !l.over(v) {
		sig = r.list(dot, st.elseList)
	}
	r.vars = r.vars[:mark]
	return sig
}

// looper runs the turns of one range.
type looper struct {
	r    *Run
	st   *rangeStmt
	mark int // the stack above the range's own variables
}

// turn runs the body once; it reports whether the loop goes on.
func (l *looper) turn(key, elem any) bool {
	r, decl := l.r, l.st.pipe.decl
	r.step()
	switch {
	case l.st.pipe.assign && len(decl) == 1:
		r.setVar(decl[0], elem)
	case l.st.pipe.assign && len(decl) > 1:
		r.setVar(decl[0], key)
		r.setVar(decl[1], elem)
	case len(decl) == 1:
		r.vars[l.mark-1].value = elem
	case len(decl) > 1:
		r.vars[l.mark-1].value = elem
		r.vars[l.mark-2].value = key
	}
	sig := r.list(elem, l.st.list)
	r.vars = r.vars[:l.mark]
	return sig != brokeOff
}

// over iterates over v; ran is false when there was nothing to iterate over.
func (l *looper) over(v any) (ran bool) {
	switch v := v.(type) {
	case nil:
		return false
	case []any:
		for i, e := range v {
			if !l.turn(i, fromElem(e)) {
				break
			}
		}
		return len(v) > 0
	case map[string]any:
		return l.overMap(v)
	case int:
		l.oneVariable(v)
		for i := range v {
			if !l.turn(nil, i) {
				break
			}
		}
		return v > 0
	}
	rv, _ := indirect(toReflect(v))
	return l.overReflect(rv)
}

func (l *looper) oneVariable(v any) {
	if len(l.st.pipe.decl) > 1 {
		l.r.failf("can't use a value of type %s to iterate over more than one variable", typeName(v))
	}
}

func (l *looper) overReflect(rv reflect.Value) (ran bool) {
	switch rv.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Array, reflect.Slice:
		for i := range rv.Len() {
			if !l.turn(i, fromReflect(rv.Index(i))) {
				break
			}
		}
		return rv.Len() > 0
	case reflect.Map:
		return l.overPairs(sortedPairs(rv))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		l.oneVariable(fromReflect(rv))
		for e := range rv.Seq() {
			ran = true
			if !l.turn(nil, fromReflect(e)) {
				break
			}
		}
		return ran
	case reflect.Func:
		if rv.Type().CanSeq() || rv.Type().CanSeq2() {
			return l.overFunc(rv)
		}
	}
	l.r.failf("range can't iterate over a value of type %s", rv.Type())
	return false
}

// overFunc ranges over an iterator function.
func (l *looper) overFunc(rv reflect.Value) (ran bool) {
	if rv.Type().CanSeq() {
		l.oneVariable(fromReflect(rv))
		for e := range rv.Seq() {
			ran = true
			if !l.turn(nil, fromReflect(e)) {
				break
			}
		}
		return ran
	}
	for k, e := range rv.Seq2() {
		ran = true
		key, elem := fromReflect(k), fromReflect(e)
		if len(l.st.pipe.decl) < 2 {
			key, elem = nil, key
		}
		if !l.turn(key, elem) {
			break
		}
	}
	return ran
}
