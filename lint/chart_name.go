package lint

import (
	"errors"
	"fmt"
	"path/filepath"
)

func chartNameChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-name", Error, "the chart has a name that is no path"}, checkName},
	}
}

func checkName(m *metadata) error {
	if m.Name == "" {
		return errors.New("name is required")
	}
	if m.Name != filepath.Base(m.Name) {
		return fmt.Errorf("chart name %q is invalid", m.Name)
	}
	return nil
}
