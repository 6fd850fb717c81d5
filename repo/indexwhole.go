package repo

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

// wireIndex is an index as it is on the disk.
type wireIndex struct {
	// ServerInfo is what one server puts there.
	ServerInfo  map[string]any            `json:"serverInfo,omitempty"`
	APIVersion  string                    `json:"apiVersion"`
	Generated   time.Time                 `json:"generated"`
	Entries     map[string][]*wireVersion `json:"entries"`
	PublicKeys  []string                  `json:"publicKeys,omitempty"`
	Annotations map[string]string         `json:"annotations,omitempty"`
}

// parseWhole reads an index by the libraries that Helm reads it by. It is right for all
// of them, and slow.
func parseWhole(data []byte) (*Index, error) {
	var wire wireIndex
	if json.Valid(data) {
		if err := json.Unmarshal(data, &wire); err != nil {
			return nil, err
		}
	} else {
		if err := own.CheckAliases(data, maxExpanded); err != nil {
			return nil, err
		}
		if err := yaml.UnmarshalStrict(data, &wire); err != nil {
			return nil, err
		}
	}
	if wire.APIVersion == "" {
		return nil, errNoAPIVersion
	}
	x := &Index{Generated: wire.Generated, charts: make(map[string]*indexChart, len(wire.Entries))}
	for name, versions := range wire.Entries {
		c := &indexChart{}
		for _, w := range versions {
			v, err := w.version()
			if err != nil {
				c.skipped = append(c.skipped, err)
				continue
			}
			c.entries = append(c.entries, indexEntry{version: v})
		}
		x.charts[name] = c
	}
	return x, nil
}

// wire returns what is written to a file.
func (x *Index) wire() (*wireIndex, error) {
	wire := &wireIndex{APIVersion: "v1", Generated: x.Generated, Entries: map[string][]*wireVersion{}}
	for _, name := range slices.Sorted(maps.Keys(x.charts)) {
		versions, err := x.Versions(name)
		if err != nil {
			return nil, err
		}
		list := make([]*wireVersion, 0, len(versions))
		for _, v := range versions {
			list = append(list, v.wire())
		}
		wire.Entries[name] = list
	}
	return wire, nil
}
