package engine

import (
	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine/internal/common"
)

// scopes builds what the templates of each chart see as dot. All templates of a
// chart share one map, and the values of a subchart are part of its parent's:
// what one template changes, the later ones see.
type scopes struct {
	release      map[string]any
	capabilities *Capabilities
	layout       *layout
	byChart      map[*chart.Chart]map[string]any
}

func newScopes(in Input, l *layout) *scopes {
	caps := in.Capabilities
	if caps == nil {
		caps = DefaultCapabilities()
	}
	s := &scopes{
		release: map[string]any{
			"Name": in.Release.Name, "Namespace": in.Release.Namespace,
			"IsUpgrade": in.Release.IsUpgrade, "IsInstall": in.Release.IsInstall,
			"Revision": in.Release.Revision, "Service": "Helm",
		},
		capabilities: caps,
		layout:       l,
		byChart:      map[*chart.Chart]map[string]any{},
	}
	s.add(l.root, common.Values(values.Copy(l.root, in.Values)))
	return s
}

func (s *scopes) add(ch *chart.Chart, vals common.Values) map[string]any {
	subcharts := map[string]any{}
	meta := metadata(ch.Metadata)
	meta["IsRoot"] = ch.IsRoot()
	scope := map[string]any{
		"Chart":        meta,
		"Files":        s.layout.charts[ch].files,
		"Release":      s.release,
		"Capabilities": s.capabilities,
		"Values":       vals,
		"Subcharts":    subcharts,
	}
	for _, d := range ch.Dependencies() {
		// A path and not a key, as in Helm: a subchart with a dot in its name
		// sees no values.
		sub, err := vals.Table(d.Name())
		if err != nil {
			sub = common.Values{}
		}
		subcharts[d.Name()] = s.add(d, sub)
	}
	s.byChart[ch] = scope
	return scope
}

// enter prepares the scope of t's chart for rendering t. Dot itself has the
// methods of values; as an entry of .Subcharts the same scope is a plain map.
func (s *scopes) enter(t template) common.Values {
	scope := s.byChart[t.chart]
	scope["Template"] = common.Values{"Name": t.name, "BasePath": s.layout.charts[t.chart].templatesPath}
	return scope
}

// metadata is Chart.yaml as .Chart shows it: in Helm v4 a map of Go field
// names, in which lists are lists of anything.
func metadata(m *chart.Metadata) map[string]any {
	deps := make([]any, len(m.Dependencies))
	for i, d := range m.Dependencies {
		deps[i] = map[string]any{
			"Name": d.Name, "Version": d.Version, "Repository": d.Repository, "Condition": d.Condition,
			"Tags": list(d.Tags), "Enabled": d.Enabled, "ImportValues": list(d.ImportValues), "Alias": d.Alias,
		}
	}
	maintainers := make([]any, len(m.Maintainers))
	for i, p := range m.Maintainers {
		maintainers[i] = map[string]any{"Name": p.Name, "Email": p.Email, "URL": p.URL}
	}
	return map[string]any{
		"Name": m.Name, "Home": m.Home, "Sources": list(m.Sources), "Version": m.Version, "Description": m.Description,
		"Keywords": list(m.Keywords), "Maintainers": maintainers, "Icon": m.Icon, "APIVersion": m.APIVersion,
		"Condition": m.Condition, "Tags": m.Tags, "AppVersion": m.AppVersion, "Deprecated": m.Deprecated,
		"Annotations": m.Annotations, "KubeVersion": m.KubeVersion, "Dependencies": deps, "Type": m.Type,
	}
}

func list[T any](in []T) []any {
	out := make([]any, len(in))
	for i, v := range in {
		out[i] = v
	}
	return out
}
