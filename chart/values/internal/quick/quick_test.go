package quick_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart/values/internal/jsonschema"
	"github.com/hchart/hchart/chart/values/internal/quick"
)

func limits() quick.Limits {
	return quick.Limits{Bytes: 1 << 20, Tables: 20_000, Places: 8_000_000, Patterns: 1000, Compile: func(text string) (quick.Matcher, int, error) {
		expr, err := regexp.Compile(text)
		return expr, len(text), err
	}}
}

// certain reports whether the quick check finds values valid.
func certain(schema string, vals map[string]any) bool {
	s := quick.Read([]byte(schema), limits())
	return s != nil && s.Valid(vals)
}

// valid asks the library.
func valid(schema string, vals map[string]any) (ok bool) {
	defer func() { ok = ok && recover() == nil }()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		return false
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource("file:///values.schema.json", doc); err != nil {
		return false
	}
	s, err := c.Compile("file:///values.schema.json")
	return err == nil && s.Validate(vals) == nil
}

const draft = `"$schema":"http://json-schema.org/draft-07/schema#"`

// cases are schemas with values. Certain says that the quick check has to see
// that they are valid; it must not say so of what the library refuses.
var cases = []struct {
	schema, vals string
	certain      bool
}{
	{`{}`, `{"a":1}`, true},
	{`true`, `{}`, false},
	{`{"type":"object","title":"t","description":"d","default":{"$id":5},"form":true,"examples":[1]}`, `{}`, true},
	{`{"type":["null","object"],"required":["a"],"properties":{"a":{"type":"integer","minimum":1,"maximum":1}}}`, `{"a":1}`, true},
	{`{"required":["a"]}`, `{}`, false},
	{`{"properties":{"a":{"type":"integer"}}}`, `{"a":1.5}`, false},
	{`{"properties":{"a":{"type":"number","multipleOf":0.1,"exclusiveMinimum":0.2,"exclusiveMaximum":0.4}}}`, `{"a":0.3}`, true},
	{`{"properties":{"a":{"multipleOf":0.1}}}`, `{"a":0.35}`, false},
	{`{"properties":{"a":{"maximum":0.1}}}`, `{"a":0.1}`, true},
	{`{"properties":{"a":{"maximum":0.09999999999999999999999}}}`, `{"a":0.1}`, false},
	{`{"properties":{"a":{"enum":["x",1.0,null,{"b":[true]}]}}}`, `{"a":{"b":[true]}}`, true},
	{`{"properties":{"a":{"enum":["x",1.0]}}}`, `{"a":1}`, true},
	{`{"properties":{"a":{"const":{"b":1}}}}`, `{"a":{"b":2}}`, false},
	{`{"properties":{"a":{"pattern":"^é+$","minLength":2,"maxLength":2}}}`, `{"a":"éé"}`, true},
	{`{"properties":{"a":{"pattern":"("}}}`, `{}`, false},
	{`{"patternProperties":{"^x":{"type":"string"}},"properties":{"a":true},"additionalProperties":false}`, `{"x1":"","a":1}`, true},
	{`{"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false}`, `{"y":""}`, false},
	{`{"additionalProperties":{"type":"string"}}`, `{"y":""}`, true},
	{`{"minProperties":1,"maxProperties":1}`, `{"y":""}`, true},
	{`{"minProperties":2}`, `{"y":""}`, false},
	{`{"properties":{"a":{"items":{"type":"string"},"prefixItems":[{"type":"null"}],"minItems":2,"maxItems":2,"uniqueItems":true}}}`, `{"a":[null,"x"]}`, true},
	{`{"properties":{"a":{"uniqueItems":true}}}`, `{"a":["x","x"]}`, false},
	{`{` + draft + `,"properties":{"a":{"items":{"type":"string"}}}}`, `{"a":["x"]}`, true},
	{`{` + draft + `,"properties":{"a":{"items":[{"type":"string"}]}}}`, `{"a":["x"]}`, false},
	{`{"allOf":[{"required":["a"]}],"anyOf":[false,{"required":["a"]}],"oneOf":[true,{"required":["b"]}],"not":{"required":["b"]}}`, `{"a":1}`, true},
	{`{"oneOf":[true,{"required":["a"]}]}`, `{"a":1}`, false},
	{`{"if":{"required":["a"]},"then":{"required":["b"]},"else":false}`, `{"a":1,"b":1}`, true},
	{`{"if":{"required":["a"]},"then":{"required":["b"]}}`, `{"a":1}`, false},
	{`{"$ref":"#/$defs/d","$defs":{"d":{"properties":{"a":{"$ref":"#"}}}}}`, `{"a":{"a":{}}}`, true},
	{`{"$ref":"#/properties/a","properties":{"a":{"type":"object"}}}`, `{}`, true},
	{`{"$ref":"#"}`, `{}`, false},
	{`{"anyOf":[{"$ref":"#"},true]}`, `{}`, false},
	{`{"$ref":"#/x","x":{}}`, `{}`, true},
	{`{"$ref":"#/x","x":{"$ref":"#/x/y","y":{"required":["a"],"z":5}}}`, `{"a":1}`, true},
	{`{"$ref":"#/x","x":{"type":5}}`, `{}`, false},
	{`{"$ref":"#/x","x":[]}`, `{}`, false},
	{`{"$ref":"#/properties","properties":{"type":{}}}`, `{}`, false},
	{`{"$ref":"#/default","default":{"$id":"https://example.com/a.json"}}`, `{}`, false},
	{`{"$ref":"#/allOf/0","allOf":[true]}`, `{}`, false},
	{`{"$ref":"http://json-schema.org/draft-07/schema#"}`, `{}`, false},
	{`{"$id":"https://example.com/a.json","$ref":"#/$defs/d","$defs":{"d":{}}}`, `{}`, true},
	{`{"$id":"https://example.com/../a.json"}`, `{}`, false},
	{`{"$defs":{"d":{"$id":"https://example.com/a.json"}}}`, `{}`, false},
	{`{"$defs":{"d":{"$schema":"http://json-schema.org/draft-07/schema#"}}}`, `{}`, false},
	{`{` + draft + `,"properties":{"a":{"$ref":"#/definitions/d","type":"null","enum":[1],"format":"ipv4","maximum":0}},"definitions":{"d":{"type":"string"}}}`, `{"a":"x"}`, true},
	{`{` + draft + `,"properties":{"a":{"$ref":"#/definitions/d","const":1}},"definitions":{"d":{"type":"string"}}}`, `{"a":"x"}`, false},
	{`{` + draft + `,"properties":{"a":{"format":"ipv4"}}}`, `{"a":"x"}`, false},
	{`{` + draft + `,"properties":{"a":{"format":"ipv4"}}}`, `{"a":1}`, true},
	{`{"properties":{"a":{"format":"ipv4"}}}`, `{"a":"x"}`, true},
	{`{` + draft + `,"$ref":"#/$defs/a","$defs":{"a":{"required":["a"]},"$ref":{"minimum":5}}}`, `{"a":1}`, true},
	{`{` + draft + `,"$defs":5}`, `{}`, false},
	{`{"$schema":"http://json-schema.org/draft-04/schema#","additionalProperties":true,"required":["a"]}`, `{"a":1}`, true},
	{`{"$schema":"http://json-schema.org/draft-04/schema#","required":[]}`, `{"a":1}`, false},
	{`{"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":true}}`, `{"a":1}`, false},
	{`{"$schema":"http://json-schema.org/draft-04/schema#","properties":{"a":{"minimum":1,"exclusiveMinimum":true}}}`, `{"a":2}`, false},
	{`{"$schema":"https://json-schema.org/draft/2019-09/schema","properties":{"a":{"enum":[]}}}`, `{}`, true},
	{`{` + draft + `,"properties":{"a":{"enum":[]}}}`, `{}`, false},
	{`{` + draft + `,"properties":{"a":{"enum":[1,1.0]}}}`, `{}`, false},
	{`{"$schema":"json-schema.org/draft-07/schema#"}`, `{}`, false},
	{`{"$schema":"http://json-schema.org/draft-99/schema#"}`, `{}`, false},
	{`{"$schema":5}`, `{}`, false},
	{`{"type":"objekt"}`, `{}`, false},
	{`{"type":["object","object"]}`, `{}`, false},
	{`{"required":["a","a"]}`, `{"a":1}`, false},
	{`{"title":5}`, `{}`, false},
	{`{"minLength":-1}`, `{}`, false},
	{`{"maximum":"x"}`, `{}`, false},
	{`{"multipleOf":0}`, `{}`, false},
	{`{"allOf":[]}`, `{}`, false},
	{`{"properties":[]}`, `{}`, false},
	{`{"properties":{"a":5}}`, `{}`, false},
	{`{"unevaluatedProperties":false}`, `{"a":1}`, false},
	{`{"a":1,"a":2}`, `{}`, false},
	{`{"a":1e3}`, `{}`, false},
	{`{"a":01}`, `{}`, false},
	{"{\"a\":\"\x01\"}", `{}`, false},
	{"{\"a\":\"\xff\"}", `{}`, false},
	{`{"properties":{"a\u0062\ud800":{"type":"null"}}}`, `{"ab�":null}`, true},
	{`{} x`, `{}`, false},
	{`{"a":`, `{}`, false},
	{``, `{}`, false},
	{strings.Repeat(`{"not":`, 150) + "{}" + strings.Repeat("}", 150), `{}`, false},
}

