package values_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

// TestDeepDefaults checks charts in each other whose defaults speak of each other:
// what one pass has put together the next ones need not look at again, but for
// globals. The results are compared with Helm's in test/helmref.
func TestDeepDefaults(t *testing.T) {
	level := func(name string, vals table, below ...*chart.Chart) *chart.Chart {
		c := &chart.Chart{Metadata: &chart.Metadata{Name: name, Version: "1.0.0"}, Values: vals}
		for _, sub := range below {
			c.AddDependency(sub)
			c.Metadata.Dependencies = append(c.Metadata.Dependencies, &chart.Dependency{Name: sub.Name(), Version: "1.x"})
		}
		return c
	}
	tree := func(d any) *chart.Chart {
		return level("a", table{"global": table{"g": table{"a": 1}}, "b": table{"x": "a"}},
			level("b", table{"x": "b", "y": "b", "c": table{"d": table{"x": "b", "z": nil}}, "global": table{"g": table{"b": 1}}},
				level("c", table{"x": "c", "d": table{"y": "c", "t": table{"c": 1}}, "global": table{"g": table{"a": 2, "c": 1}}},
					level("d", table{"x": "d", "y": "d", "z": "d", "t": d, "global": table{"g": table{"d": 1}}}))))
	}
	comp, err := values.Compose(t.Context(), tree(table{"d": 1}), table{"b": table{"c": table{"x": "user"}}}, values.ComposeOptions{})
	if err != nil || len(comp.Warnings) > 0 {
		t.Fatal(err, comp)
	}
	globals := func(keys ...string) table {
		g := table{"a": 1}
		for _, key := range keys {
			g[key] = 1
		}
		return table{"g": g}
	}
	want := table{
		"global": globals(),
		"b": table{
			"x": "a", "y": "b", "global": globals("b"),
			"c": table{
				"x": "user", "global": globals("b", "c"),
				"d": table{"x": "b", "y": "c", "t": table{"c": 1, "d": 1}, "global": globals("b", "c", "d")},
			},
		},
	}
	if !reflect.DeepEqual(comp.Values, map[string]any(want)) {
		t.Errorf("got  %v\nwant %v", comp.Values, want)
	}
	// A default that is at odds is told of by each pass that meets it.
	comp, err = values.Compose(t.Context(), tree("text"), nil, values.ComposeOptions{})
	if err != nil || !slices.Contains(comp.Warnings, "skipped value for a.b.c.d.t: the default is a string, not a table") ||
		!slices.Contains(comp.Warnings, "skipped value for c.d.t: the default is a string, not a table") {
		t.Errorf("%v, %v", err, comp.Warnings)
	}
}
