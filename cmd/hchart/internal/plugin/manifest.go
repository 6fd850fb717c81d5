package plugin

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
	"go.yaml.in/yaml/v3"
)

// metadata is what is known of a plugin, whatever form its plugin.yaml has. Its fields
// and their names are those that signatures of plugins have.
type metadata struct {
	APIVersion    string
	Name          string
	Type          string
	Runtime       string
	Version       string
	SourceURL     string
	Config        any // by the type: *CommandConfig, *getterConfig, *postRendererConfig
	RuntimeConfig any // by the runtime: *processConfig, *wasmConfig
}

type getterConfig struct {
	Protocols []string `yaml:"protocols"`
}

type postRendererConfig struct{}

// processConfig is the runtimeConfig of programs.
type processConfig struct {
	PlatformCommand  []platformCommand            `yaml:"platformCommand"`
	PlatformHooks    map[string][]platformCommand `yaml:"platformHooks"`
	ProtocolCommands []protocolCommand            `yaml:"protocolCommands,omitempty"`

	// expandHooks says whether variables in the arguments of hooks are expanded.
	expandHooks bool
}

// protocolCommand is the command that gets what URLs of some schemes name.
type protocolCommand struct {
	Protocols       []string          `yaml:"protocols"`
	PlatformCommand []platformCommand `yaml:"platformCommand"`
}

// platformCommand is a command for an operating system and an architecture;
// empty means any.
type platformCommand struct {
	OperatingSystem string   `yaml:"os"`
	Architecture    string   `yaml:"arch"`
	Command         string   `yaml:"command"`
	Args            []string `yaml:"args"`
}

// wasmConfig is the runtimeConfig of WebAssembly.
type wasmConfig struct {
	Memory struct {
		MaxPages             uint32 `yaml:"maxPages,omitempty"`
		MaxHTTPResponseBytes int64  `yaml:"maxHttpResponseBytes,omitempty"`
		MaxVarBytes          int64  `yaml:"maxVarBytes,omitempty"`
	} `yaml:"memory"`
	Config       map[string]string `yaml:"config,omitempty"`
	AllowedHosts []string          `yaml:"allowedHosts,omitempty"`
	FileSystem   struct {
		CreateTempDir bool `yaml:"createTempDir,omitempty"`
	} `yaml:"fileSystem,omitempty"`
	Timeout       uint64   `yaml:"timeout,omitempty"`
	HostFunctions []string `yaml:"hostFunctions,omitempty"`
	EntryFuncName string   `yaml:"entryFuncName,omitempty"`
}

// manifest is plugin.yaml with apiVersion v1.
type manifest struct {
	APIVersion    string         `yaml:"apiVersion"`
	Name          string         `yaml:"name"`
	Type          string         `yaml:"type"`
	Runtime       string         `yaml:"runtime"`
	Version       string         `yaml:"version"`
	SourceURL     string         `yaml:"sourceURL"`
	Config        map[string]any `yaml:"config"`
	RuntimeConfig map[string]any `yaml:"runtimeConfig"`
}

// parse reads a plugin.yaml. The parser refuses keys that are there twice.
func parse(data []byte) (*metadata, error) {
	var version struct {
		APIVersion string `yaml:"apiVersion"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&version); err != nil {
		return nil, err
	}
	switch version.APIVersion {
	case "":
		return parseLegacy(data)
	case "v1":
		return parseV1(data)
	}
	return nil, fmt.Errorf("unknown apiVersion %q", version.APIVersion)
}

func parseV1(data []byte) (*metadata, error) {
	var m manifest
	if err := decodeStrictly(data, &m); err != nil {
		return nil, err
	}
	switch {
	case m.Version == "":
		return nil, errors.New("version is missing")
	case m.Type == "":
		return nil, errors.New("type is missing")
	case m.Runtime == "":
		return nil, errors.New("runtime is missing")
	}
	if err := checkNames(m.Name, m.Version); err != nil {
		return nil, err
	}
	out := &metadata{
		APIVersion: m.APIVersion, Name: m.Name, Type: m.Type, Runtime: m.Runtime, Version: m.Version, SourceURL: m.SourceURL,
	}
	switch m.Type {
	case Command:
		out.Config = &CommandConfig{}
	case Getter:
		out.Config = &getterConfig{}
	case PostRenderer:
		out.Config = &postRendererConfig{}
	default:
		return nil, fmt.Errorf("unknown type %q", m.Type)
	}
	switch m.Runtime {
	case subprocess:
		out.RuntimeConfig = &processConfig{}
	case wasm:
		out.RuntimeConfig = &wasmConfig{}
	default:
		return nil, fmt.Errorf("unknown runtime %q", m.Runtime)
	}
	if err := convert(m.Config, out.Config, decodeStrictly); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	lenient := func(data []byte, v any) error { return yaml.Unmarshal(data, v) }
	if err := convert(m.RuntimeConfig, out.RuntimeConfig, lenient); err != nil {
		return nil, fmt.Errorf("runtimeConfig: %w", err)
	}
	if c, ok := out.Config.(*getterConfig); ok {
		return out, c.check()
	}
	return out, nil
}

// decodeStrictly refuses fields that are not known.
func decodeStrictly(data []byte, v any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	return d.Decode(v)
}

// convert brings a part of plugin.yaml into its form. It goes by way of text, as Helm
// does, so that a number is taken for the same string.
func convert(from map[string]any, to any, decode func([]byte, any) error) error {
	data, err := yaml.Marshal(from)
	if err != nil {
		return err
	}
	return decode(data, to)
}

func (c *getterConfig) check() error {
	if len(c.Protocols) == 0 {
		return errors.New("config.protocols is missing")
	}
	for i, p := range c.Protocols {
		if p == "" {
			return fmt.Errorf("config.protocols[%d] is empty", i)
		}
	}
	return nil
}

// checkNames refuses names and versions that are not fit for the name of a file.
func checkNames(name, version string) error {
	isName := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
	}
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isName(r) }) {
		return fmt.Errorf("invalid name %q: use a-z, A-Z, 0-9, _ and -", name)
	}
	if version == "" {
		return nil
	}
	if _, err := semver.StrictNewVersion(version); err != nil {
		return fmt.Errorf("invalid version %q: it must be a semantic version", version)
	}
	return nil
}
