// Package plugin finds Helm's plugins and runs those that are programs.
//
// A plugin is a directory with a plugin.yaml below one of the directories of
// HELM_PLUGINS. What it is for is its type, how it is run its runtime; this
// package runs the type "postrenderer/v1" with the runtime "subprocess":
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
// Plugins without an apiVersion, as Helm 3 had them, are commands or downloaders
// and never post-renderers.
package plugin

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/Masterminds/semver/v3"
	"go.yaml.in/yaml/v3"
)

// PostRenderer is the type of plugins that change rendered manifests.
const PostRenderer = "postrenderer/v1"

// subprocess is the runtime of plugins that are programs.
const subprocess = "subprocess"

// Plugin is a plugin that can be run.
type Plugin struct {
	// Dir is the directory of plugin.yaml.
	Dir string
	// Name is the name that plugin.yaml gives.
	Name string

	commands []platformCommand
}

// manifest is plugin.yaml.
type manifest struct {
	APIVersion    string         `yaml:"apiVersion"`
	Name          string         `yaml:"name"`
	Type          string         `yaml:"type"`
	Runtime       string         `yaml:"runtime"`
	Version       string         `yaml:"version"`
	SourceURL     string         `yaml:"sourceURL"`
	Config        map[string]any `yaml:"config"`
	RuntimeConfig struct {
		PlatformCommand  []platformCommand            `yaml:"platformCommand"`
		PlatformHooks    map[string][]platformCommand `yaml:"platformHooks"`
		ProtocolCommands []map[string]any             `yaml:"protocolCommands"`
	} `yaml:"runtimeConfig"`
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

// Find returns the first plugin of a name and type below the directories. A
// plugin that cannot be loaded is passed over; warn, which may be nil, is told.
func Find(dirs []string, name, kind string, warn func(string)) (*Plugin, error) {
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*", "plugin.yaml"))
		if err != nil {
			return nil, fmt.Errorf("failed to search for plugins in %q: %w", dir, err)
		}
		for _, file := range files {
			m, err := load(file)
			if err != nil {
				if warn != nil {
					warn(err.Error() + " (ignoring)")
				}
				continue
			}
			if m.Name != name || m.Type != kind {
				continue
			}
			if m.Runtime != subprocess {
				return nil, &LoadError{File: file, Reason: fmt.Sprintf("the runtime %q is not supported, only %s is", m.Runtime, subprocess)}
			}
			return &Plugin{Dir: filepath.Dir(file), Name: m.Name, commands: m.RuntimeConfig.PlatformCommand}, nil
		}
	}
	return nil, &NotFoundError{Name: name, Type: kind, Dirs: dirs}
}

// load reads a plugin.yaml. One without an apiVersion is returned without a type.
func load(file string) (*manifest, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &LoadError{File: file, Reason: "it cannot be read", Err: err}
	}
	var version struct {
		APIVersion string `yaml:"apiVersion"`
	}
	if err := yaml.Unmarshal(data, &version); err != nil {
		return nil, &LoadError{File: file, Reason: "it is not YAML", Err: err}
	}
	switch version.APIVersion {
	case "v1":
	case "":
		return &manifest{}, nil
	default:
		return nil, &LoadError{File: file, Reason: fmt.Sprintf("unknown apiVersion %q", version.APIVersion)}
	}
	var m manifest
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&m); err != nil {
		return nil, &LoadError{File: file, Reason: "it has the wrong form", Err: err}
	}
	if reason := m.check(); reason != "" {
		return nil, &LoadError{File: file, Reason: reason}
	}
	return &m, nil
}

// check returns what is wrong with m, empty if nothing is.
func (m *manifest) check() string {
	isName := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
	}
	if m.Name == "" || strings.ContainsFunc(m.Name, func(r rune) bool { return !isName(r) }) {
		return fmt.Sprintf("invalid name %q: use a-z, A-Z, 0-9, _ and -", m.Name)
	}
	if _, err := semver.StrictNewVersion(m.Version); err != nil {
		return fmt.Sprintf("invalid version %q: it must be a semantic version", m.Version)
	}
	if m.Type == "" {
		return "type is missing"
	}
	if m.Runtime == "" {
		return "runtime is missing"
	}
	return ""
}
