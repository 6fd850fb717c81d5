package chart

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/Masterminds/semver/v3"
)

// Validate checks the chart's metadata; see [Metadata.Validate].
func (c *Chart) Validate() error { return c.Metadata.Validate() }

// Validate checks what every loaded chart has: an apiVersion, a name that is
// one path element, a semantic version, a known type, no empty maintainers, and
// dependencies that are valid and differ in name or alias. The error is a
// *ValidationError for the first rule that is broken. The rules are Helm's;
// they apply to the metadata without its unprintable characters, which the
// loader removes.
func (m *Metadata) Validate() error {
	if m == nil {
		return &ValidationError{Reason: "chart.metadata is required"}
	}
	clean := *m
	clean.sanitize()
	return clean.check()
}

// Validate checks the alias, which may have letters, digits, "_" and "-" only.
func (d *Dependency) Validate() error {
	if d == nil {
		return &ValidationError{Field: "dependencies", Reason: "dependencies must not contain empty or null nodes"}
	}
	if strings.IndexFunc(d.Alias, isNotAliasRune) >= 0 {
		return &ValidationError{
			Field: "dependencies.alias", Value: d.Alias,
			Reason: fmt.Sprintf("dependency %q has disallowed characters in the alias %q: use a-z, A-Z, 0-9, _ and -",
				PlainText(d.Name), d.Alias),
		}
	}
	return nil
}

func isNotAliasRune(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
		return false
	}
	return true
}

// Sanitize replaces the texts of m by what may be printed to a terminal: white space
// by spaces, and what is not printable by nothing. Loading a chart does that, and
// reading an index. It gives m slices of its own, so a copy of a Metadata may be
// sanitized.
func (m *Metadata) Sanitize() { m.sanitize() }

func (m *Metadata) sanitize() {
	for _, s := range []*string{
		&m.Name, &m.Description, &m.Home, &m.Icon, &m.Condition, &m.Tags, &m.AppVersion, &m.KubeVersion,
	} {
		*s = PlainText(*s)
	}
	m.Sources = sanitizeTexts(m.Sources)
	m.Keywords = sanitizeTexts(m.Keywords)

	m.Maintainers = slices.Clone(m.Maintainers)
	for i, person := range m.Maintainers {
		if person != nil {
			m.Maintainers[i] = &Maintainer{
				Name:  PlainText(person.Name),
				Email: PlainText(person.Email),
				URL:   PlainText(person.URL),
			}
		}
	}
	m.Dependencies = slices.Clone(m.Dependencies)
	for i, dep := range m.Dependencies {
		if dep != nil {
			m.Dependencies[i] = dep.sanitized()
		}
	}
}

func (d *Dependency) sanitized() *Dependency {
	clean := *d
	for _, s := range []*string{&clean.Name, &clean.Version, &clean.Repository, &clean.Condition} {
		*s = PlainText(*s)
	}
	clean.Tags = sanitizeTexts(d.Tags)
	return &clean
}

func sanitizeTexts(texts []string) []string {
	texts = slices.Clone(texts)
	for i, s := range texts {
		texts[i] = PlainText(s)
	}
	return texts
}

// PlainText makes every kind of white space a space and removes what is not
// printable: control characters, escape sequences, broken UTF-8.
func PlainText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		}
		return -1
	}, s)
}

// check applies the rules of Validate to sanitized metadata.
func (m *Metadata) check() error {
	for _, rule := range []func(*Metadata) error{
		checkAPIVersion, checkName, checkVersion, checkType, checkMaintainers, checkDependencies,
	} {
		if err := rule(m); err != nil {
			return err
		}
	}
	return nil
}

func checkAPIVersion(m *Metadata) error {
	if m.APIVersion == "" {
		return &ValidationError{Field: "apiVersion", Reason: "chart.metadata.apiVersion is required"}
	}
	return nil
}

func checkName(m *Metadata) error {
	switch {
	case m.Name == "":
		return &ValidationError{Field: "name", Reason: "chart.metadata.name is required"}
	case m.Name == "." || m.Name == "..":
		return &ValidationError{
			Field: "name", Value: m.Name,
			Reason: fmt.Sprintf("chart.metadata.name %q is not allowed", m.Name),
		}
	case m.Name != path.Base(m.Name):
		return &ValidationError{
			Field: "name", Value: m.Name,
			Reason: fmt.Sprintf("chart.metadata.name %q is invalid: it names a directory and cannot hold a slash", m.Name),
		}
	}
	return nil
}

func checkVersion(m *Metadata) error {
	if m.Version == "" {
		return &ValidationError{Field: "version", Reason: "chart.metadata.version is required"}
	}
	if _, err := semver.NewVersion(m.Version); err != nil {
		return &ValidationError{
			Field: "version", Value: m.Version,
			Reason: fmt.Sprintf("chart.metadata.version %q is invalid: it must be a semantic version such as 1.2.3", m.Version),
		}
	}
	return nil
}

func checkType(m *Metadata) error {
	switch m.Type {
	case "", "application", "library":
		return nil
	}
	return &ValidationError{
		Field: "type", Value: m.Type,
		Reason: fmt.Sprintf("chart.metadata.type must be application or library, not %q", m.Type),
	}
}

func checkMaintainers(m *Metadata) error {
	for i, person := range m.Maintainers {
		if person == nil {
			return &ValidationError{
				Field:  fmt.Sprintf("maintainers[%d]", i),
				Reason: "maintainers must not contain empty or null nodes",
			}
		}
	}
	return nil
}

func checkDependencies(m *Metadata) error {
	seen := make(map[string]bool, len(m.Dependencies))
	for i, dep := range m.Dependencies {
		if err := dep.Validate(); err != nil {
			return err
		}
		name := dep.Name
		if dep.Alias != "" {
			name = dep.Alias
		}
		if seen[name] {
			return &ValidationError{
				Field: fmt.Sprintf("dependencies[%d]", i), Value: name,
				Reason: fmt.Sprintf("more than one dependency with name or alias %q: give one of them another alias", name),
			}
		}
		seen[name] = true
	}
	return nil
}

// CompatibleRange reports whether version satisfies the semver constraint
// (">=1.2 <2 || ^3"). A constraint or version that cannot be read is satisfied
// by nothing; pre-releases only satisfy constraints that name one.
func CompatibleRange(constraint, version string) bool {
	v, err := semver.NewVersion(version)
	if err != nil {
		return false
	}
	c, err := semver.NewConstraint(constraint)
	if err != nil {
		return false
	}
	return c.Check(v)
}
