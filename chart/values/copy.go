package values

import (
	"reflect"

	"github.com/hchart/hchart/chart"
)

// Copy returns a copy of the values that were composed for the tree ch, for one
// render to change as it likes.
//
// In Helm the tables two levels below "global" are the same for a chart and
// its subcharts: when a template changes .Values.global.a.b, the others see it.
// So it is in the copy. Tables of subcharts are part of those of their parent,
// and all other tables occur once.
func Copy(ch *chart.Chart, vals map[string]any) map[string]any {
	c := copier{tables: map[uintptr]map[string]any{}, lists: map[*any][]any{}}
	return c.chart([]*chart.Chart{ch}, vals)
}

// copier remembers the copies of what may occur more than once: tables by
// their address, lists by that of their first element.
type copier struct {
	tables map[uintptr]map[string]any
	lists  map[*any][]any
}

// chart copies the values of charts, all of one name.
func (c *copier) chart(charts []*chart.Chart, vals map[string]any) map[string]any {
	below := map[string][]*chart.Chart{}
	for _, ch := range charts {
		for _, sub := range ch.Dependencies() {
			below[sub.Name()] = append(below[sub.Name()], sub)
		}
	}
	out := make(map[string]any, len(vals))
	for key, v := range vals {
		table, isTable := v.(map[string]any)
		switch {
		case isTable && key == globalKey:
			out[key] = c.shared(table)
		case isTable && len(below[key]) > 0:
			out[key] = c.chart(below[key], table)
		default:
			out[key] = copyValue(v)
		}
	}
	return out
}

// shared copies a table of globals, or returns the copy that it has made.
func (c *copier) shared(t map[string]any) map[string]any {
	id := reflect.ValueOf(t).Pointer()
	if done, ok := c.tables[id]; ok {
		return done
	}
	out := make(map[string]any, len(t))
	c.tables[id] = out
	for key, v := range t {
		switch v := v.(type) {
		case map[string]any:
			out[key] = c.shared(v)
		case []any:
			out[key] = c.sharedList(v)
		default:
			out[key] = v
		}
	}
	return out
}

func (c *copier) sharedList(l []any) any {
	if len(l) == 0 {
		return copyValue(l)
	}
	if done, ok := c.lists[&l[0]]; ok {
		return done
	}
	out, _ := copyValue(l).([]any)
	c.lists[&l[0]] = out
	return out
}

func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		out := make(map[string]any, len(v))
		for key, e := range v {
			out[key] = copyValue(e)
		}
		return out
	case []any:
		if v == nil {
			return v
		}
		// With the room behind it, up to which the template function slice goes:
		// {{ slice .Values.list 0 4 }} of three elements ends in a null. Twice the
		// length is what appending leaves at most.
		out := make([]any, len(v), min(cap(v), 2*len(v)))
		for i, e := range v {
			out[i] = copyValue(e)
		}
		return out
	}
	return v
}
