package faults

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// record is what the harness reads of a stored release. It has a decoder of its own:
// what it checks is the form that Helm reads, not that hchart reads what it wrote.
type record struct {
	Name string `json:"name"`
	Info struct {
		Status      string `json:"status"`
		Description string `json:"description"`
	} `json:"info"`
	Chart struct {
		Metadata struct {
			Name    string `json:"name"`
			Version string `json:"version"`
		} `json:"metadata"`
		Files []struct {
			Name string `json:"name"`
			Data []byte `json:"data"`
		} `json:"files"`
	} `json:"chart"`
	Config    map[string]any `json:"config"`
	Manifest  string         `json:"manifest"`
	Namespace string         `json:"namespace"`
	Version   int            `json:"version"`
	Hooks     []struct {
		Name     string   `json:"name"`
		Kind     string   `json:"kind"`
		Manifest string   `json:"manifest"`
		Events   []string `json:"events"`
		LastRun  struct {
			Phase       string `json:"phase"`
			CompletedAt string `json:"completed_at"`
		} `json:"last_run"`
	} `json:"hooks"`
}

// recordType is the type of the Secrets that Helm keeps its records in.
const recordType = "helm.sh/release.v1"

// secret is a Secret as the API server sends it.
type secret struct {
	Metadata struct {
		Name      string            `json:"name"`
		Namespace string            `json:"namespace"`
		Labels    map[string]string `json:"labels"`
	} `json:"metadata"`
	Type string            `json:"type"`
	Data map[string][]byte `json:"data"`
}

// maxRecord bounds what a record may unpack to.
const maxRecord = 64 << 20

// decodeRecord reads the record in a Secret, and says what Helm would stumble over.
func decodeRecord(s *secret) (*record, error) {
	if s.Type != recordType {
		return nil, fmt.Errorf("secret %s has type %s, want %s", s.Metadata.Name, s.Type, recordType)
	}
	packed, err := base64.StdEncoding.DecodeString(string(s.Data["release"]))
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", s.Metadata.Name, err)
	}
	zr, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", s.Metadata.Name, err)
	}
	text, err := io.ReadAll(io.LimitReader(zr, maxRecord))
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", s.Metadata.Name, err)
	}
	var r record
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("secret %s: %w", s.Metadata.Name, err)
	}
	labels := s.Metadata.Labels
	switch {
	case s.Metadata.Name != fmt.Sprintf("sh.helm.release.v1.%s.v%d", r.Name, r.Version):
		err = errors.New("its name is not that of its release and revision")
	case labels["owner"] != "helm" || labels["name"] != r.Name || labels["version"] != fmt.Sprint(r.Version):
		err = errors.New("its labels do not name its release and revision")
	case labels["status"] != r.Info.Status:
		err = fmt.Errorf("its label says %q, its record %q", labels["status"], r.Info.Status)
	}
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", s.Metadata.Name, err)
	}
	return &r, nil
}

// names returns the objects that a record names, as "Kind/name": those of its manifest,
// of its hooks, and the definitions that its chart brings.
func (r *record) names() []string {
	texts := []string{r.Manifest}
	for _, h := range r.Hooks {
		texts = append(texts, h.Manifest)
	}
	for _, f := range r.Chart.Files {
		if strings.HasPrefix(f.Name, "crds/") {
			texts = append(texts, string(f.Data))
		}
	}
	var all []string
	for _, text := range texts {
		for _, doc := range regexp.MustCompile(`(?m)^---`).Split(text, -1) {
			kind, name := kindLine().FindStringSubmatch(doc), nameLine().FindStringSubmatch(doc)
			if kind != nil && name != nil {
				all = append(all, kind[1]+"/"+name[1])
			}
		}
	}
	return all
}

// The documents are those of the chart of this harness, whose form is known.
func kindLine() *regexp.Regexp { return regexp.MustCompile(`(?m)^kind: (\S+)`) }

func nameLine() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^metadata:\n(?:  [^\n]*\n)*?  name: (\S+)`)
}
