package values

import (
	"fmt"
	"strings"

	"github.com/hchart/hchart/chart"
)

// importValues replaces the defaults of each chart that declares dependencies,
// from the leaves up, by the merged defaults of the chart and its subcharts,
// with what import-values names below them. Nulls are kept: they are still to
// meet the user's values.
func (c *composer) importValues(ch *chart.Chart) error {
	for _, sub := range ch.Dependencies() {
		if err := c.importValues(sub); err != nil {
			return err
		}
	}
	if ch.Metadata.Dependencies == nil {
		return nil
	}
	merged := map[string]any{}
	merger := coalescer{merge: true}
	if err := merger.chart(ch, merged, ""); err != nil {
		return err
	}
	imported := map[string]any{}
	for _, d := range ch.Metadata.Dependencies {
		var done []any
		for _, spec := range d.ImportValues {
			from, to, ok := importSpec(spec)
			if !ok {
				continue
			}
			done = append(done, map[string]string{"child": from, "parent": to})
			table, ok := tableAt(merged, d.Name+"."+from)
			if !ok {
				c.warnf("ImportValues missing table from chart %s: %q is not a table", d.Name, from)
				continue
			}
			merger.tables(imported, nest(to, table), "")
		}
		d.ImportValues = done
	}
	// Tables of the subcharts are now part of imported too; what is laid over
	// them must not change them.
	ch.Values = copyTable(merged)
	merger.tables(ch.Values, imported, "")
	return nil
}

// importSpec reads an entry of import-values: a name below exports, or a table
// of child and parent, whose values may be anything and become texts.
func importSpec(spec any) (child, parent string, ok bool) {
	switch spec := spec.(type) {
	case string:
		return "exports." + spec, ".", true
	case map[string]any:
		return fmt.Sprint(spec["child"]), fmt.Sprint(spec["parent"]), true
	}
	return "", "", false
}

// nest puts a table at a dotted path; "." is no path.
func nest(path string, table map[string]any) map[string]any {
	if path == "." {
		return table
	}
	keys := strings.Split(path, ".")
	for i := len(keys) - 1; i >= 0; i-- {
		table = map[string]any{keys[i]: table}
	}
	return table
}
