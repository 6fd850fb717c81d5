package lint

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/engine"
)

func valuesCases() []findingCase {
	const schema = `{"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}`
	return []findingCase{
		{"no values.yaml", map[string]string{"values.yaml": ""}, []string{
			"values-exist [INFO] values.yaml: file does not exist"}},
		{"values fit", map[string]string{"values.yaml": "a: 1\n", "values.schema.json": schema}, nil},
		{"only the first document counts", map[string]string{"values.yaml": "a: 1\n---\na: x\n", "values.schema.json": schema}, []string{
			"templates-render [ERROR] templates/: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '/a': got string, want integer\n"}},
		{"a comment of dashes", map[string]string{"values.yaml": "# --- a\na: 1 # ---\n", "values.schema.json": schema}, nil},
		{"empty schema", map[string]string{"values.schema.json": ""}, nil},
		{"values do not fit", map[string]string{"values.yaml": "a: x\n", "values.schema.json": schema}, []string{
			"values-valid [ERROR] values.yaml: - at '/a': got string, want integer\n",
			"templates-render [ERROR] templates/: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '/a': got string, want integer\n"}},
		{"a null for a subchart comes back", map[string]string{
			"values.yaml": "db:\n  p:\n", "Chart.yaml": goodChart + "dependencies: [{name: db, version: 1.0.0}]\n",
			"charts/db/Chart.yaml": "apiVersion: v2\nname: db\nversion: 1.0.0\n", "charts/db/values.schema.json": `{"properties": {"p": {"type": "string"}}}`}, []string{
			"templates-render [ERROR] templates/: values don't meet the specifications of the schema(s) in the following chart(s):\ndb:\n- at '/p': got null, want string\n"}},
		{"value is missing", map[string]string{"values.schema.json": schema}, []string{
			"values-valid [ERROR] values.yaml: - at '': missing property 'a'\n",
			"templates-render [ERROR] templates/: values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '': missing property 'a'\n"}},
	}
}

func TestValues(t *testing.T) { testFindings(t, valuesCases()) }

func TestBrokenValues(t *testing.T) {
	checkStage(t, map[string]string{"values.yaml": "a: b: c\n"}, (*linter).values, []string{
		"values-valid [ERROR] values.yaml: unable to parse YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context"})
	checkStage(t, map[string]string{"values.yaml": "- a\n"}, (*linter).values, []string{
		"values-valid [ERROR] values.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type common.Values"})
}

func TestBrokenSchema(t *testing.T) {
	got := lintDir(t, writeChart(t, map[string]string{"values.schema.json": "{"}), nil, Options{})
	if len(got) != 2 || !strings.HasPrefix(got[0], "values-valid [ERROR] values.yaml: ") || !strings.HasPrefix(got[1], "templates-render [ERROR] templates/: ") {
		t.Errorf("got %q", got)
	}
}

func TestSkipSchemaValidation(t *testing.T) {
	dir := writeChart(t, map[string]string{"values.schema.json": `{"required": ["a"]}`})
	if got := lintDir(t, dir, nil, Options{SkipSchemaValidation: true}); len(got) > 0 {
		t.Errorf("got %q", got)
	}
	if got := lintDir(t, dir, map[string]any{"a": 1.0}, Options{}); len(got) > 0 {
		t.Errorf("with the value: got %q", got)
	}
}

func TestCoalesceUser(t *testing.T) {
	user := map[string]any{"a": map[string]any{"b": nil, "c": 1.0}, "n": nil, "only": nil}
	defaults := map[string]any{"a": map[string]any{"b": 2.0, "c": 2.0, "d": 2.0}, "n": 2.0, "m": nil}
	got := coalesceUser(user, defaults)
	want := map[string]any{"a": map[string]any{"c": 1.0, "d": 2.0}, "only": nil, "m": nil}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if keys := slices.Sorted(maps.Keys(user)); !slices.Equal(keys, []string{"a", "n", "only"}) {
		t.Errorf("the user's values have the keys %q now", keys)
	}
}

func kubeVersion(t *testing.T, version string) *engine.KubeVersion {
	t.Helper()
	v, err := engine.ParseKubeVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
