package quick

import "strings"

// keyword reads a keyword of the schema n, whose JSON is in. It has to know each
// one that some metaschema mentions; others mean nothing to anybody.
func (b *builder) keyword(n *node, in *value, key string, v *value) {
	switch key {
	case "$schema":
		b.doubt(in == b.root)
	case "$id":
		b.doubt(in == b.root && b.draft > 4 && v.kind == text && isPlainURL(v.text))
	case "$ref":
		b.doubt(v.kind == text)
		b.refs = append(b.refs, reference{n, v.text})
	case "definitions", "$defs": // the latter is for references only in old drafts
		b.properties(v)
	case "type":
		n.types = b.types(v)
	case "enum":
		b.doubt(v.kind == list && (b.draft >= 2019 || len(v.members) > 0 && isSet(v.members)))
		n.enum = v
	case "const":
		b.doubt(b.draft >= 6)
		n.constant = v
	case "format":
		b.doubt(v.kind == text)
		n.formatted = b.draft < 2019
	case "title", "description", "$comment", "contentEncoding", "contentMediaType":
		b.doubt(v.kind == text)
	case "readOnly", "writeOnly", "deprecated":
		b.doubt(v.kind == boolean)
	case "examples":
		b.doubt(v.kind == list)
	case "default":
	case "id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary",
		"dependencies", "dependentSchemas", "dependentRequired", "propertyNames", "unevaluatedProperties",
		"contains", "minContains", "maxContains", "additionalItems", "unevaluatedItems", "contentSchema":
		b.doubt(false)
	default:
		if !b.tableKeyword(n, key, v) && !b.listKeyword(n, key, v) && !b.textKeyword(n, key, v) && !b.numberKeyword(n, in, key, v) {
			b.logicKeyword(n, key, v)
		}
	}
}

func (b *builder) tableKeyword(n *node, key string, v *value) bool {
	switch key {
	case "properties", "patternProperties", "additionalProperties", "required", "minProperties", "maxProperties":
	default:
		return false
	}
	if n.tables == nil {
		n.tables = &tableRules{most: -1}
	}
	r := n.tables
	switch key {
	case "properties":
		r.properties = b.properties(v)
	case "patternProperties":
		for _, p := range b.properties(v) {
			r.patterns = append(r.patterns, pattern{b.expression(p.name), p.node})
		}
	case "additionalProperties":
		if v.kind == boolean && b.draft == 4 { // the one place for it in that draft
			r.additional = &node{certain: -1}
			if v.yes {
				r.additional.certain = 1
			}
		} else {
			r.additional = b.schema(v)
		}
	case "required":
		r.required = b.names(v)
	case "minProperties":
		r.least = b.count(v)
	case "maxProperties":
		r.most = b.count(v)
	}
	return true
}

func (b *builder) listKeyword(n *node, key string, v *value) bool {
	switch key {
	case "items", "prefixItems", "uniqueItems", "minItems", "maxItems":
	default:
		return false
	}
	if n.lists == nil {
		n.lists = &listRules{most: -1}
	}
	r := n.lists
	switch key {
	case "items": // a list of them, in old drafts, is left to the library
		r.items = b.schema(v)
	case "prefixItems":
		b.doubt(b.draft >= 2020)
		r.prefix = b.schemas(v)
	case "uniqueItems":
		b.doubt(v.kind == boolean)
		r.unique = v.yes
	case "minItems":
		r.least = b.count(v)
	case "maxItems":
		r.most = b.count(v)
	}
	return true
}

func (b *builder) textKeyword(n *node, key string, v *value) bool {
	switch key {
	case "pattern", "minLength", "maxLength":
	default:
		return false
	}
	if n.texts == nil {
		n.texts = &textRules{most: -1}
	}
	switch key {
	case "pattern":
		b.doubt(v.kind == text)
		n.texts.expr = b.expression(v.text)
	case "minLength":
		n.texts.least = b.count(v)
	case "maxLength":
		n.texts.most = b.count(v)
	}
	return true
}

