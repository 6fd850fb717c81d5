package cli

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// inventoryOwn are flags that Helm does not have, by command.
var inventoryOwn = map[string][]string{
	"template":          {"max-steps", "outside-links"},
	"show all":          {"outside-links"},
	"show chart":        {"outside-links"},
	"show crds":         {"outside-links"},
	"show readme":       {"outside-links"},
	"show values":       {"outside-links"},
	"package":           {"outside-links"},
	"dependency list":   {"outside-links"},
	"dependency update": {"outside-links", "verify-lock"},
	"dependency build":  {"outside-links", "verify-lock"},
	"install":           {"max-steps", "outside-links", "quiet"},
	"upgrade":           {"max-steps", "outside-links", "quiet"},
	"rollback":          {"quiet"},
	"uninstall":         {"quiet"},
	"test":              {"quiet"},
	// For oci:// references, which Helm does not search.
	"search repo": {"username", "password", "cert-file", "key-file", "ca-file", "insecure-skip-tls-verify", "plain-http"},
}

// TestInventory compares the commands and flags with those of Helm, as
// testdata/inventory.tsv lists them: command, flag, shorthand, type, default. A
// "-" in the place of a flag is the command itself.
func TestInventory(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "inventory.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		want[strings.TrimSuffix(line, "\n")] = true
	}
	got := inventory(newRootCmd(newFactory(System{
		Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, LookupEnv: lookupIn([]string{"HOME=/home/me"}),
	})))
	for _, row := range slices.Sorted(maps.Keys(want)) {
		if !got[row] {
			t.Errorf("missing or different: %q", row)
		}
	}
	for _, row := range slices.Sorted(maps.Keys(got)) {
		fields := strings.Split(row, "\t")
		if !want[row] && !slices.Contains(inventoryOwn[fields[0]], fields[1]) {
			t.Errorf("not in Helm: %q", row)
		}
	}
}

// inventory lists commands and their flags in the form of inventory.tsv.
func inventory(root *cobra.Command) map[string]bool {
	rows := map[string]bool{}
	var add func(cmd *cobra.Command)
	add = func(cmd *cobra.Command) {
		name := strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), root.Name()), " ")
		flags := cmd.LocalNonPersistentFlags()
		if !cmd.HasParent() {
			name, flags = ".", cmd.PersistentFlags()
		}
		cmd.InitDefaultHelpFlag()
		rows[name+"\t-\t\t\t"] = true
		rows[name+"\thelp\th\tbool\t"] = true
		flags.VisitAll(func(flag *pflag.Flag) {
			if !flag.Hidden {
				rows[fmt.Sprintf("%s\t%s\t%s\t%s\t%s", name, flag.Name, flag.Shorthand, flagType(flag), flagDefault(flag))] = true
			}
		})
		for _, sub := range cmd.Commands() {
			add(sub)
		}
	}
	add(root)
	return rows
}

// flagType is the type as help texts show it.
func flagType(flag *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(flag)
	if name == "" {
		name = flag.Value.Type()
	}
	switch {
	case flag.Value.Type() == "string" && flag.NoOptDefVal != "":
		return fmt.Sprintf("%s[=%q]", name, flag.NoOptDefVal)
	case flag.Value.Type() != "bool" && flag.NoOptDefVal != "":
		return fmt.Sprintf("%s[=%s]", name, flag.NoOptDefVal)
	}
	return name
}

// flagDefault is the default as help texts show it, nothing for a zero value.
func flagDefault(flag *pflag.Flag) string {
	value := strings.ReplaceAll(flag.DefValue, "/home/me", "~")
	switch {
	case value == "" || value == "false" || value == "0":
		return ""
	case flag.Value.Type() == "string":
		return fmt.Sprintf("%q", value)
	case value == "[]" && (flag.Value.Type() == "stringSlice" || flag.Value.Type() == "stringArray"):
		return ""
	}
	return value
}
