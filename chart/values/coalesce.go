package values

import (
	"context"
	"fmt"

	"github.com/hchart/hchart/chart"
)

// nullRule says what a null does when tables are put over each other.
type nullRule bool

const (
	// dropNulls gives nulls their meaning: a null removes the key that it
	// stands over, and a null among a chart's defaults removes itself.
	dropNulls nullRule = false
	// keepNulls leaves that to a later pass.
	keepNulls nullRule = true
)

const globalKey = "global"

// coalesce makes the values of the chart ch and everything below it: over has
// precedence, then the defaults of ch, then those of its subcharts. over is
// not changed.
func (c *composer) coalesce(ctx context.Context, ch *chart.Chart, over map[string]any, nulls nullRule) (own, error) {
	p := pass{composer: c, nulls: nulls}
	dst := ownCopy(over)
	return dst, p.chart(ctx, ch, dst, &place{key: ch.Name()}, false)
}

// pass is one walk down a chart tree.
type pass struct {
	*composer
	nulls nullRule
	// markSource makes tables write the nulls of its destination into its
	// source too, which then has to be an own table.
	markSource bool
	// depth is how deep tables is in tables; beyond maxNested it gives up and
	// sets tooDeep.
	depth   int
	tooDeep bool
}

// chart coalesces into dst what belongs to ch. at is the path of the chart,
// for warnings and errors. Settled says that dst holds the defaults of ch.
func (p *pass) chart(ctx context.Context, ch *chart.Chart, dst own, at *place, settled bool) error {
	if err := p.spend(ctx, p.of(ch.Values).size); err != nil {
		return err
	}
	if settled {
		p.settledDefaults(ch, dst, at)
	} else {
		p.defaults(ch, dst, at)
	}
	for _, sub := range ch.Dependencies() {
		name := sub.Name()
		have, ok := dst[name]
		if !ok {
			dst[name] = own{}
		} else if _, ok := asTable(have); !ok {
			return &TypeError{Path: at.below(name).String(), Got: kindOf(have)}
		}
		settled := p.nulls == keepNulls && p.isSettled(have, sub)
		vals := dst.ownAt(name)
		if err := p.spend(ctx, p.globals(vals, dst, at)); err != nil {
			return err
		}
		if err := p.chart(ctx, sub, vals, at.below(name), settled); err != nil {
			return err
		}
	}
	// What the chart's globals still share with its defaults must be told
	// from what they share with other charts: see Copy.
	_, size, _ := globalsOf(dst)
	return p.spend(ctx, size)
}

// defaults puts the chart's own values below those in dst.
func (p *pass) defaults(ch *chart.Chart, dst own, at *place) {
	var subcharts map[string]bool
	for key, def := range ch.Values {
		have, ok := dst[key]
		if !ok {
			p.addDefault(dst, key, def)
			continue
		}
		if have == nil {
			if p.nulls == dropNulls {
				delete(dst, key)
			}
			continue
		}
		if _, ok := asTable(have); !ok {
			continue
		}
		src, ok := def.(map[string]any)
		if !ok {
			if def != nil {
				p.warn("skipped value for " + at.below(key).String() + ": the default is " + kindOf(def) + ", not a table")
			}
			continue
		}
		if subcharts == nil {
			subcharts = names(ch.Dependencies())
		}
		// Nulls for a subchart get their meaning where its defaults are.
		nulls := p.nulls || nullRule(subcharts[key])
		if nulls == dropNulls {
			src = p.cleaned(src)
		}
		dst[key] = p.tables(have, src, nulls, at.below(key))
	}
}

func (p *pass) addDefault(dst own, key string, def any) {
	if p.nulls == dropNulls {
		if def == nil {
			return
		}
		if t, ok := def.(map[string]any); ok {
			def = p.cleaned(t)
		}
	}
	dst[key] = def
}

func names(charts []*chart.Chart) map[string]bool {
	set := make(map[string]bool, len(charts))
	for _, ch := range charts {
		set[ch.Name()] = true
	}
	return set
}