func (b *builder) numberKeyword(n *node, in *value, key string, v *value) bool {
	switch key {
	case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf":
	default:
		return false
	}
	if n.nums == nil {
		n.nums = &numberRules{}
	}
	r := n.nums
	limit, ok := newBound(v) // in draft 4 the exclusive ones are booleans
	b.doubt(ok && (b.draft > 4 || !strings.HasPrefix(key, "exclusive")))
	switch key {
	case "minimum":
		r.least = limit
	case "exclusiveMinimum":
		r.above = limit
	case "maximum":
		r.most = limit
	case "exclusiveMaximum":
		r.below = limit
	case "multipleOf":
		b.doubt(ok && limit.float > 0)
		r.factor = limit
	}
	return true
}

func (b *builder) logicKeyword(n *node, key string, v *value) {
	switch key {
	case "allOf", "anyOf", "oneOf", "not", "if", "then", "else":
	default:
		return // unknown to the library as well
	}
	if n.logic == nil {
		n.logic = &logicRules{}
	}
	r := n.logic
	switch key {
	case "allOf":
		r.all = b.schemas(v)
	case "anyOf":
		r.any = b.schemas(v)
	case "oneOf":
		r.one = b.schemas(v)
	case "not":
		r.not = b.schema(v)
	default:
		b.doubt(b.draft >= 7)
		branch := b.schema(v)
		switch key {
		case "if":
			r.test = branch
		case "then":
			r.then = branch
		case "else":
			r.orElse = branch
		}
	}
}

// types reads the keyword type.
func (b *builder) types(v *value) kind {
	if v.kind == text {
		k := kindNamed(v.text)
		b.doubt(k != 0)
		return k
	}
	b.doubt(v.kind == list && len(v.members) > 0)
	var all kind
	for i := range v.members {
		m := &v.members[i].value
		k := kindNamed(m.text)
		b.doubt(m.kind == text && k != 0 && all&k == 0)
		all |= k
	}
	return all
}

func kindNamed(name string) kind {
	switch name {
	case "null":
		return null
	case "boolean":
		return boolean
	case "number":
		return number
	case "integer":
		return integer
	case "string":
		return text
	case "array":
		return list
	case "object":
		return table
	}
	return 0
}

// names reads a list of strings that are all different.
func (b *builder) names(v *value) []string {
	b.doubt(v.kind == list && (len(v.members) > 0 || b.draft > 4) && isSet(v.members))
	names := make([]string, len(v.members))
	for i := range v.members {
		b.doubt(v.members[i].kind == text)
		names[i] = v.members[i].text
	}
	return names
}

// isSet reports for certain that no element of a list occurs twice.
func isSet(members []member) bool {
	if len(members) > 200 {
		return false
	}
	for i := range members {
		switch members[i].kind {
		case text, boolean, null:
		case number: // 1 and 1.0 are one number
			if strings.Contains(members[i].text, ".") || members[i].text == "-0" {
				return false
			}
		default:
			return false
		}
		for j := range i {
			a, b := &members[i].value, &members[j].value
			if a.kind == b.kind && a.text == b.text && a.yes == b.yes {
				return false
			}
		}
	}
	return true
}

// count reads the number of a keyword that counts something.
func (b *builder) count(v *value) int {
	n, ok := count(v)
	b.doubt(ok)
	return n
}

// isPlainURL reports whether an identifier is an address without anything that
// has to be resolved, and not one of a metaschema.
func isPlainURL(url string) bool {
	rest, ok := strings.CutPrefix(url, "http")
	rest, ok2 := strings.CutPrefix(strings.TrimPrefix(rest, "s"), "://")
	if !ok || !ok2 || rest == "" || strings.Contains(rest, "json-schema.org") || strings.Contains(rest, "//") ||
		strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, ".") || strings.Contains(rest, "/.") {
		return false
	}
	return !strings.ContainsFunc(rest, isOdd)
}
