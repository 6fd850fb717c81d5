package engine

import (
	"context"
	"strings"

	"github.com/hchart/hchart/engine/internal/common"
	"github.com/hchart/hchart/engine/internal/eval"
	"github.com/hchart/hchart/engine/internal/funcs"
)

// Render evaluates every template of the composed chart. The error is a
// *ParseError, a *RenderError, or the context's.
func (p *Program) Render(ctx context.Context, in Input) (*Result, error) {
	root := in.Chart
	if root == nil {
		root = p.chart
	}
	l, err := p.layoutOf(root)
	if err != nil {
		return nil, err
	}
	r := &rendering{ctx: ctx, in: in, result: &Result{Files: make(map[string]string, len(l.templates))}}
	if in.Trace {
		r.result.Origins = map[string][]Origin{}
	}
	functions := funcs.NewRender(ctx, p.limits.funcs(), in.EnableDNS)
	functions.Keys = funcs.NewKeySource(ctx)
	defer functions.Keys.Close()
	run := eval.NewRun(ctx, l.scope, p.evalOptions(in, r, functions))
	dots := newScopes(in, l)
	for _, t := range l.templates {
		if t.partial() {
			continue
		}
		if err := r.file(run, t, dots.enter(t)); err != nil {
			return nil, err
		}
	}
	run.Release()
	return r.result, nil
}

func (p *Program) evalOptions(in Input, r *rendering, functions *funcs.Render) eval.Options {
	cfg := p.limits.funcs()
	return eval.Options{
		Limits:        p.limits.eval(),
		Strict:        in.Strict,
		Data:          r,
		Inject:        []any{functions},
		Functions:     p.funcs,
		Units:         p.tpls,
		AsMap:         valuesAsMap,
		CheckArgument: funcs.CheckFinite,
		CheckPrint:    func(args []any) error { return funcs.CheckPrint(args, cfg) },
		CheckFormat:   func(format string, args []any) error { return funcs.CheckFormat(format, args, cfg) },
		Trace:         in.Trace,
	}
}

func valuesAsMap(v any) (map[string]any, bool) {
	m, ok := v.(common.Values)
	return m, ok
}

// rendering is the state of one call of Render.
type rendering struct {
	ctx    context.Context
	in     Input
	result *Result
}

func (r *rendering) file(run *eval.Run, t template, dot common.Values) error {
	out, origins, err := run.Execute(t.name, dot)
	if err != nil {
		return renderError(t.name, err)
	}
	if r.in.Trace {
		r.result.Origins[t.name] = originsOf(out, origins)
	}
	// text/template prints this for an absent value. Helm deletes it wherever
	// it stands, also where the chart's author wrote it.
	r.result.Files[t.name] = strings.ReplaceAll(out, noValue, "")
	return nil
}

const noValue = "<no value>"

// originsOf converts the evaluator's origins, whose offsets are those before
// noValue was deleted from the output.
func originsOf(out string, origins []eval.Origin) []Origin {
	converted := make([]Origin, len(origins))
	removed, from := 0, 0
	for i, o := range origins {
		removed += strings.Count(out[from:o.Offset], noValue) * len(noValue)
		from = o.Offset
		converted[i] = Origin{Offset: o.Offset - removed, Position: o.Position}
	}
	return converted
}
