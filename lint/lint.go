package lint

import (
	"context"
	"errors"
)

// Options change how a chart is linted. The zero value works.
type Options struct {
	Namespace            string
	KubeVersion          string
	Strict               bool
	WithSubcharts        bool
	Quiet                bool
	SkipSchemaValidation bool
}

// Run lints the chart at path, a directory or an archive, with the user's values.
func Run(ctx context.Context, path string, user map[string]any, opts Options) error {
	return errors.New("not written yet")
}
