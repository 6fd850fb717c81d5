package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"
)

// outputFlag is --output: table, json or yaml.
type outputFlag struct{ format string }

func (o *outputFlag) add(cmd *cobra.Command) {
	cmd.Flags().VarP(o, "output", "o", "how to print the result: table, json or yaml")
	complete(cmd, "output", "table", "json", "yaml")
}

func (o *outputFlag) String() string {
	if o.format == "" {
		return "table"
	}
	return o.format
}

func (o *outputFlag) Type() string { return "format" }

func (o *outputFlag) Set(s string) error {
	switch s {
	case "table", "json", "yaml":
		o.format = s
		return nil
	}
	return fmt.Errorf("invalid format type: use table, json or yaml")
}

// write prints a value as JSON or YAML, or what table makes of it.
func (o *outputFlag) write(f *factory, v any, table func() (string, error)) error {
	switch o.format {
	case "json":
		text, err := asJSON(v)
		if err != nil {
			return err
		}
		return f.print(text)
	case "yaml":
		text, err := yaml.Marshal(v)
		if err != nil {
			return err
		}
		return f.print(string(text))
	}
	text, err := table()
	if err != nil {
		return err
	}
	return f.print(text)
}

func asJSON(v any) (string, error) {
	var b strings.Builder
	err := json.NewEncoder(&b).Encode(v)
	return b.String(), err
}
