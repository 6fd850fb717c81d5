package lint

import (
	"context"
	"errors"
	"strings"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

// checkSchema holds values against a JSON schema. Composing the values of a
// chart that has the schema and nothing else is validating them.
func checkSchema(ctx context.Context, schema []byte, user map[string]any) error {
	bare := &chart.Chart{Metadata: &chart.Metadata{Name: "values"}, Schema: schema}
	_, err := values.Compose(ctx, bare, user, values.ComposeOptions{})
	if misfit, ok := errors.AsType[*values.SchemaError](err); ok && len(misfit.Failures) > 0 {
		return schemaComplaint{misfit.Failures[0].Err} // without the name of the chart
	}
	if ctx.Err() != nil {
		return nil // Run returns it
	}
	return err
}

// schemaComplaint is a complaint about values laid out as Helm does: an empty
// line follows the list of faults.
type schemaComplaint struct{ error }

func (c schemaComplaint) Error() string {
	text := c.error.Error()
	if _, ok := errors.AsType[*values.InvalidError](c.error); ok {
		text = strings.TrimSuffix(text, "\n") + "\n"
	}
	return text
}

func (c schemaComplaint) Unwrap() error { return c.error }
