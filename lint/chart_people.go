package lint

import (
	"errors"
	"fmt"
)

func chartMaintainerChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-maintainers", Error, "maintainers have a name, and an address and a URL that look like one"}, checkMaintainers},
	}
}

func checkMaintainers(m *metadata) error {
	for _, person := range m.Maintainers {
		switch {
		case person == nil:
			return errors.New("a maintainer entry is empty")
		case person.Name == "":
			return errors.New("each maintainer requires a name")
		case person.Email != "" && !isEmail(person.Email):
			return fmt.Errorf("invalid email '%s' for maintainer '%s'", person.Email, person.Name)
		case person.URL != "" && !isURL(person.URL):
			return fmt.Errorf("invalid url '%s' for maintainer '%s'", person.URL, person.Name)
		}
	}
	return nil
}
