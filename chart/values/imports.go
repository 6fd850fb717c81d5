package values

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/hchart/hchart/chart"
)

// importValues replaces the values of each chart that declares dependencies,
// the deepest first, by its values with its subcharts' defaults below them and
// with what it imports from those. Nulls are kept.
func (c *composer) importValues(ctx context.Context, ch *chart.Chart) error {
	for _, sub := range ch.Dependencies() {
		if err := c.importValues(ctx, sub); err != nil {
			return err
		}
	}
	declared := ch.Metadata.Dependencies
	if declared == nil {
		return nil
	}
	vals, err := c.coalesce(ctx, ch, nil, keepNulls)
	if err != nil {
		return err
	}
	imported, err := c.imported(ch, vals)
	if err != nil {
		return err
	}
	if len(imported) == 0 {
		ch.Values = plain(vals)
		c.settle(ch, ch.Values)
		return nil
	}
	// The chart's own values have precedence over what it imports. They are
	// a copy, for imported is a part of vals and changes with it: what is found
	// out about vals now is not true later.
	if (facts{}).of(plain(vals)).size > maxImported {
		return &ImportError{Chart: ch.Name(), Reason: reasonMany}
	}
	merged := tableCopy(vals)
	p := pass{composer: c, nulls: keepNulls, markSource: true}
	p.tables(merged, imported, keepNulls, &place{key: ch.Name()})
	if p.tooDeep {
		return &ImportError{Chart: ch.Name(), Reason: reasonNested}
	}
	ch.Values = plain(merged)
	if c.of(ch.Values).size > maxImported {
		return &ImportError{Chart: ch.Name(), Reason: reasonMany}
	}
	return nil
}

// Bounds of what imports may make of values. Tables that are shared by several
// imports count for each, so that a few lines could ask for any amount.
const (
	maxImported = 1_000_000 // values in the tables of one chart
	maxNested   = 20_000    // tables in tables
)

const (
	reasonNested = "they put a table into itself, or nest too many"
	reasonMany   = "they make more than a million values"
)

// imported collects what dependencies of ch give to it. Of several imports of
// one key the first wins.
//
// Tables it takes from vals it goes on sharing with vals, so that imports which
// meet in one table change it in vals too; a null of an earlier import is
// written into the tables of later ones. Both is Helm's behaviour. Where it
// puts a table into itself Helm dies of stack overflow: here it is an error.
func (c *composer) imported(ch *chart.Chart, vals own) (own, error) {
	p := pass{composer: c, nulls: keepNulls, markSource: true}
	all := own{}
	for _, d := range ch.Metadata.Dependencies {
		var long []any
		for _, imp := range d.ImportValues {
			child, parent, ok := importPaths(imp)
			if !ok {
				continue
			}
			long = append(long, map[string]string{"child": child, "parent": parent})
			table := vals.ownPath(d.Name + "." + child)
			if table == nil {
				c.warn("import-values: dependency " + d.Name + " has no table " + child)
				continue
			}
			if len(table) == 0 {
				table = own{}
			}
			table.ownAll()
			src, ok := placed(table, parent)
			if ok {
				p.tables(all, src, keepNulls, &place{key: "import-values of " + d.Name})
			}
			if !ok || p.tooDeep || holdsItself(all, map[uintptr]bool{}) {
				return nil, &ImportError{Chart: ch.Name(), Dependency: d.Name, Reason: reasonNested}
			}
		}
		d.ImportValues = long
	}
	return all, nil
}

// holdsItself reports whether a table below t can be reached from itself. In
// seen are tables that were looked at: true while the search is below them.
func holdsItself(t map[string]any, seen map[uintptr]bool) bool {
	id := reflect.ValueOf(t).Pointer()
	if open, ok := seen[id]; ok {
		return open
	}
	seen[id] = true
	for _, v := range t {
		if sub, ok := asTable(v); ok && holdsItself(sub, seen) {
			return true
		}
	}
	seen[id] = false
	return false
}

// tableCopy copies t and the tables in it, but no lists.
func tableCopy(t map[string]any) own {
	out := ownCopy(t)
	for key, v := range out {
		if sub, ok := v.(map[string]any); ok {
			out[key] = tableCopy(sub)
		}
	}
	return out
}

// importPaths reads an entry of import-values: the name of an export, or a
// table with the paths of a table of the child and of one of the parent. What
// is no path in it becomes its text.
func importPaths(imp any) (child, parent string, ok bool) {
	switch imp := imp.(type) {
	case string:
		return "exports." + imp, ".", true
	case map[string]any:
		return fmt.Sprint(imp["child"]), fmt.Sprint(imp["parent"]), true
	}
	return "", "", false
}

// ownPath makes the table at a path of keys with dots between them writable in
// place, with those on the way; nil when there is none.
func (t own) ownPath(path string) own {
	for key := range strings.SplitSeq(path, ".") {
		if t = t.ownAt(key); t == nil {
			return nil
		}
	}
	return t
}

// placed wraps t into tables so that it stands at path; "." is the root. It
// refuses paths of absurd length.
func placed(t own, path string) (own, bool) {
	if path == "." {
		return t, true
	}
	if strings.Count(path, ".") > maxNested {
		return nil, false
	}
	for _, key := range slices.Backward(strings.Split(path, ".")) {
		t = own{key: t}
	}
	return t, true
}
