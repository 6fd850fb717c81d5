package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// exitCode maps the error of a command to the exit code of the process. Helm
// knows no other code than 1 for its own commands.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[*PluginExitError](err); ok {
		return e.Code
	}
	return 1
}

// NotYetError says that Helm can do something which this version of hchart
// cannot. It is returned rather than doing half of it.
type NotYetError struct {
	// What is what was asked for: "signing a package".
	What string
	// Instead says what to do, empty when there is nothing to say.
	Instead string
}

func (e *NotYetError) Error() string {
	s := e.What + " is not in this version of hchart yet"
	if e.Instead != "" {
		s += ": " + e.Instead
	}
	return s
}

// UnknownCommandError is a command that does not exist.
type UnknownCommandError struct {
	Name string
	// Program is the program's name.
	Program string
	// Similar are commands with similar names.
	Similar []string
}

func (e *UnknownCommandError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "unknown command %q for %q\n", e.Name, e.Program)
	if len(e.Similar) > 0 {
		b.WriteString("\nDid you mean this?\n")
		for _, s := range e.Similar {
			fmt.Fprintf(&b, "\t%s\n", s)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "Run '%s --help' for usage.", e.Program)
	return b.String()
}

func newUnknownCommandError(root *cobra.Command, args []string) error {
	name := commandWord(root, args)
	return &UnknownCommandError{Name: name, Program: root.Name(), Similar: root.SuggestionsFor(name)}
}

// commandWord returns the first argument that is neither a flag nor the value
// of one.
func commandWord(root *cobra.Command, args []string) string {
	flags := root.PersistentFlags()
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return ""
		case !strings.HasPrefix(arg, "-") || arg == "-":
			return arg
		case strings.Contains(arg, "="):
		case strings.HasPrefix(arg, "--"):
			if fl := flags.Lookup(arg[2:]); fl != nil && fl.NoOptDefVal == "" {
				i++
			}
		case len(arg) == 2:
			if fl := flags.ShorthandLookup(arg[1:]); fl != nil && fl.NoOptDefVal == "" {
				i++
			}
		}
	}
	return ""
}
