package engine

import (
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine/internal/eval"
	"github.com/hchart/hchart/engine/internal/funcs"
)

// tplCacheBytes bounds the texts of tpl that a program keeps compiled.
const tplCacheBytes = 16 << 20

// Program is a compiled chart. It is immutable and may render on many
// goroutines at once. Charts that were compiled or rendered must not be changed.
type Program struct {
	chart  *chart.Chart
	limits Limits
	funcs  *eval.Functions
	units  map[*chart.File]compiled
	tpls   *eval.Units
	last   atomic.Pointer[layout] // see layoutOf
}

// compiled is what became of one text. A text of a subchart that does not parse
// is an error only where the subchart is enabled.
type compiled struct {
	unit *eval.Unit
	err  error
}

// Compile parses the templates of the chart and of all its subcharts, each
// distinct text once. An error of the chart's own templates is returned as a
// *ParseError; one of a subchart's is returned by Render if that subchart is
// enabled there.
func Compile(ch *chart.Chart, opts CompileOptions) (*Program, error) {
	if ch == nil || ch.Metadata == nil {
		return nil, errors.New("engine: no chart to compile")
	}
	p := &Program{chart: ch, limits: opts.Limits.withDefaults(), units: map[*chart.File]compiled{}, tpls: eval.NewUnits(tplCacheBytes)}
	fns := funcs.New(p.limits.funcs())
	for name, fn := range chartFunctions() {
		fns[name] = fn
	}
	for name, fn := range opts.Funcs {
		fns[name] = fn
	}
	var err error
	if p.funcs, err = eval.NewFunctions(fns, functionOptions(opts.Funcs)); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	templates := templatesOf(ch)
	texts := newTexts(templates)
	texts.compile(p.funcs)
	for _, t := range templates {
		c := texts.of(t)
		p.units[t.file] = c
		if c.err != nil && t.chart == ch {
			return nil, parseError(t, c.err)
		}
	}
	return p, nil
}

// functionOptions says what is known of the functions; nothing is of those that
// the caller has replaced.
func functionOptions(replaced map[string]any) eval.FunctionOptions {
	shallow, borrows := funcs.Shallow(), funcs.Borrows()
	for name := range replaced {
		delete(shallow, name)
		delete(borrows, name)
	}
	return eval.FunctionOptions{Inject: []reflect.Type{reflect.TypeFor[*funcs.Render]()}, Shallow: shallow, Borrows: borrows}
}

// unit finds a template of a composed tree among the compiled ones. A tree that
// holds other files than the compiled chart gets them compiled for itself.
func (p *Program) unit(t template) (*eval.Unit, error) {
	c, ok := p.units[t.file]
	if !ok {
		c.unit, c.err = eval.Compile(t.name, textOf(t.file), p.funcs)
	}
	if c.err != nil {
		return nil, parseError(t, c.err)
	}
	return c.unit, nil
}

// parseError gives an error of a text the name of the file at hand, which may
// not be the one that the text was first compiled for.
func parseError(t template, err error) error {
	var pe *eval.ParseError
	if !errors.As(err, &pe) {
		return err
	}
	e := &ParseError{File: t.name, Line: pe.Line, Message: pe.Message}
	if lines := strings.Split(string(t.file.Data), "\n"); pe.Line > 0 && pe.Line <= len(lines) {
		e.Source = eval.Excerpt(lines[pe.Line-1])
	}
	return e
}

// template is a file of a chart under the name it has in the output.
type template struct {
	name  string
	file  *chart.File
	chart *chart.Chart
}

// partial reports whether the file is there to be included only.
func (t template) partial() bool { return strings.HasPrefix(path.Base(t.name), "_") }

// templatesOf returns the templates of a tree in the order in which Helm parses
// and renders them: deepest paths first, and among those of one depth the last
// by name first. So what the parent defines replaces what a subchart defines.
// Of two templates with one name the later in the tree stands.
func templatesOf(root *chart.Chart) []template {
	byName := map[string]template{}
	collect(root, byName)
	into := make([]template, 0, len(byName))
	for _, t := range byName {
		into = append(into, t)
	}
	slices.SortFunc(into, func(a, b template) int {
		if d := strings.Count(b.name, "/") - strings.Count(a.name, "/"); d != 0 {
			return d
		}
		return strings.Compare(b.name, a.name)
	})
	return into
}

func collect(ch *chart.Chart, into map[string]template) {
	for _, d := range ch.Dependencies() {
		collect(d, into)
	}
	base := path.Clean(ch.FullPath()) + "/"
	for _, f := range ch.Templates {
		if f == nil || ch.IsLibrary() && !strings.HasPrefix(path.Base(f.Name), "_") {
			continue
		}
		name := base + f.Name
		if path.Clean(name) != name {
			name = path.Join(base, f.Name)
		}
		into[name] = template{name, f, ch}
	}
}
