package values

import (
	"fmt"
	"maps"

	"github.com/hchart/hchart/chart"
)

// globalKey is the table that every subchart gets to see.
const globalKey = "global"

// coalescer lays values over the defaults of a tree of charts. It changes the
// tables it is given and none that belong to a chart.
type coalescer struct {
	// merge keeps nulls: they are still to meet the values that will be laid
	// over the result. Otherwise a null deletes.
	merge bool
	// warn takes complaints; nil drops them.
	warn func(format string, args ...any)
}

func (c coalescer) warnf(format string, args ...any) {
	if c.warn != nil {
		c.warn(format, args...)
	}
}

// chart lays dest over the defaults of ch and of its subcharts. The prefix is
// the dotted path of ch's parent, for messages.
func (c coalescer) chart(ch *chart.Chart, dest map[string]any, prefix string) error {
	c.defaults(ch, dest, prefix)
	path := join(prefix, ch.Name())
	for _, sub := range ch.Dependencies() {
		table, err := subTable(dest, sub.Name(), path)
		if err != nil {
			return err
		}
		c.globals(table, dest, path)
		if err := c.chart(sub, table, path); err != nil {
			return err
		}
	}
	return nil
}

// subTable returns the table of a subchart, making it if there is none.
func subTable(dest map[string]any, name, path string) (map[string]any, error) {
	v, ok := dest[name]
	if !ok {
		table := map[string]any{}
		dest[name] = table
		return table, nil
	}
	table, ok := v.(map[string]any)
	if !ok {
		return nil, &TypeError{Path: join(path, name), Got: typeName(v)}
	}
	return table, nil
}

// defaults fills dest with the default values of one chart.
func (c coalescer) defaults(ch *chart.Chart, dest map[string]any, prefix string) {
	path := join(prefix, ch.Name())
	for key, def := range ch.Values {
		v, ok := dest[key]
		if !ok {
			c.missing(dest, key, def)
			continue
		}
		table, isTable := v.(map[string]any)
		switch {
		case v == nil && !c.merge:
			delete(dest, key)
		case isTable && isTableValue(def):
			in := c
			// A subchart's values meet its own defaults later: nulls wait.
			in.merge = c.merge || hasDependency(ch, key)
			src := copyTable(def.(map[string]any))
			if !in.merge {
				dropNulls(src)
			}
			in.tables(table, src, join(path, key))
		case isTable && def != nil:
			c.warnf("warning: skipped value for %s.%s: Not a table.", path, key)
		}
	}
}

// missing takes over a default for which there is no value.
func (c coalescer) missing(dest map[string]any, key string, def any) {
	if def == nil && !c.merge {
		return
	}
	v := copyValue(def)
	if table, ok := v.(map[string]any); ok && !c.merge {
		dropNulls(table)
	}
	dest[key] = v
}

func hasDependency(ch *chart.Chart, name string) bool {
	for _, d := range ch.Dependencies() {
		if d.Name() == name {
			return true
		}
	}
	return false
}

// globals gives a subchart's table the globals of its parent, which win.
func (c coalescer) globals(dest, src map[string]any, prefix string) {
	into, ok := globalTable(dest)
	if !ok {
		c.warnf("warning: skipping globals because destination %s is not a table.", globalKey)
		return
	}
	from, ok := globalTable(src)
	if !ok {
		c.warnf("warning: skipping globals because source %s is not a table.", globalKey)
		return
	}
	for key, v := range from {
		table, isTable := v.(map[string]any)
		old, exists := into[key]
		oldTable, oldIsTable := old.(map[string]any)
		switch {
		case isTable && !exists:
			into[key] = maps.Clone(table)
		case isTable && oldIsTable:
			merged := maps.Clone(table)
			// Nulls go when the subchart is coalesced.
			coalescer{merge: true, warn: c.warn}.tables(merged, oldTable, join(prefix, key))
			into[key] = merged
		case isTable:
			c.warnf("Conflict: cannot merge map onto non-map for %q. Skipping.", key)
		case oldIsTable:
			c.warnf("key %s is table. Skipping", key)
		default:
			into[key] = v
		}
	}
	dest[globalKey] = into
}

func globalTable(m map[string]any) (map[string]any, bool) {
	v, ok := m[globalKey]
	if !ok {
		return map[string]any{}, true
	}
	table, ok := v.(map[string]any)
	return table, ok
}

// tables lays dst over src, both all the way down. It changes both: what is only
// in src becomes part of dst.
func (c coalescer) tables(dst, src map[string]any, prefix string) {
	if src == nil || dst == nil {
		return
	}
	// A null of dst that src knows nothing of hides tables of src from nobody,
	// but it is put there too: what is merged from src later sees it.
	hadDefault := map[string]bool{}
	for key, v := range src {
		if v != nil {
			hadDefault[key] = true
		}
	}
	for key, v := range dst {
		if v == nil {
			src[key] = nil
		}
	}
	for key, def := range src {
		v, ok := dst[key]
		table, isTable := v.(map[string]any)
		defTable, defIsTable := def.(map[string]any)
		switch {
		case ok && v == nil && !c.merge && hadDefault[key]:
			delete(dst, key)
		case !ok:
			dst[key] = def
		case defIsTable && isTable:
			c.tables(table, defTable, join(prefix, key))
		case defIsTable:
			c.warnf("warning: cannot overwrite table with non table for %s", join(prefix, key))
		case isTable && def != nil:
			c.warnf("warning: destination for %s is a table. Ignoring non-table value", join(prefix, key))
		}
	}
}

func isTableValue(v any) bool {
	_, ok := v.(map[string]any)
	return ok
}

// dropNulls deletes the nulls of a table and of the tables in it.
func dropNulls(m map[string]any) {
	for key, v := range m {
		if v == nil {
			delete(m, key)
		} else if table, ok := v.(map[string]any); ok {
			dropNulls(table)
		}
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return fmt.Sprintf("%s.%s", a, b)
}

// copyTable copies a table and all tables and lists in it.
func copyTable(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = copyValue(v)
	}
	return out
}

func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v == nil {
			return v
		}
		return copyTable(v)
	case []any:
		if v == nil {
			return v
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = copyValue(e)
		}
		return out
	}
	return v
}
