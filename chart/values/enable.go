package values

import (
	"context"
	"strings"

	"github.com/hchart/hchart/chart"
)

// enable applies the dependencies that ch declares: it makes a copy for each
// alias, takes out what tags and conditions disable, and goes on with the
// subcharts that stay. over are the values of the chart above, all of them, and
// path says where in them those of ch are: "" or ending in a dot.
//
// A chart that declares nothing is left as it is, and so are the charts below.
func (c *composer) enable(ctx context.Context, ch *chart.Chart, over map[string]any, path string) error {
	declared := ch.Metadata.Dependencies
	if declared == nil {
		return nil
	}
	charts, err := c.arrange(ctx, ch)
	if err != nil {
		return err
	}
	ch.SetDependencies(charts...)
	for _, d := range declared {
		d.Enabled = true
	}
	vals, err := c.coalesce(ctx, ch, over, dropNulls)
	if err != nil {
		return err
	}
	c.applyTags(declared, vals)
	c.applyConditions(declared, vals, path)

	disabled := map[string]bool{}
	for _, d := range declared {
		if !d.Enabled {
			disabled[d.Name] = true
		}
	}
	var kept []*chart.Chart
	for _, sub := range ch.Dependencies() {
		if !disabled[sub.Name()] {
			kept = append(kept, sub)
		}
	}
	if err := c.enableBelow(ctx, kept, plain(vals), path); err != nil {
		return err
	}
	var keptDeclared []*chart.Dependency
	for _, d := range declared {
		if !disabled[d.Name] {
			keptDeclared = append(keptDeclared, d)
		}
	}
	ch.Metadata.Dependencies = keptDeclared
	ch.SetDependencies(kept...)
	return nil
}

// enableBelow goes on with the subcharts of a chart. Helm coalesces each of
// them into all the values of the chart above, as if it were the root; only
// some keys can make a difference, so here it gets no others.
func (c *composer) enableBelow(ctx context.Context, charts []*chart.Chart, vals map[string]any, path string) error {
	for _, sub := range charts {
		if sub.Metadata.Dependencies == nil {
			continue
		}
		subpath := path + sub.Name() + "."
		first, _, _ := strings.Cut(subpath, ".")
		over := map[string]any{}
		pick := func(key string) {
			if v, ok := vals[key]; ok {
				over[key] = v
			}
		}
		pick("tags")
		pick(globalKey)
		pick(first)
		pickNames(sub, pick)
		if err := c.enable(ctx, sub, over, subpath); err != nil {
			return err
		}
	}
	return nil
}

// pickNames calls pick with every name that a chart below ch has or may get.
func pickNames(ch *chart.Chart, pick func(string)) {
	for _, d := range ch.Metadata.Dependencies {
		pick(d.Name)
		pick(d.Alias)
	}
	for _, sub := range ch.Dependencies() {
		pick(sub.Name())
		pickNames(sub, pick)
	}
}

// arrange returns the subcharts of ch in the order in which they render: those
// that Chart.yaml does not declare, then the declared ones in its order, each
// a copy of its own. It renames the declared dependencies to their aliases.
func (c *composer) arrange(ctx context.Context, ch *chart.Chart) ([]*chart.Chart, error) {
	loaded := ch.Dependencies()
	byName := make(map[string][]*chart.Chart, len(loaded))
	for _, sub := range loaded {
		byName[sub.Name()] = append(byName[sub.Name()], sub)
	}
	declared := map[*chart.Chart]bool{}
	var copies []*chart.Chart
	for _, d := range ch.Metadata.Dependencies {
		found := false
		for _, sub := range byName[d.Name] {
			if !c.fits(d.Version, sub.Metadata.Version) {
				continue
			}
			declared[sub] = true
			if found {
				continue
			}
			found = true
			if err := c.count(ctx, 1+len(sub.Dependencies())+len(sub.Metadata.Dependencies)); err != nil {
				return nil, err
			}
			copies = append(copies, copyForAlias(sub, d.Alias))
		}
		if d.Alias != "" {
			d.Name = d.Alias
		}
	}
	out := make([]*chart.Chart, 0, len(loaded)+len(copies))
	for _, sub := range loaded {
		if !declared[sub] {
			out = append(out, sub)
		}
	}
	return append(out, copies...), nil
}

// fits reports whether a version is in a range. The same two meet again and
// again: an umbrella has many charts with one common library.
func (c *composer) fits(constraint, version string) bool {
	pair := [2]string{constraint, version}
	fits, ok := c.ranges[pair]
	if !ok {
		fits = chart.CompatibleRange(constraint, version)
		c.ranges[pair] = fits
	}
	return fits
}

// copyForAlias copies ch and the nodes of its subcharts. What is below those
// stays shared by all copies of ch, with the metadata of its subcharts, and
// keeps its parent until a copy that declares it takes it: this is what Helm
// does, and it shows in the paths ("# Source:") below a chart used twice.
func copyForAlias(ch *chart.Chart, alias string) *chart.Chart {
	out := *ch
	out.Metadata = copyMetadata(ch.Metadata)
	out.SetDependencies()
	for _, sub := range ch.Dependencies() {
		node := *sub
		out.AddDependency(&node)
	}
	if alias != "" {
		out.Metadata.Name = alias
	}
	return &out
}

// applyTags enables and disables dependencies by the table "tags": one true
// tag enables, else one false tag disables.
func (c *composer) applyTags(declared []*chart.Dependency, vals own) {
	tags, ok := asTable(vals["tags"])
	if !ok {
		return
	}
	for _, d := range declared {
		var yes, no bool
		for _, tag := range d.Tags {
			v, ok := tags[tag]
			if !ok {
				continue
			}
			on, ok := v.(bool)
			if !ok {
				c.warn("tag " + tag + " of dependency " + d.Name + " is " + kindOf(v) + ", not a bool: ignored")
				continue
			}
			yes, no = yes || on, no || !on
		}
		d.Enabled = yes || !no
	}
}

// applyConditions lets the first path of each condition that leads to a bool
// decide. The parts of a condition are not trimmed.
func (c *composer) applyConditions(declared []*chart.Dependency, vals own, path string) {
	for _, d := range declared {
		for cond := range strings.SplitSeq(strings.TrimSpace(d.Condition), ",") {
			if cond == "" {
				continue
			}
			v, ok := valueAt(vals, path+cond)
			if !ok {
				continue
			}
			if on, ok := v.(bool); ok {
				d.Enabled = on
				break
			}
			c.warn("condition " + path + cond + " of dependency " + d.Name + " is " + kindOf(v) + ", not a bool: ignored")
		}
	}
}

// valueAt finds what is not a table at a path of keys with dots between them.
func valueAt(vals map[string]any, path string) (any, bool) {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		t, ok := tableAt(vals, path[:i])
		if !ok {
			return nil, false
		}
		vals, path = t, path[i+1:]
	}
	v, ok := vals[path]
	if _, isTable := asTable(v); !ok || isTable {
		return nil, false
	}
	return v, true
}

// tableAt finds the table at a path of keys with dots between them.
func tableAt(vals map[string]any, path string) (map[string]any, bool) {
	for key := range strings.SplitSeq(path, ".") {
		t, ok := asTable(vals[key])
		if !ok {
			return nil, false
		}
		vals = t
	}
	return vals, true
}
