package lint

import (
	"fmt"
	"strings"
)

func objectSelectorChecks() []check[*object] {
	return []check[*object]{
		{Rule{"object-selector", Error, "workloads have a selector"}, checkSelector},
	}
}

// checkSelector looks for the words anywhere in the file, so one workload with
// a selector speaks for the others.
func checkSelector(o *object) error {
	switch o.Kind {
	case "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet":
	default:
		return nil
	}
	if strings.Contains(o.output, "matchLabels") || strings.Contains(o.output, "matchExpressions") {
		return nil
	}
	return fmt.Errorf("a %s must contain matchLabels or matchExpressions, and %q does not", o.Kind, o.Metadata.Name)
}
