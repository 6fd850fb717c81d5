package quick_test

import "math/rand/v2"

// generator makes schemas and values of few names, so that they meet.
type generator struct{ *rand.Rand }

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

func (g generator) key() string { return pick(g, "a", "b", "c", "d") }

func (g generator) scalar() any {
	return pick[any](g, nil, true, false, "", "a", "bb", "éé", 0, 1, 2, 1.5, 0.1, -3, 1e15)
}

func (g generator) value(depth int) any {
	if depth < 3 && (depth == 0 || g.IntN(3) == 0) {
		// What JSON makes of numbers.
		if n, ok := g.scalar().(int); ok {
			return pick[any](g, n, int64(n), float64(n))
		}
		return g.scalar()
	}
	if depth < 3 && g.IntN(4) == 0 {
		l := []any{}
		for range g.IntN(4) {
			l = append(l, g.value(depth-1))
		}
		return l
	}
	t := map[string]any{}
	for range g.IntN(4) {
		t[g.key()] = g.value(depth - 1)
	}
	return t
}

// schema makes one that is mostly right.
func (g generator) schema(depth int) map[string]any {
	s := map[string]any{}
	if depth == 3 {
		s["$schema"] = pick(g,
			"http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema",
			"https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/schema#")
		s[pick(g, "x", "default")] = g.schema(1)
		s[pick(g, "$defs", "definitions")] = map[string]any{"d": g.schema(1), "e": g.schema(2)}
	}
	for range g.IntN(4) {
		g.keyword(s, depth)
	}
	return s
}

func (g generator) below(depth int) any {
	if depth == 0 {
		return pick[any](g, true, true, false, map[string]any{})
	}
	if g.IntN(60) == 0 {
		return g.scalar()
	}
	return g.schema(depth - 1)
}

func (g generator) keyword(s map[string]any, depth int) {
	number := pick[any](g, 0, 1, 2, 3, 1.5, 0.1, 1, 2)
	switch g.IntN(22) {
	case 0, 1, 2, 3:
		s["properties"] = map[string]any{g.key(): g.below(depth), g.key(): g.below(depth), g.key(): g.below(depth)}
	case 4:
		s["type"] = pick(g, "object", "object", "string", "integer", "number", "boolean", "null", "array")
	case 5:
		s["type"] = []any{pick(g, "object", "array"), pick(g, "string", "integer"), pick(g, "number", "null", "string")}
	case 6:
		s["required"] = []any{g.key()}
	case 7:
		s[pick(g, "anyOf", "oneOf", "allOf")] = []any{g.below(depth), g.below(depth)}
	case 8:
		s["not"] = g.below(depth)
	case 9:
		s["additionalProperties"] = g.below(depth)
	case 10:
		s["enum"] = []any{g.scalar(), g.scalar(), g.value(2)}
	case 11:
		s["const"] = g.value(g.IntN(3))
	case 12:
		s[pick(g, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")] = number
	case 13:
		s[pick(g, "minProperties", "maxProperties", "maxLength", "minLength", "minItems", "maxItems")] = number
	case 14, 15:
		s["$ref"] = pick(g, "#", "#/$defs/d", "#/$defs/e", "#/definitions/d", "#/definitions/e", "#/properties/a", "#/definitions/d/properties/a", "#/properties", "#/definitions", "#/x", "#/default")
	case 16:
		s[pick(g, "if", "then", "else")] = g.below(depth)
		s["if"] = g.below(depth)
	case 17:
		s["patternProperties"] = map[string]any{pick(g, "^a", "[bc]", "(", ""): g.below(depth)}
	case 18:
		s["items"] = g.below(depth)
	case 19:
		s["prefixItems"] = []any{g.below(depth)}
	case 20:
		s[pick(g, "uniqueItems", "deprecated", "title", "$comment", "propertyNames", "unevaluatedProperties", "x")] = pick[any](g, true, "x")
	case 21:
		s[pick(g, "pattern", "format")] = pick(g, "^b*$", "a", "ipv4", "[")
	}
}
