package lint

import (
	"fmt"

	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
)

func chartStrictChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-strict", Warning, "Chart.yaml has no unknown and no repeated fields"}, checkStrict},
	}
}

func checkStrict(m *metadata) error {
	if err := yaml.UnmarshalStrict(m.data, new(chart.Metadata)); err != nil {
		return fmt.Errorf("failed to strictly parse chart metadata file\n\t%w", worded{err})
	}
	return nil
}
