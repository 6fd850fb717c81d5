package values

import (
	"reflect"

	"github.com/hchart/hchart/chart"
)

// settledTable are the values of a chart as an earlier pass made them, with the
// defaults that are in them.
type settledTable struct{ table, defaults map[string]any }

// settle notes that vals, which a pass has made for ch and nobody changes any
// more, hold the defaults of the charts below ch. Putting those defaults below
// them once more, as the passes for the charts above would do with each level of
// each chart, does nothing.
//
// It holds for passes that keep nulls and only as long as nothing was warned of:
// then no two defaults are at odds, and what would be looked at again would not be
// warned of again. In their globals a chart and its subcharts change each
// other: see settledDefaults.
func (c *composer) settle(ch *chart.Chart, vals map[string]any) {
	if len(c.warnings) > 0 {
		return
	}
	for _, sub := range ch.Dependencies() {
		if table, ok := vals[sub.Name()].(map[string]any); ok {
			c.settled[reflect.ValueOf(table).Pointer()] = settledTable{table, sub.Values}
			c.settle(sub, table)
		}
	}
}

// isSettled reports whether v are values for ch that hold its defaults.
func (c *composer) isSettled(v any, ch *chart.Chart) bool {
	table, ok := v.(map[string]any)
	if !ok || len(c.settled) == 0 {
		return false
	}
	known, ok := c.settled[reflect.ValueOf(table).Pointer()]
	return ok && sameTable(known.defaults, ch.Values)
}

// settledDefaults is defaults for values that hold them already: only their
// globals have changed.
func (p *pass) settledDefaults(ch *chart.Chart, dst own, at *place) {
	def, ok := ch.Values[globalKey]
	if !ok {
		return
	}
	only := *ch
	only.Values = map[string]any{globalKey: def}
	p.defaults(&only, dst, at)
}
