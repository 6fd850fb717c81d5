package lint

import (
	"fmt"

	"github.com/hchart/hchart/chart"
)

// chartV1Checks are about fields that came with apiVersion v2.
func chartV1Checks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-type", Error, "type is used in apiVersion v2 only"}, checkType},
		{Rule{"chart-dependencies", Error, "dependencies are used in apiVersion v2 only"}, checkDependencies},
	}
}

func checkType(m *metadata) error {
	if m.Type == "" || m.APIVersion == chart.APIVersionV2 {
		return nil
	}
	return fmt.Errorf("chart type is not valid in apiVersion '%s'. It is valid in apiVersion '%s'",
		m.APIVersion, chart.APIVersionV2)
}

func checkDependencies(m *metadata) error {
	if len(m.Dependencies) == 0 || m.APIVersion == chart.APIVersionV2 {
		return nil
	}
	return fmt.Errorf("dependencies are not valid in the Chart file with apiVersion '%s'. They are valid in apiVersion '%s'",
		m.APIVersion, chart.APIVersionV2)
}
