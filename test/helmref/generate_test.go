package helmref

import (
	"fmt"
	"math/rand/v2"

	"github.com/hchart/hchart/chart"
	helm "helm.sh/helm/v4/pkg/chart/v2"
)

// spec describes a chart that both programs can be given.
type spec struct {
	name, version string
	values        map[string]any
	declared      []*chart.Dependency // nil: Chart.yaml has none
	subcharts     []*spec
}

// ours builds the chart for hchart. Charts built from one spec share values.
func (s *spec) ours() *chart.Chart {
	c := &chart.Chart{
		Metadata: &chart.Metadata{Name: s.name, Version: s.version, APIVersion: "v2"},
		Values:   s.values,
	}
	if s.declared != nil {
		c.Metadata.Dependencies = []*chart.Dependency{}
	}
	for _, d := range s.declared {
		dep := *d
		c.Metadata.Dependencies = append(c.Metadata.Dependencies, &dep)
	}
	for _, sub := range s.subcharts {
		c.AddDependency(sub.ours())
	}
	return c
}

// helm builds the chart for Helm, which shares nothing with s.
func (s *spec) helm() *helm.Chart {
	c := &helm.Chart{Metadata: &helm.Metadata{Name: s.name, Version: s.version, APIVersion: "v2"}}
	if s.values != nil {
		c.Values = deepCopy(s.values).(map[string]any)
	}
	if s.declared != nil {
		c.Metadata.Dependencies = []*helm.Dependency{}
	}
	for _, d := range s.declared {
		dep := helm.Dependency{
			Name: d.Name, Version: d.Version, Repository: d.Repository, Condition: d.Condition,
			Tags: d.Tags, Alias: d.Alias,
		}
		if d.ImportValues != nil {
			dep.ImportValues = deepCopy(d.ImportValues).([]any)
		}
		c.Metadata.Dependencies = append(c.Metadata.Dependencies, &dep)
	}
	for _, sub := range s.subcharts {
		c.AddDependency(sub.helm())
	}
	return c
}

func deepCopy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = deepCopy(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = deepCopy(e)
		}
		return out
	}
	return v
}

// generator makes charts and values out of few names, so that everything
// collides with everything.
type generator struct{ *rand.Rand }

var (
	chartNames = []string{"x", "y", "z", "x-y"}
	aliases    = []string{"m", "n", "x", "a"}
	keys       = []string{"a", "b", "c", "a", "b", "x", "y", "m", "global", "tags", "exports", "on"}
	tags       = []string{"a", "b", "t"}
)

func pick[T any](g generator, from []T) T { return from[g.IntN(len(from))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) chart(name string, depth int) *spec {
	s := &spec{name: name, version: pick(g, []string{"1.0.0", "1.0.0", "1.0.0", "2.0.0"})}
	if g.chance(90) {
		s.values = g.table(3, 5)
	}
	if depth > 0 {
		for range g.IntN(4) {
			s.subcharts = append(s.subcharts, g.chart(pick(g, chartNames), depth-1))
		}
	}
	if g.chance(80) {
		s.declared = g.dependencies(s.subcharts)
	}
	g.mention(s)
	return s
}

// mention puts values for subcharts into the values of a chart.
func (g generator) mention(s *spec) {
	if s.values == nil {
		return
	}
	for _, sub := range s.subcharts {
		if g.chance(40) {
			s.values[sub.name] = g.table(3, 4)
		}
	}
	if g.chance(50) {
		s.values["global"] = g.table(3, 4)
	}
	if g.chance(30) {
		s.values["exports"] = map[string]any{pick(g, keys): g.table(2, 3), pick(g, keys): g.table(2, 3)}
	}
	if g.chance(20) {
		s.values["tags"] = g.bools(tags)
	}
}

func (g generator) bools(names []string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		switch g.IntN(5) {
		case 0, 1:
			out[name] = g.chance(50)
		case 2:
			out[name] = g.scalar()
		}
	}
	return out
}