func TestCases(t *testing.T) {
	for _, c := range cases {
		var vals map[string]any
		if err := json.Unmarshal([]byte(c.vals), &vals); err != nil {
			t.Fatal(err)
		}
		got, want := certain(c.schema, vals), valid(c.schema, vals)
		if got != c.certain || got && !want {
			t.Errorf("%s, %s: certain is %v, the library says %v", c.schema, c.vals, got, want)
		}
	}
}

// TestValues checks values that no JSON has.
func TestValues(t *testing.T) {
	const schema = `{"properties":{"a":{"type":"integer","minimum":1,"enum":[9007199254740993]}}}`
	for _, c := range []struct {
		v    any
		want bool
	}{
		{int64(9007199254740993), true}, {9007199254740993, true}, {int64(9007199254740992), false}, {9007199254740993.0, false},
		{uint8(1), false}, {json.Number("9007199254740993"), false}, {[]string{}, false},
	} {
		vals := map[string]any{"a": c.v}
		if got := certain(schema, vals); got != c.want || got && !valid(schema, vals) {
			t.Errorf("%T %v: certain is %v", c.v, c.v, got)
		}
	}
	if !certain(`{"type":"object"}`, nil) {
		t.Error("no values are no table")
	}
}

// TestLimits checks that large schemas are left to the library.
func TestLimits(t *testing.T) {
	doubling := `{"$ref":"#/$defs/d0","$defs":{"d0":{"allOf":[{"$ref":"#/$defs/d1"},{"$ref":"#/$defs/d1"}]}`
	for i := 1; i < 40; i++ {
		doubling += strings.NewReplacer("d0", "d"+string(rune('0'+i/10))+string(rune('0'+i%10)), "d1", "d"+string(rune('0'+(i+1)/10))+string(rune('0'+(i+1)%10))).
			Replace(`,"d0":{"allOf":[{"$ref":"#/$defs/d1"},{"$ref":"#/$defs/d1"}]}`)
	}
	doubling = strings.ReplaceAll(doubling, `#/$defs/d1"`, `#/$defs/d01"`) + `,"d40":{}}}`
	if quick.Read([]byte(doubling), limits()) == nil || certain(doubling, nil) {
		t.Error("an endless check is certain, or its schema was not read")
	}
	l := limits()
	for _, less := range []quick.Limits{
		{Bytes: 10, Tables: l.Tables, Places: l.Places, Patterns: l.Patterns, Compile: l.Compile},
		{Bytes: l.Bytes, Tables: 1, Places: l.Places, Patterns: l.Patterns, Compile: l.Compile},
		{Bytes: l.Bytes, Tables: l.Tables, Places: 2, Patterns: l.Patterns, Compile: l.Compile},
		{Bytes: l.Bytes, Tables: l.Tables, Places: l.Places, Patterns: 5, Compile: l.Compile},
	} {
		const schema = `{"$ref":"#/$defs/a","$defs":{"a":{"pattern":"xxx"},"b":{"pattern":"xxx"}}}`
		if quick.Read([]byte(schema), l) == nil || quick.Read([]byte(schema), less) != nil {
			t.Errorf("limits %+v make no difference", less)
		}
	}
}

