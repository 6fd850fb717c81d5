package values

import (
	"strings"

	"github.com/hchart/hchart/chart"
)

// enable decides which subcharts of ch take part, and makes copies of those
// that are declared under an alias. path is the dotted path of ch within the
// root, with a trailing dot; vals are the values that conditions and tags are
// looked up in, always from the root on.
func (c *composer) enable(ch *chart.Chart, vals map[string]any, path string) error {
	declared := ch.Metadata.Dependencies
	if declared == nil {
		return nil
	}
	ch.SetDependencies(arrange(ch, declared)...)
	for _, d := range declared {
		if d.Alias != "" {
			d.Name = d.Alias
		}
		d.Enabled = true
	}
	vals, err := c.scope(ch, vals, path)
	if err != nil {
		return err
	}
	c.byTags(declared, vals)
	c.byConditions(declared, vals, path)

	off := map[string]bool{}
	for _, d := range declared {
		if !d.Enabled {
			off[d.Name] = true
		}
	}
	var charts []*chart.Chart
	for _, sub := range ch.Dependencies() {
		if off[sub.Name()] {
			continue
		}
		if err := c.enable(sub, vals, path+sub.Name()+"."); err != nil {
			return err
		}
		charts = append(charts, sub)
	}
	// No declared dependency left is the same as none declared.
	ch.Metadata.Dependencies = nil
	for _, d := range declared {
		if !off[d.Name] {
			ch.Metadata.Dependencies = append(ch.Metadata.Dependencies, d)
		}
	}
	ch.SetDependencies(charts...)
	return nil
}

// arrange returns the subcharts of ch in the order in which they take part:
// those that Chart.yaml does not declare first, then one for each declaration.
func arrange(ch *chart.Chart, declared []*chart.Dependency) []*chart.Chart {
	var out []*chart.Chart
	for _, sub := range ch.Dependencies() {
		undeclared := true
		for _, d := range declared {
			if sub.Name() == d.Name && chart.CompatibleRange(d.Version, sub.Metadata.Version) {
				undeclared = false
				break
			}
		}
		if undeclared {
			out = append(out, sub)
		}
	}
	for _, d := range declared {
		if sub := declaredChart(ch.Dependencies(), d); sub != nil {
			out = append(out, sub)
		}
	}
	return out
}

// declaredChart finds the chart that a declaration means and returns a copy of
// it under the declared alias: several declarations may mean one chart.
//
// The copy is as deep as Helm's. A chart below it that has no declarations of
// its own keeps its subcharts, whose parent is the original: they are rendered
// under the original's name.
func declaredChart(charts []*chart.Chart, d *chart.Dependency) *chart.Chart {
	for _, sub := range charts {
		if sub.Name() != d.Name || !chart.CompatibleRange(d.Version, sub.Metadata.Version) {
			continue
		}
		out := *sub
		out.Metadata = cloneMetadata(sub.Metadata)
		deps := make([]*chart.Chart, len(sub.Dependencies()))
		for i, dep := range sub.Dependencies() {
			copied := *dep
			deps[i] = &copied
		}
		out.SetDependencies(deps...)
		if d.Alias != "" {
			out.Metadata.Name = d.Alias
		}
		return &out
	}
	return nil
}

// scope returns the values that the conditions of ch's dependencies see. For the
// root they are the user's over all defaults. For a subchart Helm lays the
// values of the whole root over the subchart's defaults, as if it were the root,
// which costs as much as the whole tree for every subchart. What a condition or
// a tag can see of that is the table of tags and the one the path begins with;
// only where the subchart has something to add to these is it worth doing.
func (c *composer) scope(ch *chart.Chart, vals map[string]any, path string) (map[string]any, error) {
	if path != "" && !c.interferes(ch, vals, path) {
		return vals, nil
	}
	scope := copyTable(vals)
	err := (coalescer{}).chart(ch, scope, "")
	return scope, err
}

func (c *composer) interferes(ch *chart.Chart, vals map[string]any, path string) bool {
	first, _, _ := strings.Cut(path, ".")
	for _, key := range []string{"tags", first} {
		if ch.Values[key] != nil {
			return true
		}
	}
	for _, sub := range ch.Dependencies() {
		if _, ok := vals[sub.Name()]; ok {
			return true
		}
		if def := ch.Values[sub.Name()]; def != nil && !isTableValue(def) {
			return true
		}
	}
	return false
}

// byTags enables a dependency unless one of its tags is false and none is true.
func (c *composer) byTags(declared []*chart.Dependency, vals map[string]any) {
	tags, ok := vals["tags"].(map[string]any)
	if !ok {
		return
	}
	for _, d := range declared {
		var on, off bool
		for _, tag := range d.Tags {
			v, ok := tags[tag]
			if !ok {
				continue
			}
			b, isBool := v.(bool)
			if !isBool {
				c.warnf("returned non-bool value for tag %s of chart %s", tag, d.Name)
				continue
			}
			on, off = on || b, off || !b
		}
		d.Enabled = on || !off
	}
}

// byConditions lets the first path of a condition that holds a boolean decide.
// The paths between commas are not trimmed.
func (c *composer) byConditions(declared []*chart.Dependency, vals map[string]any, path string) {
	for _, d := range declared {
		for cond := range strings.SplitSeq(strings.TrimSpace(d.Condition), ",") {
			if cond == "" {
				continue
			}
			v, ok := lookup(vals, path+cond)
			if !ok {
				continue
			}
			if b, isBool := v.(bool); isBool {
				d.Enabled = b
				break
			}
			c.warnf("returned non-bool value for condition %s of chart %s", cond, d.Name)
		}
	}
}

// lookup finds the value, not a table, at a dotted path.
func lookup(vals map[string]any, path string) (any, bool) {
	key := path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		var ok bool
		if vals, ok = tableAt(vals, path[:i]); !ok {
			return nil, false
		}
		key = path[i+1:]
	}
	v, ok := vals[key]
	return v, ok && !isTableValue(v)
}

// tableAt finds the table at a dotted path.
func tableAt(vals map[string]any, path string) (map[string]any, bool) {
	for key := range strings.SplitSeq(path, ".") {
		var ok bool
		if vals, ok = vals[key].(map[string]any); !ok {
			return nil, false
		}
	}
	return vals, true
}
