package values_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

// validate composes a chart with the given schema.
func validate(t *testing.T, schema string, user map[string]any, opts values.ComposeOptions) ([]string, error) {
	t.Helper()
	ch := &chart.Chart{Metadata: &chart.Metadata{Name: "web"}, Schema: []byte(schema)}
	comp, err := values.Compose(t.Context(), ch, user, opts)
	if err != nil {
		return nil, err
	}
	return comp.Warnings, nil
}

// TestSchema checks what invalid values are told. The verdicts are compared
// with Helm's in test/helmref.
func TestSchema(t *testing.T) {
	const canary = "hunter2"
	cases := []struct {
		schema string
		user   table
		want   string // the faults; empty when the values are valid
	}{
		{`{"type":"object","required":["a"]}`, table{"a": 1}, ""},
		{`true`, nil, ""},
		{`{"required":["a","b"]}`, table{"a": 1}, `- at '': missing property 'b'`},
		{`{"properties":{"a":{"properties":{"b/c":{"type":"integer"}}}}}`, table{"a": table{"b/c": "x"}}, `- at '/a/b~1c': got string, want integer`},
		{`{"properties":{"b":{"type":"null"},"a":{"maximum":3}},"additionalProperties":false}`,
			table{"b": canary, "a": 5, "z": 1, "y": 2},
			"- at '': additional properties 'y', 'z' not allowed\n- at '/a': maximum: got 5, want 3\n- at '/b': got string, want null"},
		{`{"properties":{"a":{"oneOf":[{"type":"string"},{"required":["k"]}]}}}`, table{"a": table{}},
			"- at '/a': 'oneOf' failed, none matched\n  - at '/a': got object, want string\n  - at '/a': missing property 'k'"},
		{`{"properties":{"a":{"$ref":"#/$defs/p"}},"$defs":{"p":{"pattern":"^'x\"$"}}}`, table{"a": canary},
			`- at '/a': value does not match pattern '^\'x"$'`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"format":"ipv4"}}}`, table{"a": canary},
			`- at '/a': value is not valid ipv4`},
		{`{"properties":{"dbPassword":{"maximum":9}}}`, table{"dbPassword": 12345}, `- at '/dbPassword': maximum: want 9`},
		{`{"properties":{"a":{"enum":["x",2]},"b":{"const":1}}}`, table{"a": canary, "b": canary},
			"- at '/a': value must be one of 'x', 2\n- at '/b': value must be 1"},
	}
	const head = "values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n"
	for _, c := range cases {
		_, err := validate(t, c.schema, c.user, values.ComposeOptions{})
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", c.schema, err)
			}
			continue
		}
		var invalid *values.InvalidError
		if !errors.As(err, &invalid) || err.Error() != head+c.want+"\n" {
			t.Errorf("%s:\ngot  %v\nwant %s%s", c.schema, err, head, c.want)
		}
		if strings.Contains(fmt.Sprintf("%+v", err), canary) {
			t.Errorf("%s: the error shows a value: %v", c.schema, err)
		}
		if _, err := validate(t, c.schema, c.user, values.ComposeOptions{SkipSchemaValidation: true}); err != nil {
			t.Errorf("skipped, but: %v", err)
		}
	}
}

// TestSchemaOfSubcharts checks that each chart sees its own values.
func TestSchemaOfSubcharts(t *testing.T) {
	sub := &chart.Chart{Metadata: &chart.Metadata{Name: "db", Version: "1.0.0"}, Schema: []byte(`{"required":["port"]}`)}
	off := &chart.Chart{Metadata: &chart.Metadata{Name: "off", Version: "1.0.0"}, Schema: []byte(`false`)}
	ch := &chart.Chart{
		Metadata: &chart.Metadata{Name: "web", Dependencies: []*chart.Dependency{
			{Name: "db", Version: "*", Alias: "main"}, {Name: "db", Version: "*", Alias: "other"}, {Name: "off", Version: "*", Condition: "off"},
		}},
		Values: table{"off": table{}},
		Schema: []byte(`{"properties":{"main":{"required":["host"]}}}`),
	}
	ch.AddDependency(sub, off)
	ch.Metadata.Dependencies[2].Condition = "off.enabled"
	user := table{"main": table{"port": 1}, "off": table{"enabled": false}}
	_, err := values.Compose(t.Context(), ch, user, values.ComposeOptions{})
	var schemaErr *values.SchemaError
	if !errors.As(err, &schemaErr) || len(schemaErr.Failures) != 2 ||
		schemaErr.Failures[0].Chart != "web" || schemaErr.Failures[1].Chart != "other" {
		t.Errorf("got %v", err)
	}
}

// TestReferences checks that nothing outside the schema is read.
func TestReferences(t *testing.T) {
	for _, c := range []struct{ ref, url string }{
		{"file:///dev/zero", "file:///dev/zero"},
		{"other.json#/x", "file:///other.json"},
		{"http://169.254.169.254/latest", "http://169.254.169.254/latest"},
		{"https://example.com/s.json", "https://example.com/s.json"},
	} {
		for _, schema := range []string{
			`{"properties":{"a":{"$ref":%q}}}`, `{"$schema":%q}`, `{"$schema":"http://json-schema.org/draft-07/schema#","$ref":%q}`,
		} {
			_, err := validate(t, fmt.Sprintf(schema, c.ref), nil, values.ComposeOptions{})
			var ref *values.ReferenceError
			if !errors.As(err, &ref) || ref.URL != c.url && ref.URL != strings.TrimSuffix(c.ref, "#/x") {
				t.Errorf("%s in %s gives %v", c.ref, schema, err)
			}
		}
	}
	warnings, err := validate(t, `{"$ref":"urn:x:y"}`, nil, values.ComposeOptions{})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "urn:x:y") {
		t.Errorf("a urn gives %v, %v", warnings, err)
	}
	for _, schema := range []string{
		`{"$ref":"https://json-schema.org/draft/2020-12/schema"}`,
		`{"$id":"https://a.example/b.json","$ref":"c.json","$defs":{"c":{"$id":"c.json"}}}`,
		`{"$ref":"#d","$defs":{"d":{"$anchor":"d"}}}`,
	} {
		if _, err := validate(t, schema, nil, values.ComposeOptions{}); err != nil {
			t.Errorf("%s: %v", schema, err)
		}
	}
}

// TestHostileSchemas checks that every schema gets a verdict in time.
func TestHostileSchemas(t *testing.T) {
	repeat := func(n int, f func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = f(i)
		}
		return strings.Join(parts, ",")
	}
	deep := any("x")
	for range 500 {
		deep = table{"a": deep}
	}
	chain := func(n int) string {
		return `{"$ref":"#/$defs/d0","$defs":{` + repeat(n, func(i int) string {
			return fmt.Sprintf(`"d%d":{"$ref":"#/$defs/d%d"}`, i, i+1)
		}) + fmt.Sprintf(`,"d%d":{}}}`, n)
	}
	doubling := func(draft, body, last string) string {
		return `{"$schema":"` + draft + `","not":{"$ref":"#/definitions/d0"},"definitions":{` + repeat(60, func(i int) string {
			return fmt.Sprintf(`"d%d":`, i) + strings.ReplaceAll(body, "NEXT", fmt.Sprintf(`{"$ref":"#/definitions/d%d"}`, i+1))
		}) + `,"d60":` + last + `}}`
	}
	const draft7, draft2020 = "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"
	cases := map[string]string{
		"nested":            strings.Repeat(`{"not":`, 9000) + "{}" + strings.Repeat("}", 9000),
		"too large":         `{"title":"` + strings.Repeat("x", 1<<20) + `"}`,
		"many objects":      `{"$defs":{` + repeat(50000, func(i int) string { return fmt.Sprintf(`"d%d":{}`, i) }) + `}}`,
		"allOf twice":       doubling(draft7, `{"allOf":[NEXT,NEXT]}`, `{}`),
		"anyOf twice":       doubling(draft2020, `{"anyOf":[NEXT,NEXT,false]}`, `{"minProperties":9}`),
		"dependencies":      doubling(draft7, `{"dependencies":{"a":NEXT,"global":NEXT}}`, `{"minProperties":9}`),
		"dependentSchemas":  doubling(draft2020, `{"dependentSchemas":{"a":NEXT,"global":NEXT}}`, `{"minProperties":9}`),
		"a huge number":     `{"maximum":1e999999}`,
		"a long pattern":    `{"pattern":"` + strings.Repeat("x", 2000) + `"}`,
		"a large pattern":   `{"patternProperties":{` + repeat(30, func(i int) string { return fmt.Sprintf(`"%d%s":{}`, i, strings.Repeat(`\\pL{900}`, 60)) }) + `}}`,
		"no pattern":        `{"pattern":"("}`,
		"a cycle":           `{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#"}}}`,
		"recursion":         `{"$defs":{"n":{"allOf":[{"properties":{"a":{"$ref":"#/$defs/n"}}},{"properties":{"a":{"$ref":"#/$defs/n"}}}]}},"$ref":"#/$defs/n"}`,
		"no type":           `{"type":"objekt"}`,
		"a list":            `[]`,
		"nothing":           ``,
		"cut":               `{"a":`,
		"a bad reference":   `{"$ref":"#/$defs/none"}`,
		"a bad id":          `{"$id":"%"}`,
		"its own dialect":   `{"$schema":"file:///values.schema.json"}`,
		"unknown places":    `{"allOf":[` + repeat(8000, func(i int) string { return fmt.Sprintf(`{"$ref":"#/x/%d"}`, i) }) + `],"x":[{}]}`,
		"identifiers":       `{"$defs":{` + repeat(8000, func(i int) string { return fmt.Sprintf(`"%d":{"$id":"i%d"}`, i, i) }) + `}}`,
		"dynamic":           `{"$dynamicRef":"#m","$defs":{"m":{"$dynamicAnchor":"m","allOf":[{"$dynamicRef":"#m"},{"$dynamicRef":"#m"}]}}}`,
		"a very long chain": strings.Replace(chain(4000), `:{}}`, `:{"minProperties":9}}`, 1),
	}
	for name, schema := range cases {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := validate(t, schema, table{"a": deep, "global": table{}}, values.ComposeOptions{})
			t.Logf("took %v", time.Since(start))
			var schemaErr *values.SchemaError
			if !errors.As(err, &schemaErr) {
				t.Errorf("got %v", err)
			} else if text := err.Error(); len(text) > 1000 {
				t.Logf("%s…", text[:1000])
			} else {
				t.Log(text)
			}
		})
	}
	if _, err := validate(t, cases["too large"], nil, values.ComposeOptions{SchemaBytes: 2 << 20}); err != nil {
		t.Errorf("with a higher limit: %v", err)
	}
}

// TestSchemaCancelled checks that a validation can be ended.
func TestSchemaCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var defs strings.Builder
	for i := range 60 {
		fmt.Fprintf(&defs, `"d%d":{"allOf":[{"$ref":"#/$defs/d%d"},{"$ref":"#/$defs/d%d"}]},`, i, i+1, i+1)
	}
	ch := &chart.Chart{Metadata: &chart.Metadata{Name: "web"}, Schema: []byte(`{"$ref":"#/$defs/d0","$defs":{` + defs.String() + `"d60":{}}}`)}
	if _, err := values.Compose(ctx, ch, nil, values.ComposeOptions{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
