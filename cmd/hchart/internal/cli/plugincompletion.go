package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
)

// pluginCompletion is completion.yaml of a plugin: what shells can offer for it.
type pluginCompletion struct {
	Name      string             `json:"name"`
	ValidArgs []string           `json:"validArgs"`
	Flags     []string           `json:"flags"`
	Commands  []pluginCompletion `json:"commands"`
}

// maxCompletionDepth bounds how deep commands of a completion.yaml are nested.
const maxCompletionDepth = 16

// addPluginCompletion makes the commands and flags of a plugin known to completion.
func addPluginCompletion(f *factory, p *plugin.Plugin, cmd *cobra.Command) {
	completion := pluginCompletion{}
	if data, err := readBounded(filepath.Join(p.Dir, "completion.yaml"), 1<<20); err == nil {
		if err := yaml.Unmarshal(data, &completion); err != nil {
			cobra.CompDebugln("completion.yaml of "+p.Name()+": "+err.Error(), f.settings.debug)
		}
	}
	completion.Name = cmd.Use
	completion.addTo(f, p, cmd, maxCompletionDepth)
}

func (c *pluginCompletion) addTo(f *factory, p *plugin.Plugin, cmd *cobra.Command, depth int) {
	if c.Name == "" || depth == 0 {
		return
	}
	cmd.Use, cmd.ValidArgs = c.Name, c.ValidArgs
	if c.Commands == nil {
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return completeByPlugin(f, p, cmd, args, prefix)
		}
	}
	addCompletionFlags(cmd, c.Flags)
	for i := range c.Commands {
		sub := &cobra.Command{DisableFlagParsing: true, Run: func(*cobra.Command, []string) {}}
		cmd.AddCommand(sub)
		c.Commands[i].addTo(f, p, sub, depth-1)
	}
}

// addCompletionFlags adds flags that only completion sees. The library knows no short flag
// without a long one: each short one goes with some long one, those left over with
// themselves.
func addCompletionFlags(cmd *cobra.Command, names []string) {
	var short, long []string
	for _, name := range names {
		if len(name) == 1 {
			short = append(short, name)
		} else if name != "" {
			long = append(long, name)
		}
	}
	fs := cmd.Flags()
	for i := 0; i < max(len(short), len(long)); i++ {
		name, letter := "", ""
		if i < len(short) {
			name, letter = short[i], short[i]
		}
		if i < len(long) {
			name = long[i]
		}
		// The library panics at flags that are there twice.
		if fs.Lookup(name) == nil && (letter == "" || fs.ShorthandLookup(letter) == nil) {
			fs.BoolP(name, letter, false, "")
		}
	}
}

// completeByPlugin asks plugin.complete, a program of the plugin: it prints words, and may
// print ":NUMBER" last, which says what the shell does besides.
func completeByPlugin(f *factory, p *plugin.Plugin, cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	args, err := parseGlobalFlags(cmd.Root(), args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	words := strings.Split(cmd.CommandPath(), " ")[2:]
	if !p.CommandConfig().IgnoreFlags {
		words = append(append(words, args...), prefix)
	}
	if _, err := os.Stat(filepath.Join(p.Dir, "plugin.complete")); err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	out, err := p.Complete(cmd.Context(), words, f.pluginEnviron())
	if err != nil {
		cobra.CompDebugln(err.Error(), f.settings.debug)
		return nil, cobra.ShellCompDirectiveDefault
	}
	var offers []string
	for line := range strings.SplitSeq(out, "\n") {
		if line != "" {
			offers = append(offers, line)
		}
	}
	if len(offers) > 0 {
		last := offers[len(offers)-1]
		if n, err := strconv.Atoi(strings.TrimPrefix(last, ":")); err == nil && len(last) > 1 && last[0] == ':' {
			return offers[:len(offers)-1], cobra.ShellCompDirective(n)
		}
	}
	return offers, cobra.ShellCompDirectiveDefault
}
