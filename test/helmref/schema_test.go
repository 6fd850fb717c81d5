package helmref

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart/values"
	"helm.sh/helm/v4/pkg/chart/common/util"
)

// schemaCases are schemas with values that meet them or not. None refers to a
// file or to the network: there hchart differs on purpose.
var schemaCases = []struct{ schema, values string }{
	{`{"type":"object","required":["a"]}`, `{}`},
	{`{"type":"object","required":["a","b"]}`, `{"a":1}`},
	{`{"properties":{"a":{"type":"integer","minimum":3}}}`, `{"a":2}`},
	{`{"properties":{"a":{"type":"integer","maximum":3000}}}`, `{"a":4000.5}`},
	{`{"properties":{"a":{"enum":["x","y",1,null]}}}`, `{"a":"z"}`},
	{`{"properties":{"a":{"const":{"b":1}}}}`, `{"a":{"b":2}}`},
	{`{"properties":{"a":{"oneOf":[{"type":"string"},{"type":"integer","multipleOf":2}]}}}`, `{"a":3}`},
	{`{"properties":{"a":{"oneOf":[{"type":"number"},{"type":"integer"}]}}}`, `{"a":3}`},
	{`{"properties":{"a":{"anyOf":[{"type":"string"},{"required":["k"]}]}}}`, `{"a":{}}`},
	{`{"allOf":[{"required":["a"]},{"not":{"required":["b"]}}]}`, `{"b":1}`},
	{`{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"p":{"type":"integer"}},"properties":{"a":{"$ref":"#/definitions/p"}}}`, `{"a":"x"}`},
	{`{"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":{"minimum":1,"exclusiveMinimum":true}}}`, `{"a":1}`},
	{`{"$schema":"https://json-schema.org/draft/2019-09/schema","$defs":{"p":{"minLength":1000}},"properties":{"a":{"$ref":"#/$defs/p"}}}`, `{"a":"x"}`},
	{`{"$schema":"https://json-schema.org/draft/2020-12/schema","unevaluatedProperties":false,"properties":{"a":true}}`, `{"a":1,"b":2}`},
	{`{"$id":"https://example.com/s.json","$defs":{"p":{"$id":"p.json","type":"integer"}},"properties":{"a":{"$ref":"p.json"}}}`, `{"a":"x"}`},
	{`{"$id":"https://example.com/s.json","$defs":{"p":{"$anchor":"p","type":"integer"}},"properties":{"a":{"$ref":"#p"}}}`, `{"a":"x"}`},
	{`{"$ref":"http://json-schema.org/draft-07/schema#"}`, `{"type":5}`},
	{`{"properties":{"a":{"$ref":"#"}},"additionalProperties":false}`, `{"a":{"a":{"b":1}}}`},
	{`{"$ref":"#"}`, `{}`},
	{`{"properties":{"a":{"$ref":"urn:example:thing"}}}`, `{"a":1}`},
	{`{"properties":{"a":{"items":{"type":"string"},"uniqueItems":true,"minItems":3}}}`, `{"a":["x","x"]}`},
	{`{"properties":{"a":{"contains":{"const":1},"maxContains":1}}}`, `{"a":[1,1]}`},
	{`{"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false}`, `{"x1":1,"y":1}`},
	{`{"propertyNames":{"maxLength":2}}`, `{"abc":1}`},
	{`{"dependentRequired":{"a":["b"]}}`, `{"a":1}`},
	{`{"$schema":"http://json-schema.org/draft-07/schema#","dependencies":{"a":["b"],"c":{"required":["d"]}}}`, `{"a":1,"c":1}`},
	{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"required":["c"]}}`, `{"a":1}`},
	{`{"$defs":{"n":{"$dynamicAnchor":"n","type":"object","properties":{"next":{"$dynamicRef":"#n"}},"additionalProperties":false}},"$ref":"#/$defs/n"}`, `{"next":{"next":{"x":1}}}`},
	{`{"properties":{"a/b":{"properties":{"c~d":{"type":"null"}}}}}`, `{"a/b":{"c~d":1}}`},
	{`{"properties":{"a'b":{"type":"null"}}}`, `{"a'b":1}`},
	{`true`, `{}`},
	{`false`, `{}`},
	{`{}`, `{"a":1}`},
	{``, `{}`},
	{`null`, `{}`},
	{`[]`, `{}`},
	{`"x"`, `{}`},
	{`1`, `{}`},
	{`{"type":"objekt"}`, `{}`},
	{`{"type":["object","objekt"]}`, `{}`},
	{`{"properties":[]}`, `{}`},
	{`{"required":"a"}`, `{}`},
	{`{"pattern":"("}`, `{}`},
	{`{"properties":{"a":{"$ref":"#/$defs/none"}}}`, `{}`},
	{`{"properties":{"a":{"$ref":"#none"}}}`, `{}`},
	{`{"properties":{"a":{"$ref":5}}}`, `{}`},
	{`{"$schema":"http://json-schema.org/draft-99/schema#"}`, `{}`},
	{`{"$schema":"file:///values.schema.json"}`, `{}`},
	{`{"$schema":5}`, `{}`},
	{`{"$id":"%"}`, `{}`},
	{`{"$id":"https://a/b","$defs":{"x":{"$id":"https://a/b"}}}`, `{}`},
	{`{"$id":"#x"}`, `{}`},
	{`{"minimum":"x"}`, `{}`},
	{`{"a":1}{"b":2}`, `{}`},
	{`{"a":`, `{}`},
	{`{"format":"ipv4"}`, `{}`},
	{`{"$defs":{"a":{"$defs":5}},"properties":{"x":{"$ref":"#/$defs/a/$defs"}}}`, `{"x":1}`},
}

// TestSchemaCases compares verdicts and texts.
func TestSchemaCases(t *testing.T) {
	for _, c := range schemaCases {
		checkSchema(t, c.schema, c.values)
	}
}

func checkSchema(t *testing.T, schema, vals string) {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(vals), &v); err != nil {
		t.Fatal(err)
	}
	root := &spec{name: "root", version: "1.0.0", values: map[string]any{}, subcharts: []*spec{{name: "sub", version: "1.0.0"}}}
	ours, ref := root.ours(), root.helm()
	ours.Schema, ref.Schema = []byte(schema), []byte(schema)
	ours.Dependencies()[0].Schema, ref.Dependencies()[0].Schema = []byte(schema), []byte(schema)
	v["sub"] = deepCopy(v)

	_, got := values.Compose(context.Background(), ours, v, values.ComposeOptions{})
	coalesced, err := util.CoalesceValues(ref, v)
	if err != nil {
		t.Fatal(err)
	}
	want := util.ValidateAgainstSchema(ref, coalesced)
	if (got != nil) != (want != nil) {
		t.Errorf("schema %s, values %s:\nours %v\nHelm %v", schema, vals, got, want)
		return
	}
	if want == nil || !strings.Contains(want.Error(), "- at '") || strings.Contains(want.Error(), "metaschema") {
		return // a schema that is none: the words are our own
	}
	gotText := strings.SplitN(got.Error(), "\n", 2)[1]
	for range 20 {
		// The library gets paths below propertyNames wrong, each time otherwise.
		if again := util.ValidateAgainstSchema(ref, coalesced); lines(again.Error()) != lines(want.Error()) {
			return
		}
	}
	if lines(gotText) != lines(want.Error()) {
		t.Errorf("schema %s, values %s:\nours %s\nHelm %s", schema, vals, gotText, want)
	}
}

// lines sorts the lines of a message, and the words of each; Helm's have no
// order.
func lines(text string) string {
	l := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range l {
		words := strings.Fields(strings.ReplaceAll(line, ",", " "))
		slices.Sort(words)
		l[i] = strings.Join(words, " ")
	}
	slices.Sort(l)
	return strings.Join(l, "\n")
}

// TestSchemas checks random values against random schemas with both programs.
func TestSchemas(t *testing.T) {
	first, n := number(t, "HCHART_SEED", 1), number(t, "HCHART_CASES", 3000)
	for seed := first; seed < first+n && !t.Failed(); seed++ {
		g := generator{rand.New(rand.NewPCG(uint64(seed), 9))}
		schema, _ := json.Marshal(g.schema(3))
		vals, _ := json.Marshal(g.table(2, 4))
		checkSchema(t, string(schema), string(vals))
	}
}

func (g generator) schema(depth int) any {
	s := map[string]any{}
	if depth == 3 && g.chance(50) {
		s["$schema"] = pick(g, []string{
			"http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#",
			"https://json-schema.org/draft/2019-09/schema", "https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/schema#",
		})
		s["$defs"] = map[string]any{"d": g.schema(1)}
		s["definitions"] = map[string]any{"d": g.schema(1)}
	}
	for range g.IntN(4) {
		g.keyword(s, depth)
	}
	return s
}

func (g generator) keyword(s map[string]any, depth int) {
	below := func() any {
		if depth == 0 {
			return g.chance(80)
		}
		return g.schema(depth - 1)
	}
	types := []string{"object", "string", "integer", "boolean", "null", "number", "array"}
	switch g.IntN(16) {
	case 0, 1, 2, 3:
		s["properties"] = map[string]any{pick(g, keys): below(), pick(g, keys): below()}
	case 4:
		s["type"] = pick(g, types)
	case 5:
		s["type"] = []string{"object", pick(g, types[1:])}
	case 6:
		s["required"] = []string{pick(g, keys)}
	case 7:
		s[pick(g, []string{"anyOf", "oneOf", "allOf"})] = []any{below(), below()}
	case 8:
		s["not"] = below()
	case 9:
		s["additionalProperties"] = below()
	case 10:
		s["enum"] = []any{"s1", 1, true, nil, map[string]any{}}
	case 11:
		s["minimum"] = 50
	case 12:
		s[pick(g, []string{"minProperties", "maxProperties", "maxLength", "minLength"})] = g.IntN(4)
	case 13:
		s["$ref"] = pick(g, []string{"#", "#/$defs/d", "#/definitions/d", "#/properties/a"})
	case 14:
		s[pick(g, []string{"if", "then", "else", "propertyNames", "unevaluatedProperties"})] = below()
	case 15:
		s[pick(g, []string{"patternProperties", "dependentSchemas", "dependencies"})] = map[string]any{pick(g, keys): below()}
	}
}
