package values

import (
	"context"
	"fmt"
	"io"

	"github.com/hchart/hchart/chart"
)

// Sources are the places a user's values come from, in the order of their
// precedence, lowest first. Each field corresponds to a flag of Helm.
type Sources struct {
	Files   []string // -f, --values: paths, or "-" for Stdin
	JSON    []string // --set-json
	Set     []string // --set
	String  []string // --set-string
	File    []string // --set-file
	Literal []string // --set-literal

	// Stdin is read for the file "-".
	Stdin io.Reader
	// ReadFile reads what Files and File name; nil reads from the disk.
	ReadFile func(ctx context.Context, name string) ([]byte, error)
}

// ComposeOptions change how values are composed. The zero value works.
type ComposeOptions struct {
	SkipSchemaValidation bool
	// SchemaBytes bounds one values.schema.json; default 1 MiB.
	SchemaBytes int
}

// Composition is a chart tree ready to be rendered, and its values.
type Composition struct {
	// Chart is a copy of the chart's tree without the disabled dependencies
	// and with aliases applied; it shares files with the loaded chart.
	Chart *chart.Chart
	// Values are the coalesced values of the root, those of subcharts below
	// their names. They may share structure with the chart and with the
	// user's values and must not be changed.
	Values map[string]any
	// Warnings are complaints that did not stop composing, one line each.
	Warnings []string
}

// SourceError is a source of values that cannot be read or understood. It never
// holds a value: those may be secret.
type SourceError struct {
	Flag string // "--values", "--set", …
	Name string // the file, or the key at fault
	Err  error
}

func (e *SourceError) Error() string {
	switch {
	case e.Flag == "--values":
		return fmt.Sprintf("failed to read the values file %s: %v", e.Name, e.Err)
	case e.Name == "":
		return fmt.Sprintf("failed parsing %s data: %v", e.Flag, e.Err)
	}
	return fmt.Sprintf("failed parsing %s data, key %q: %v", e.Flag, e.Name, e.Err)
}

func (e *SourceError) Unwrap() error { return e.Err }

// TypeError is a value that must be a table, because a subchart has that name.
type TypeError struct {
	Path string // the dotted path of the value
	Got  string // its Go type
}

func (e *TypeError) Error() string {
	return fmt.Sprintf("type mismatch on %s: it is the name of a subchart and must hold a table, not a %s", e.Path, e.Got)
}
