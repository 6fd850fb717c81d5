package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// ArgumentsError is a wrong number of arguments.
type ArgumentsError struct {
	Command string // "hchart template"
	Want    string // "requires at least 1 argument"
	Usage   string // "hchart template [NAME] [CHART] [flags]"
}

func (e *ArgumentsError) Error() string {
	return fmt.Sprintf("%q %s\n\nUsage:  %s", e.Command, e.Want, e.Usage)
}

func argumentsError(cmd *cobra.Command, format string, a ...any) error {
	return &ArgumentsError{Command: cmd.CommandPath(), Want: fmt.Sprintf(format, a...), Usage: cmd.UseLine()}
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return argumentsError(cmd, "accepts no arguments")
	}
	return nil
}

func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return argumentsError(cmd, "requires %s", countArguments(n))
		}
		return nil
	}
}

func minimumArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return argumentsError(cmd, "requires at least %s", countArguments(n))
		}
		return nil
	}
}

func maximumArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return argumentsError(cmd, "accepts at most %s", countArguments(n))
		}
		return nil
	}
}

func countArguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}
