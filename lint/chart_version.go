package lint

import (
	"errors"
	"fmt"

	"github.com/Masterminds/semver/v3"
)

func chartVersionChecks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-version-type", Error, "version is a string"}, checkVersionType},
		{Rule{"chart-version", Error, "version is a version above 0.0.0-0"}, checkVersion},
		{Rule{"chart-app-version-type", Error, "appVersion is a string"}, checkAppVersionType},
	}
}

// chartSemVer2Checks come after all others.
func chartSemVer2Checks() []check[*metadata] {
	return []check[*metadata]{
		{Rule{"chart-version-semver2", Warning, "version follows SemVer 2 to the letter"}, checkSemVer2},
	}
}

func checkVersionType(m *metadata) error    { return checkString(m, "version") }
func checkAppVersionType(m *metadata) error { return checkString(m, "appVersion") }

// checkString complains of a field that YAML takes for something else, such as
// the version 1.10, which is the number 1.1.
func checkString(m *metadata, field string) error {
	value, ok := m.fields[field]
	if _, isString := value.(string); !ok || isString {
		return nil
	}
	return fmt.Errorf("%s should be of type string but it's of type %T", field, value)
}

func checkVersion(m *metadata) error {
	if m.Version == "" {
		return errors.New("version is required")
	}
	version, err := semver.NewVersion(m.Version)
	if err != nil {
		return fmt.Errorf("version '%s' is not a valid SemVer", m.Version)
	}
	above, err := semver.NewConstraint(">0.0.0-0")
	if err != nil {
		return err
	}
	if ok, reasons := above.Validate(version); !ok && len(reasons) > 0 {
		return fmt.Errorf("version %w", reasons[0])
	}
	return nil
}

func checkSemVer2(m *metadata) error {
	if _, err := semver.StrictNewVersion(m.Version); err != nil {
		return fmt.Errorf("version '%s' is not a valid SemVerV2", m.Version)
	}
	return nil
}
