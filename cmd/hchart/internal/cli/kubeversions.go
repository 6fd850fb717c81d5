package cli

import (
	"fmt"
	"strconv"

	"github.com/hchart/hchart/engine"
)

// knownKubeVersions returns what the shell offers for --kube-version: the
// newest minor version this program knows and the ten before it.
func knownKubeVersions() []string {
	kv := engine.DefaultCapabilities().KubeVersion
	minor, err := strconv.Atoi(kv.Minor)
	if err != nil {
		return nil
	}
	var versions []string
	for i := minor; i >= 0 && i > minor-11; i-- {
		versions = append(versions, fmt.Sprintf("v%s.%d", kv.Major, i))
	}
	return versions
}
