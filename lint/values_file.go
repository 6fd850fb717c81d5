package lint

import (
	"errors"
	"fmt"

	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

const (
	valuesFile = "values.yaml"
	schemaFile = "values.schema.json"
)

func valuesExist() Rule { return Rule{"values-exist", Info, "the chart has a values.yaml"} }
func valuesValid() Rule {
	return Rule{"values-valid", Error, "values.yaml can be read and fits values.schema.json"}
}

// values is the second stage.
func (l *linter) values() {
	if _, err := l.source.isDir(valuesFile); err != nil {
		l.add(valuesExist(), valuesFile, errors.New("file does not exist"))
		return
	}
	l.add(valuesValid(), valuesFile, l.checkValues())
}

func (l *linter) checkValues() error {
	data, err := l.source.read(valuesFile)
	if err != nil {
		return fmt.Errorf("unable to parse YAML: %w", err)
	}
	defaults, err := readDefaults(data)
	if err != nil {
		return yamlComplaint(err)
	}
	values := coalesceUser(l.user, defaults)
	schema, err := l.source.read(schemaFile)
	if len(schema) == 0 || err != nil || l.opts.SkipSchemaValidation {
		return nil // a schema is optional
	}
	return checkSchema(l.ctx, schema, values)
}

func readDefaults(data []byte) (valuesTable, error) {
	tree, _ := own.Decode(string(data))
	if table, ok := tree.(map[string]any); ok {
		return table, nil
	}
	var defaults valuesTable
	err := yaml.Unmarshal(data, &defaults)
	return defaults, err
}

// valuesTable is a table whose type can be told in errors of decoding.
type valuesTable map[string]any

// coalesceUser returns the user's values over the chart's defaults.
//
// It changes the tables inside user, though not user itself: they receive the
// defaults that they lack, and lose the keys that the user set to null when
// there is a default. The templates of this chart, and all stages of the charts
// linted after it, see them so. This is what Helm does, surely unmeant, and
// verdicts depend on it.
func coalesceUser(user, defaults map[string]any) map[string]any {
	top := make(map[string]any, len(user))
	for key, value := range user {
		top[key] = value
	}
	coalesce(top, defaults)
	return top
}

// coalesce puts what dst lacks of src into dst, table by table. A null in dst
// removes the key if src has a value for it, and stays otherwise.
func coalesce(dst, src map[string]any) {
	for key, value := range src {
		own, ok := dst[key]
		switch {
		case !ok:
			dst[key] = value
		case own == nil && value != nil:
			delete(dst, key)
		default:
			ownTable, ok1 := own.(map[string]any)
			table, ok2 := value.(map[string]any)
			if ok1 && ok2 {
				coalesce(ownTable, table)
			}
		}
	}
}
