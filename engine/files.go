package engine

import (
	"encoding/base64"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/gobwas/glob"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/yaml"
)

// files is .Files: the files of a chart that are not templates. Its name shows
// in {{ typeOf .Files }} and is Helm's; its methods are for templates.
type files map[string][]byte

func newFiles(from []*chart.File) files {
	f := make(files, len(from))
	for _, file := range from {
		f[file.Name] = file.Data
	}
	return f
}

// GetBytes returns a file's content, empty when there is no such file.
func (f files) GetBytes(name string) []byte {
	if b, ok := f[name]; ok {
		return b
	}
	return []byte{}
}

// Get is GetBytes as a string.
func (f files) Get(name string) string { return shared(f[name]) }

// Glob returns the files whose paths match a pattern of gobwas/glob; an invalid
// pattern matches everything.
func (f files) Glob(pattern string) files {
	g, err := glob.Compile(pattern, '/')
	if err != nil {
		g = glob.MustCompile("**")
	}
	out := files{}
	for name, data := range f {
		if g.Match(name) {
			out[name] = data
		}
	}
	return out
}

// AsConfig renders the files as the data of a ConfigMap, by their base names.
func (f files) AsConfig() string {
	return f.table(shared)
}

// AsSecrets renders the files as the data of a Secret, by their base names.
func (f files) AsSecrets() string {
	return f.table(base64.StdEncoding.EncodeToString)
}

func (f files) table(encode func([]byte) string) string {
	if f == nil {
		return ""
	}
	m := make(map[string]string, len(f))
	// In order, so that of two files with one base name the same one wins
	// every time; in Helm it is either.
	for _, name := range slices.Sorted(maps.Keys(f)) {
		m[path.Base(name)] = encode(f[name])
	}
	text, err := yaml.Encode(m)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(text, "\n")
}

// Lines returns the lines of a file without their ends.
func (f files) Lines(name string) []string {
	if len(f[name]) == 0 {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(shared(f[name]), "\n"), "\n")
}