// tables puts src below dst, which is a table, and returns the result: dst
// itself when it is an own table or nothing had to be changed.
func (p *pass) tables(dst any, src map[string]any, nulls nullRule, at *place) any {
	d, _ := asTable(dst)
	if d == nil || src == nil || sameTable(d, src) {
		return dst
	}
	if p.markSource {
		markNulls(src, d)
	}
	result, writable := dst.(own)
	write := func() own {
		if !writable {
			result, writable = ownCopy(d), true
		}
		return result
	}
	for key, low := range src {
		have, ok := d[key]
		switch {
		case !ok:
			write()[key] = low
		case have == nil:
			if nulls == dropNulls && low != nil {
				delete(write(), key)
			}
		default:
			merged := p.entry(have, low, nulls, at, key)
			_, before := have.(own)
			if _, after := merged.(own); after && !before {
				write()[key] = merged
			}
		}
	}
	if writable {
		return result
	}
	return dst
}

// entry returns have with low below it; have is not null.
func (p *pass) entry(have, low any, nulls nullRule, at *place, key string) any {
	_, isTable := asTable(have)
	src, wasTable := asTable(low)
	switch {
	case isTable && wasTable:
		if p.depth == maxNested || p.tooDeep {
			p.tooDeep = true
			return have
		}
		p.depth++
		defer func() { p.depth-- }()
		return p.tables(have, src, nulls, at.below(key))
	case wasTable:
		p.warn("cannot overwrite table with non table for " + at.below(key).String())
	case isTable && low != nil:
		p.warn("destination for " + at.below(key).String() + " is a table: ignoring " + kindOf(low))
	}
	return have
}

// markNulls copies the nulls of from into t.
func markNulls(t, from map[string]any) {
	for key, v := range from {
		if v == nil {
			t[key] = nil
		}
	}
}

// globals puts the globals of a chart, whose values are parent, over those of
// one of its subcharts, whose values are vals.
//
// Each table directly below "global" is copied for the subchart, but the tables
// below that one are the same for both: defaults that the subchart adds to
// global.a.b show up in the parent's and in those of the subcharts after it.
// Helm does so, by accident or not, and charts render differently without.
//
// It returns how many values it looked at.
func (p *pass) globals(vals, parent own, at *place) int {
	to, toSize, ok := globalsOf(vals)
	if !ok {
		p.warn("skipping globals of " + at.String() + ": a subchart's global is " + kindOf(vals[globalKey]) + ", not a table")
		return 0
	}
	from, fromSize, ok := globalsOf(parent)
	if !ok {
		p.warn("skipping globals of " + at.String() + ": its global is " + kindOf(parent[globalKey]) + ", not a table")
		return toSize
	}
	for key, v := range from {
		table, isTable := v.(own)
		have, exists := to[key]
		haveTable, hasTable := have.(own)
		switch {
		case isTable && !exists:
			to[key] = ownCopy(table)
		case isTable && hasTable:
			to[key] = p.tables(ownCopy(table), haveTable, keepNulls, at.below(globalKey).below(key))
		case isTable:
			p.warn("cannot merge the table " + at.below(globalKey).below(key).String() + " onto a subchart's value, which is " + kindOf(have))
		case hasTable:
			p.warn("skipping " + at.below(globalKey).below(key).String() + ": a subchart's value is a table")
		default:
			to[key] = v
		}
	}
	vals[globalKey] = to
	return toSize + fromSize
}

// globalsOf returns the globals in a chart's values, writable all the way
// down: what charts share of them from here on has to be changed in place. No
// globals are an empty table, which is not part of vals. size is how many
// values are in them.
func globalsOf(vals own) (globals own, size int, ok bool) {
	if _, ok := vals[globalKey]; !ok {
		return own{}, 0, true
	}
	globals = vals.ownAt(globalKey)
	return globals, globals.ownAll(), globals != nil
}

// place says where a table is, for warnings and errors. Its text is only made for
// those: there is a place for each table, and paths grow with the depth.
type place struct {
	above *place
	key   string
}

func (p *place) below(key string) *place { return &place{p, key} }

// String returns the keys with dots between them.
func (p *place) String() string {
	if p.above == nil {
		return p.key
	}
	return p.above.String() + "." + p.key
}

// kindOf names the type of a value for users of YAML.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a bool"
	case string:
		return "a string"
	case []any, ownList:
		return "a list"
	case map[string]any, own:
		return "a table"
	case float64, int64, int:
		return "a number"
	}
	return fmt.Sprintf("a %T", v)
}
