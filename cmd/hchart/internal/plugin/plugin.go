// Package plugin finds, reads, runs and installs Helm's plugins.
//
// A plugin is a directory with a plugin.yaml below a directory of plugins
// (HELM_PLUGINS). What it is for is its type, how it is run its runtime:
//
//	apiVersion: v1
//	name: add-labels
//	version: 1.0.0
//	type: postrenderer/v1
//	runtime: subprocess
//	runtimeConfig:
//	  platformCommand:
//	    - command: ${HELM_PLUGIN_DIR}/add-labels.sh
//
// A plugin without an apiVersion is one of Helm 3: a command, or a downloader.
// Plugins of the runtime "subprocess" are programs. Those of "extism/v1", which are
// WebAssembly, are listed, installed and packaged, and refuse to run.
package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
)

// The types of plugins.
const (
	// Command is the type of plugins that are commands of their own.
	Command = "cli/v1"
	// Getter is the type of plugins that get what URLs of other schemes name.
	Getter = "getter/v1"
	// PostRenderer is the type of plugins that change rendered manifests.
	PostRenderer = "postrenderer/v1"
)

// The runtimes of plugins.
const (
	subprocess = "subprocess"
	wasm       = "extism/v1"
)

const (
	manifestFile = "plugin.yaml"
	wasmFile     = "plugin.wasm"
	// maxManifest bounds plugin.yaml and completion.yaml.
	maxManifest = 1 << 20
)

// Plugin is a plugin as its plugin.yaml describes it.
type Plugin struct {
	// Dir is the directory of plugin.yaml.
	Dir string

	meta metadata
}

// Name is the name that plugin.yaml gives.
func (p *Plugin) Name() string { return p.meta.Name }

// Version is empty for some plugins of Helm 3.
func (p *Plugin) Version() string { return p.meta.Version }

// Type is one of the constants above.
func (p *Plugin) Type() string { return p.meta.Type }

// APIVersion is that of plugin.yaml, "legacy" for none.
func (p *Plugin) APIVersion() string { return p.meta.APIVersion }

// SourceURL is where the plugin says it comes from.
func (p *Plugin) SourceURL() string { return chart.PlainText(p.meta.SourceURL) }

// CommandConfig says how a plugin of type Command appears among the commands.
type CommandConfig struct {
	// Usage begins with the name of the command; empty stands for the plugin's.
	Usage string `yaml:"usage"`
	// ShortHelp and LongHelp are for the help texts.
	ShortHelp string `yaml:"shortHelp"`
	LongHelp  string `yaml:"longHelp"`
	// IgnoreFlags keeps all arguments from the plugin.
	IgnoreFlags bool `yaml:"ignoreFlags"`
}

// CommandConfig is for plugins of type Command, nil for others. Nothing in it makes a
// terminal do more than show it.
func (p *Plugin) CommandConfig() *CommandConfig {
	c, ok := p.meta.Config.(*CommandConfig)
	if !ok {
		return nil
	}
	lines := strings.Split(c.LongHelp, "\n")
	for i, line := range lines {
		lines[i] = chart.PlainText(line)
	}
	return &CommandConfig{
		Usage: chart.PlainText(c.Usage), ShortHelp: chart.PlainText(c.ShortHelp), LongHelp: strings.Join(lines, "\n"), IgnoreFlags: c.IgnoreFlags,
	}
}

// Schemes are the schemes of URLs that a plugin of type Getter gets.
func (p *Plugin) Schemes() []string {
	if c, ok := p.meta.Config.(*getterConfig); ok {
		return c.Protocols
	}
	return nil
}

// SignedMetadata is the YAML that Helm puts into the signatures of plugins.
func (p *Plugin) SignedMetadata() ([]byte, error) { return yaml.Marshal(p.meta) }

// process is how the plugin is run, an error if it is no program.
func (p *Plugin) process() (*processConfig, error) {
	c, ok := p.meta.RuntimeConfig.(*processConfig)
	if !ok {
		return nil, &LoadError{
			File:   filepath.Join(p.Dir, manifestFile),
			Reason: fmt.Sprintf("the runtime %q is not supported, only %s is", p.meta.Runtime, subprocess),
		}
	}
	return c, nil
}

// NotFoundError is a plugin that is nowhere in the directories of plugins.
type NotFoundError struct {
	Name, Type string
	Dirs       []string
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("plugin %q of type %s not found in %s (HELM_PLUGINS)", e.Name, e.Type, strings.Join(e.Dirs, ", "))
}

// LoadError is a plugin.yaml that cannot be used.
type LoadError struct {
	File   string
	Reason string
	Err    error
}

func (e *LoadError) Error() string {
	s := fmt.Sprintf("failed to load plugin %s: %s", e.File, e.Reason)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *LoadError) Unwrap() error { return e.Err }

// DuplicateError is a name that two plugins have.
type DuplicateError struct {
	Name string
	Dirs [2]string
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("two plugins have the name %q: %s and %s", e.Name, e.Dirs[0], e.Dirs[1])
}

// Load reads the plugin of a directory.
func Load(dir string) (*Plugin, error) {
	file := filepath.Join(dir, manifestFile)
	info, err := os.Stat(file)
	if err == nil && info.Size() > maxManifest {
		err = fmt.Errorf("it is larger than %d bytes", maxManifest)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, &LoadError{File: file, Reason: "it cannot be read", Err: err}
	}
	m, err := parse(data)
	if err != nil {
		return nil, &LoadError{File: file, Reason: "it is not valid", Err: err}
	}
	if m.Runtime == wasm {
		if _, err := os.Stat(filepath.Join(dir, wasmFile)); err != nil {
			return nil, &LoadError{File: file, Reason: "its program is missing", Err: err}
		}
	}
	return &Plugin{Dir: dir, meta: *m}, nil
}

// All returns the plugins below the directories that have a type, or all for "". A
// plugin that cannot be loaded is passed over; warn, which may be nil, is told. Two of
// one name in a directory are a *[DuplicateError].
func All(dirs []string, kind string, warn func(string)) ([]*Plugin, error) {
	var all []*Plugin
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*", manifestFile))
		if err != nil {
			return nil, fmt.Errorf("failed to search for plugins in %q: %w", dir, err)
		}
		names := map[string]string{}
		for _, file := range files {
			p, err := Load(filepath.Dir(file))
			if err != nil {
				if warn != nil {
					warn(err.Error() + " (ignoring)")
				}
				continue
			}
			if other, ok := names[p.Name()]; ok {
				return nil, &DuplicateError{Name: p.Name(), Dirs: [2]string{other, p.Dir}}
			}
			names[p.Name()] = p.Dir
			if kind == "" || p.Type() == kind {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// Find returns the first plugin of a name and type below the directories, which can be
// run. See [All] for the others.
func Find(dirs []string, name, kind string, warn func(string)) (*Plugin, error) {
	all, err := All(dirs, kind, warn)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Name() == name {
			_, err := p.process()
			return p, err
		}
	}
	return nil, &NotFoundError{Name: name, Type: kind, Dirs: dirs}
}
