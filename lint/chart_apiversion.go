package lint

import (
	"errors"
	"fmt"

	"github.com/hchart/hchart/chart"
)

func chartAPIVersionChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-api-version", Error, "apiVersion is v1 or v2"}, checkAPIVersion},
	}
}

func checkAPIVersion(m *metadata) error {
	switch m.APIVersion {
	case chart.APIVersionV1, chart.APIVersionV2:
		return nil
	case "":
		return errors.New(`apiVersion is required. The value must be either "v1" or "v2"`)
	}
	return fmt.Errorf(`apiVersion '%s' is not valid. The value must be either "v1" or "v2"`, m.APIVersion)
}
