package quick

import "unicode/utf8"

// Bounds of one check, far below those of package values.
const (
	maxSteps = 50_000 // schemas that are applied to a value
	maxDepth = 300    // in each other; a cycle of references gets there
)

// check is the state of checking values against a schema. It looks at no less
// than the library does, so that its steps are not fewer.
type check struct {
	draft  draft
	steps  int
	depth  int
	unsure bool
}

// Valid reports for certain that values meet the schema. False says nothing.
func (s *Schema) Valid(vals map[string]any) bool {
	c := check{draft: s.draft}
	return c.apply(s.root, vals) && !c.unsure
}

// apply reports whether v meets n.
func (c *check) apply(n *node, v any) bool {
	if n.certain != 0 {
		return n.certain > 0
	}
	c.steps++
	if c.unsure || c.steps > maxSteps || c.depth > maxDepth {
		c.unsure = true
		return false
	}
	k := kindOf(v)
	if k == 0 {
		c.unsure = true
		return false
	}
	if n.types != 0 && n.types&k == 0 && (k != number || n.types&integer == 0 || !isWhole(v)) {
		return false
	}
	if n.constant != nil && !c.equals(v, n.constant) || n.enum != nil && !c.oneOf(v, n.enum) {
		return false
	}
	if n.formatted && k == text {
		c.unsure = true
		return false
	}
	c.depth++
	defer func() { c.depth-- }()
	return c.rules(n, v)
}

func (c *check) oneOf(v any, among *value) bool {
	for i := range among.members {
		if c.equals(v, &among.members[i].value) {
			return true
		}
	}
	return false
}

// rules applies all that is in n but what can be decided at a look.
func (c *check) rules(n *node, v any) bool {
	ok := true
	if n.ref != nil {
		ok = c.apply(n.ref, v)
		if c.draft < 2019 {
			return ok
		}
	}
	switch v := v.(type) {
	case map[string]any:
		if n.tables != nil {
			ok = c.table(n.tables, v) && ok
		}
	case []any:
		if n.lists != nil {
			ok = c.list(n.lists, v) && ok
		}
	case string:
		if n.texts != nil {
			ok = c.text(n.texts, v) && ok
		}
	case float64, int64, int:
		if n.nums != nil {
			ok = n.nums.meets(v) && ok
		}
	}
	if n.logic != nil {
		ok = c.logic(n.logic, v) && ok
	}
	return ok
}

func (c *check) table(r *tableRules, t map[string]any) bool {
	ok := len(t) >= r.least && (r.most < 0 || len(t) <= r.most)
	for _, name := range r.required {
		_, has := t[name]
		ok = ok && has
	}
	known := 0
	for i := range r.properties {
		p := &r.properties[i]
		if v, has := t[p.name]; has {
			known++
			ok = c.apply(p.node, v) && ok
		}
	}
	if len(r.patterns) == 0 && (r.additional == nil || known == len(t)) {
		return ok
	}
	r.buildIndex()
	for key, v := range t {
		_, taken := r.index[key]
		for _, p := range r.patterns {
			if p.expr.MatchString(key) {
				taken = true
				ok = c.apply(p.node, v) && ok
			}
		}
		if !taken && r.additional != nil {
			ok = c.apply(r.additional, v) && ok
		}
	}
	return ok
}

func (r *tableRules) buildIndex() {
	if r.index == nil {
		r.index = make(map[string]*node, len(r.properties))
		for _, p := range r.properties {
			r.index[p.name] = p.node
		}
	}
}

func (c *check) list(r *listRules, l []any) bool {
	ok := len(l) >= r.least && (r.most < 0 || len(l) <= r.most)
	if r.unique {
		ok = c.distinct(l) && ok
	}
	for i, v := range l {
		switch {
		case i < len(r.prefix):
			ok = c.apply(r.prefix[i], v) && ok
		case r.items != nil:
			ok = c.apply(r.items, v) && ok
		}
	}
	return ok
}

func (c *check) text(r *textRules, s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= r.least && (r.most < 0 || n <= r.most) && (r.expr == nil || r.expr.MatchString(s))
}

func (r *numberRules) meets(v any) bool {
	return (r.least == nil || r.least.compare(v) >= 0) &&
		(r.above == nil || r.above.compare(v) > 0) &&
		(r.most == nil || r.most.compare(v) <= 0) &&
		(r.below == nil || r.below.compare(v) < 0) &&
		(r.factor == nil || r.factor.divides(v))
}

func (c *check) logic(r *logicRules, v any) bool {
	ok := r.not == nil || !c.apply(r.not, v)
	for _, n := range r.all {
		ok = c.apply(n, v) && ok
	}
	if len(r.any) > 0 {
		ok = c.matches(r.any, v, 1) == 1 && ok
	}
	if len(r.one) > 0 {
		ok = c.matches(r.one, v, 2) == 1 && ok
	}
	if r.test == nil {
		return ok
	}
	branch := r.orElse
	if c.apply(r.test, v) {
		branch = r.then
	}
	return (branch == nil || c.apply(branch, v)) && ok
}

// matches counts how many of the schemas v meets, up to enough.
func (c *check) matches(nodes []*node, v any, enough int) int {
	n := 0
	for _, m := range nodes {
		if n < enough && c.apply(m, v) {
			n++
		}
	}
	return n
}
