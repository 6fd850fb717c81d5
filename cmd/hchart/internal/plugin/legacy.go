package plugin

import (
	"bytes"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/hchart/hchart/chart"
)

// legacyManifest is plugin.yaml without an apiVersion.
type legacyManifest struct {
	Name            string                       `yaml:"name"`
	Version         string                       `yaml:"version"`
	Usage           string                       `yaml:"usage"`
	Description     string                       `yaml:"description"`
	PlatformCommand []platformCommand            `yaml:"platformCommand"`
	Command         string                       `yaml:"command"`
	IgnoreFlags     bool                         `yaml:"ignoreFlags"`
	PlatformHooks   map[string][]platformCommand `yaml:"platformHooks"`
	Hooks           map[string]string            `yaml:"hooks"`
	Downloaders     []struct {
		Protocols []string `yaml:"protocols"`
		Command   string   `yaml:"command"`
	} `yaml:"downloaders"`
}

func parseLegacy(data []byte) (*metadata, error) {
	var m legacyManifest
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&m); err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	out := &metadata{APIVersion: "legacy", Name: m.Name, Version: m.Version, Type: Command, Runtime: subprocess}
	process := &processConfig{PlatformCommand: m.PlatformCommand, PlatformHooks: m.PlatformHooks, expandHooks: true}
	if len(process.PlatformCommand) == 0 && m.Command != "" {
		process.PlatformCommand = []platformCommand{{Command: m.Command}}
	}
	if len(process.PlatformHooks) == 0 && len(m.Hooks) > 0 {
		process.PlatformHooks = map[string][]platformCommand{}
		for event, command := range m.Hooks {
			// The shell expands.
			process.PlatformHooks[event] = []platformCommand{{Command: "sh", Args: []string{"-c", command}}}
		}
		process.expandHooks = false
	}
	out.RuntimeConfig = process
	if len(m.Downloaders) == 0 {
		out.Config = &CommandConfig{ShortHelp: chart.PlainText(m.Usage), LongHelp: m.Description, IgnoreFlags: m.IgnoreFlags}
		return out, nil
	}
	out.Type = Getter
	getter := &getterConfig{}
	for _, d := range m.Downloaders {
		getter.Protocols = append(getter.Protocols, d.Protocols...)
		process.ProtocolCommands = append(process.ProtocolCommands, protocolCommand{
			Protocols: d.Protocols, PlatformCommand: []platformCommand{{Command: d.Command}},
		})
	}
	out.Config = getter
	return out, getter.check()
}

// check refuses what is contradictory or missing.
func (m *legacyManifest) check() error {
	if err := checkNames(m.Name, m.Version); err != nil {
		return err
	}
	if len(m.PlatformCommand) > 0 && m.Command != "" {
		return errors.New("it has both platformCommand and command")
	}
	if len(m.PlatformHooks) > 0 && len(m.Hooks) > 0 {
		return errors.New("it has both platformHooks and hooks")
	}
	for i, d := range m.Downloaders {
		if d.Command == "" {
			return fmt.Errorf("downloaders[%d].command is missing", i)
		}
		if len(d.Protocols) == 0 {
			return fmt.Errorf("downloaders[%d].protocols is missing", i)
		}
	}
	return nil
}
