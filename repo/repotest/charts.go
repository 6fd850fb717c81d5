package repotest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
)

// version is a line of the index.
type version struct {
	name, version, digest, url string
}

// Archive returns the archive of a small chart. Files are paths and contents that are
// added to it, or that stand in the place of its own.
func Archive(name, version string, files ...string) []byte {
	fsys := fstest.MapFS{
		"Chart.yaml":               {Data: fmt.Appendf(nil, "apiVersion: v2\nname: %s\nversion: %s\n", name, version)},
		"values.yaml":              {Data: []byte("answer: 42\n")},
		"templates/configmap.yaml": {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  version: {{ .Chart.Version | quote }}\n  answer: {{ .Values.answer | quote }}\n")},
	}
	for i := 0; i+1 < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	ctx := context.Background()
	ch, err := chart.LoadFS(ctx, fsys, chart.LoadOptions{})
	if err != nil {
		panic(err) // a mistake of the test's
	}
	var b bytes.Buffer
	if err := chart.WriteArchive(ctx, ch, &b, chart.WriteOptions{}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// AddChart serves a small chart and puts it into the index. It returns the archive.
func (s *Server) AddChart(name, version string, files ...string) []byte {
	data := Archive(name, version, files...)
	s.AddArchive(name, version, data)
	return data
}

// AddArchive serves an archive as NAME-VERSION.tgz and puts it into the index.
func (s *Server) AddArchive(name, version string, data []byte) {
	file := name + "-" + version + ".tgz"
	s.Put(file, data)
	sum := sha256.Sum256(data)
	s.AddVersion(name, version, hex.EncodeToString(sum[:]), file)
}

// AddVersion puts a version into the index. The URL may be relative or of another server,
// the digest empty.
func (s *Server) AddVersion(name, number, digest, url string) {
	s.mu.Lock()
	s.versions = append(s.versions, version{name, number, digest, url})
	index := indexOf(s.versions)
	s.mu.Unlock()
	s.Put("index.yaml", index)
}

func indexOf(versions []version) []byte {
	versions = append([]version(nil), versions...)
	sort.SliceStable(versions, func(i, j int) bool { return versions[i].name < versions[j].name })
	var b strings.Builder
	b.WriteString("apiVersion: v1\nentries:\n")
	last := ""
	for _, v := range versions {
		if v.name != last {
			fmt.Fprintf(&b, "  %s:\n", v.name)
			last = v.name
		}
		fmt.Fprintf(&b, "  - apiVersion: v2\n    created: \"2026-01-02T03:04:05Z\"\n    description: A chart for tests\n")
		if v.digest != "" {
			fmt.Fprintf(&b, "    digest: %s\n", v.digest)
		}
		fmt.Fprintf(&b, "    name: %s\n    urls:\n    - %q\n    version: %s\n", v.name, v.url, v.version)
	}
	b.WriteString("generated: \"2026-01-02T03:04:05Z\"\n")
	return []byte(b.String())
}
