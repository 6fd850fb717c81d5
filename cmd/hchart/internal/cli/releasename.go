package cli

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// maxReleaseName is the longest name of a release, in bytes. Kubernetes allows
// 63; charts append to the name.
const maxReleaseName = 53

// ReleaseNameError is a name that no release can have.
type ReleaseNameError struct{ Name string }

func (e *ReleaseNameError) Error() string {
	if e.Name == "" {
		return `release name check failed: release name "": no name provided`
	}
	return fmt.Sprintf("release name check failed: release name %q: invalid release name, must match regex "+
		`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`+
		" and the length must not be longer than %d", e.Name, maxReleaseName)
}

// checkReleaseName accepts names made of lower case letters, digits, dashes and
// dots, where each part between dots begins and ends with a letter or digit.
func checkReleaseName(name string) error {
	if name == "" || len(name) > maxReleaseName {
		return &ReleaseNameError{Name: name}
	}
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || part[0] == '-' || part[len(part)-1] == '-' {
			return &ReleaseNameError{Name: name}
		}
		for i := range len(part) {
			if c := part[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return &ReleaseNameError{Name: name}
			}
		}
	}
	return nil
}

// nameAndChart reads the arguments of a command that takes a name and a chart.
// With the chart alone the name is made by a flag or is fallback; where fallback
// is empty, too, there is none.
func (o *installFlags) nameAndChart(f *factory, args []string, fallback string) (name, ref string, err error) {
	switch {
	case len(args) > 2:
		return "", "", fmt.Errorf("expected at most two arguments, unexpected arguments: %s", strings.Join(args[2:], ", "))
	case len(args) == 2 && o.generateName:
		return "", "", errors.New("cannot set --generate-name and also specify a name")
	case len(args) == 2 && o.nameTemplate != "":
		return "", "", errors.New("cannot set --name-template and also specify a name")
	case len(args) == 2:
		return args[0], args[1], nil
	case o.nameTemplate != "":
		name, err = executeNameTemplate(o.nameTemplate)
		return name, args[0], err
	case fallback != "":
		return fallback, args[0], nil
	case !o.generateName:
		return "", "", errors.New("must either provide a name or specify --generate-name")
	}
	return generatedName(args[0], f.sys.Now().Unix()), args[0], nil
}

// generatedName is what --generate-name makes: the base name of the chart up to
// its first dot, and the time.
func generatedName(ref string, unix int64) string {
	base := filepath.Base(ref)
	if base == "." || base == "" {
		base = "chart"
	}
	base, _, _ = strings.Cut(base, ".")
	return fmt.Sprintf("%s-%d", base, unix)
}

// executeNameTemplate renders the user's own template, with all of Sprig.
func executeNameTemplate(text string) (string, error) {
	t, err := template.New("name-template").Funcs(sprig.TxtFuncMap()).Parse(text)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, nil); err != nil {
		return "", err
	}
	return b.String(), nil
}