// TestKeywords checks that no keyword of any draft is taken for an unknown one,
// with which anything goes.
func TestKeywords(t *testing.T) {
	keywords := map[string]bool{}
	err := fs.WalkDir(os.DirFS("../jsonschema/metaschemas"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile("../jsonschema/metaschemas/" + path)
		if err != nil {
			return err
		}
		var meta struct{ Properties map[string]any }
		if err := json.NewDecoder(bytes.NewReader(data)).Decode(&meta); err != nil {
			return err
		}
		for key := range meta.Properties {
			keywords[key] = true
		}
		return nil
	})
	if err != nil || len(keywords) < 50 {
		t.Fatal(err, len(keywords))
	}
	for key := range keywords {
		taken := 0
		values := []string{`1`, `-1`, `"x"`, `["x","x"]`, `{"x":1}`, `true`, `null`}
		for _, v := range values {
			if quick.Read([]byte(`{"`+key+`":`+v+`}`), limits()) != nil {
				taken++
			}
		}
		if key != "default" && key != "const" && taken == len(values) {
			t.Errorf("%s may be anything", key)
		}
	}
}

// FuzzQuick checks that what is certain is true.
func FuzzQuick(f *testing.F) {
	for _, c := range cases {
		f.Add(c.schema, c.vals)
	}
	f.Fuzz(func(t *testing.T, schema, text string) {
		var vals map[string]any
		if json.Unmarshal([]byte(text), &vals) != nil {
			t.Skip()
		}
		if certain(schema, vals) && !valid(schema, vals) {
			t.Errorf("%s, %s: certain and not valid", schema, text)
		}
	})
}

// TestRandom checks the same on random schemas, half of which fit the values.
func TestRandom(t *testing.T) {
	const n = 20_000
	sure := 0
	for seed := range uint64(n) {
		g := generator{rand.New(rand.NewPCG(seed, 3))}
		schema, _ := json.Marshal(g.schema(3))
		vals, _ := g.value(3).(map[string]any)
		if certain(string(schema), vals) {
			sure++
			if !valid(string(schema), vals) {
				t.Fatalf("%d: %s, %v: certain and not valid", seed, schema, vals)
			}
		}
	}
	if sure < n/10 {
		t.Errorf("only %d of %d are certain", sure, n)
	}
}