func (g generator) dependencies(subcharts []*spec) []*chart.Dependency {
	deps := []*chart.Dependency{}
	for _, sub := range subcharts {
		if g.chance(85) {
			deps = append(deps, g.dependency(sub.name))
		}
	}
	if g.chance(25) {
		deps = append(deps, g.dependency(pick(g, chartNames)))
	}
	g.Shuffle(len(deps), func(i, j int) { deps[i], deps[j] = deps[j], deps[i] })
	return deps
}

func (g generator) dependency(name string) *chart.Dependency {
	d := &chart.Dependency{Name: name, Version: pick(g, []string{"*", "*", "*", "1.x", "^2", "bad range"})}
	if g.chance(30) {
		d.Alias = pick(g, aliases)
	}
	if g.chance(45) {
		d.Condition = g.condition(name)
	}
	for g.chance(25) {
		d.Tags = append(d.Tags, pick(g, tags))
	}
	for g.chance(30) {
		d.ImportValues = append(d.ImportValues, g.importValue())
	}
	return d
}

func (g generator) condition(name string) string {
	cond := ""
	for {
		switch g.IntN(6) {
		case 0:
			cond += name + "." + pick(g, keys)
		case 1:
			cond += name + ".on"
		case 2:
			cond += "global." + pick(g, keys)
		case 3:
			cond += g.path()
		case 4:
			cond += " " + pick(g, keys)
		case 5:
			cond += pick(g, keys)
		}
		if g.chance(70) {
			return cond
		}
		cond += ","
	}
}

func (g generator) path() string {
	p := pick(g, keys)
	for g.chance(60) {
		p += "." + pick(g, keys)
	}
	if g.chance(5) {
		p += "."
	}
	return p
}

func (g generator) importValue() any {
	switch g.IntN(8) {
	case 0, 1, 2:
		return pick(g, keys)
	case 3:
		return map[string]any{"child": g.path(), "parent": "."}
	case 4:
		return map[string]any{"child": g.scalar(), "parent": g.scalar()}
	case 5:
		return g.value(1)
	default:
		return map[string]any{"child": g.path(), "parent": g.path()}
	}
}

func (g generator) table(depth, width int) map[string]any {
	t := map[string]any{}
	for range g.IntN(width + 1) {
		t[pick(g, keys)] = g.value(depth)
	}
	return t
}

func (g generator) value(depth int) any {
	if depth > 0 && g.chance(50) {
		return g.table(depth-1, 3)
	}
	if g.chance(5) {
		return []any{g.scalar(), g.table(0, 2)}
	}
	return g.scalar()
}

func (g generator) scalar() any {
	switch g.IntN(7) {
	case 0, 1:
		return nil
	case 2:
		return true
	case 3:
		return false
	case 4:
		return float64(g.IntN(100))
	case 5:
		return int64(g.IntN(100))
	}
	return fmt.Sprint("s", g.IntN(100))
}

// user makes what -f and --set may give for s.
func (g generator) user(s *spec) map[string]any {
	u := g.table(3, 5)
	switch g.IntN(10) {
	case 0:
		return nil
	case 1:
		return u
	}
	if g.chance(50) {
		u["global"] = g.table(3, 4)
	}
	if g.chance(40) {
		u["tags"] = g.bools(tags)
	}
	g.userBelow(s, u)
	return u
}

func (g generator) userBelow(s *spec, u map[string]any) {
	for _, sub := range s.subcharts {
		name := sub.name
		if g.chance(30) {
			name = pick(g, aliases)
		}
		if g.chance(50) {
			t := g.table(2, 3)
			if g.chance(50) {
				t["on"] = g.chance(60)
			}
			if g.chance(20) {
				t["global"] = g.table(2, 3)
			}
			u[name] = t
			g.userBelow(sub, t)
		}
	}
}
