package common

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hchart/hchart/engine/internal/version"
)

// Capabilities is the type of .Capabilities.
type Capabilities struct {
	KubeVersion KubeVersion
	APIVersions VersionSet
	HelmVersion version.BuildInfo
}

// KubeVersion is the type of .Capabilities.KubeVersion. The unexported field
// stands where Helm has one, because printf "%v" shows it.
type KubeVersion struct {
	Version    string // as given: "v1.33.4-gke.1245000"
	normalized string // for constraints: "v1.33.4"
	Major      string
	Minor      string
}

// String returns the version without vendor suffixes.
func (kv *KubeVersion) String() string {
	if kv.normalized != "" {
		return kv.normalized
	}
	return kv.Version
}

// GitVersion returns the full version.
func (kv *KubeVersion) GitVersion() string { return kv.Version }

// VersionSet is the type of .Capabilities.APIVersions.
type VersionSet []string

// Has reports whether apiVersion ("apps/v1", "apps/v1/Deployment") is in the set.
func (s VersionSet) Has(apiVersion string) bool { return slices.Contains(s, apiVersion) }

// Default returns the capabilities assumed without a cluster.
func Default() *Capabilities {
	kv, err := ParseKubeVersion(version.KubeClient + ".0")
	if err != nil { // a constant: the tests parse it
		kv = &KubeVersion{Version: version.KubeClient + ".0"}
	}
	return &Capabilities{
		KubeVersion: *kv,
		APIVersions: strings.Fields(defaultAPIVersions),
		HelmVersion: version.Get(),
	}
}

// ParseKubeVersion reads the leading dotted numbers of a version, as Kubernetes
// does (k8s.io/apimachinery/pkg/util/version, ParseGeneric): two numbers or more,
// the first without leading zeros; whatever follows is a suffix.
func ParseKubeVersion(s string) (*KubeVersion, error) {
	text := strings.TrimPrefix(strings.TrimLeft(s, " \t\n\v\f\r"), "v")
	var numbers []string
	for {
		n := len(text) - len(strings.TrimLeft(text, "0123456789"))
		if n == 0 {
			break
		}
		num, err := strconv.ParseUint(text[:n], 10, 0)
		if err != nil {
			return nil, fmt.Errorf("version component %q in %q is too large", text[:n], s)
		}
		if len(numbers) == 0 && n > 1 && text[0] == '0' {
			return nil, fmt.Errorf("illegal zero-prefixed version component %q in %q", text[:n], s)
		}
		numbers = append(numbers, strconv.FormatUint(num, 10))
		text = text[n:]
		if len(text) < 2 || text[0] != '.' || text[1] < '0' || text[1] > '9' {
			break
		}
		text = text[1:]
	}
	if len(numbers) < 2 {
		return nil, fmt.Errorf("could not parse %q as version: want at least MAJOR.MINOR", s)
	}
	full := s
	if !strings.HasPrefix(s, "v") {
		full = "v" + s
	}
	return &KubeVersion{Version: full, normalized: "v" + strings.Join(numbers, "."), Major: numbers[0], Minor: numbers[1]}, nil
}
