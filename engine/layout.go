package engine

import (
	"path"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine/internal/eval"
)

// layout is what rendering a composed tree needs and no render changes: which
// templates there are, in their order, and which define of a name wins.
type layout struct {
	root      *chart.Chart
	templates []template
	scope     *eval.Scope
	charts    map[*chart.Chart]chartLayout
}

type chartLayout struct {
	templatesPath string // what .Template.BasePath is
	files         files
}

// layoutOf returns the layout of a tree. The last one is kept: a program is often
// rendered again with the same tree and, say, another release name.
func (p *Program) layoutOf(root *chart.Chart) (*layout, error) {
	if l := p.last.Load(); l != nil && l.root == root {
		return l, nil
	}
	l := &layout{root: root, templates: templatesOf(root), scope: eval.NewScope(), charts: map[*chart.Chart]chartLayout{}}
	for _, t := range l.templates {
		u, err := p.unit(t)
		if err != nil {
			return nil, err
		}
		l.scope.Add(t.name, u)
	}
	l.addChart(root, root.FullPath())
	p.last.Store(l)
	return l, nil
}

func (l *layout) addChart(ch *chart.Chart, at string) {
	l.charts[ch] = chartLayout{templatesPath: path.Join(at, "templates"), files: newFiles(ch.Files)}
	for _, d := range ch.Dependencies() {
		l.addChart(d, d.FullPath())
	}
}
