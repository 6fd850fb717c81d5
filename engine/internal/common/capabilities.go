package common

import (
	"fmt"
	"regexp"
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
	if err != nil { // a constant: version_test.go parses it
		kv = &KubeVersion{Version: version.KubeClient + ".0"}
	}
	return &Capabilities{
		KubeVersion: *kv,
		APIVersions: strings.Fields(defaultAPIVersions),
		HelmVersion: version.Get(),
	}
}

// ParseKubeVersion reads the leading dotted numbers of a version, as
// Kubernetes itself does (k8s.io/apimachinery/pkg/util/version, ParseGeneric):
// at least two numbers without leading zeros, whatever follows is a suffix.
func ParseKubeVersion(s string) (*KubeVersion, error) {
	m := regexp.MustCompile(`^\s*v?([0-9]+(?:\.[0-9]+)*)(.*)*$`).FindStringSubmatch(s)
	if m == nil {
		return nil, fmt.Errorf("could not parse %q as version", s)
	}
	parts := strings.Split(m[1], ".")
	if len(parts) < 2 {
		return nil, fmt.Errorf("illegal version string %q", s)
	}
	for _, p := range parts {
		if len(p) > 1 && p[0] == '0' {
			return nil, fmt.Errorf("illegal zero-prefixed version component %q in %q", p, s)
		}
		if _, err := strconv.ParseUint(p, 10, 32); err != nil {
			return nil, fmt.Errorf("version component %q in %q is too large", p, s)
		}
	}
	full := s
	if !strings.HasPrefix(s, "v") {
		full = "v" + s
	}
	return &KubeVersion{Version: full, normalized: "v" + m[1], Major: parts[0], Minor: parts[1]}, nil
}
