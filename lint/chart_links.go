package lint

import (
	"errors"
	"fmt"
)

func chartSourceChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-sources", Error, "sources are URLs"}, checkSources},
	}
}

func chartIconChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-icon", Info, "the chart has an icon"}, checkIcon},
		{Rule{"chart-icon-url", Error, "icon is a URL"}, checkIconURL},
	}
}

func checkSources(m *metadata) error {
	for _, source := range m.Sources {
		if !isRequestURL(source) {
			return fmt.Errorf("invalid source URL '%s'", source)
		}
	}
	return nil
}

func checkIcon(m *metadata) error {
	if m.Icon == "" {
		return errors.New("icon is recommended")
	}
	return nil
}

func checkIconURL(m *metadata) error {
	if m.Icon != "" && !isRequestURL(m.Icon) {
		return fmt.Errorf("invalid icon URL '%s'", m.Icon)
	}
	return nil
}
