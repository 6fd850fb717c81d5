package chart_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

var badMetadata = []struct {
	name, yaml  string
	field, want string
}{
	{"no apiVersion", "name: a\nversion: 1.0.0\n", "apiVersion", "chart.metadata.apiVersion is required"},
	{"no name", "apiVersion: v2\nversion: 1.0.0\n", "name", "chart.metadata.name is required"},
	{"name of control characters", "apiVersion: v2\nname: \"\\e\"\nversion: 1.0.0\n", "name", "chart.metadata.name is required"},
	{"name .", "apiVersion: v2\nname: .\nversion: 1.0.0\n", "name", `chart.metadata.name "." is not allowed`},
	{"name ..", "apiVersion: v2\nname: ..\nversion: 1.0.0\n", "name", `chart.metadata.name ".." is not allowed`},
	{"name ../x", "apiVersion: v2\nname: ../x\nversion: 1.0.0\n", "name", `chart.metadata.name "../x" is invalid`},
	{"name a/", "apiVersion: v2\nname: a/\nversion: 1.0.0\n", "name", `chart.metadata.name "a/" is invalid`},
	{"no version", "apiVersion: v2\nname: a\n", "version", "chart.metadata.version is required"},
	{"version", "apiVersion: v2\nname: a\nversion: one\n", "version", `chart.metadata.version "one" is invalid`},
	{"version with ESC", "apiVersion: v2\nname: a\nversion: \"1.0.0\\e[31m\"\n", "version", `is invalid`},
	{"type", minimal + "type: Library\n", "type", "chart.metadata.type must be application or library"},
	{"maintainers: [null]", minimal + "maintainers: [null]\n", "maintainers[0]", "maintainers must not contain empty or null nodes"},
	{"dependencies: [null]", minimal + "dependencies: [null]\n", "dependencies", "dependencies must not contain empty or null nodes"},
	{"alias with a newline", minimal + "dependencies: [{name: a, alias: \"a\\nb\"}]\n", "dependencies.alias",
		`dependency "a" has disallowed characters in the alias`},
	{"two of a name", minimal + "dependencies: [{name: a}, {name: a}]\n", "dependencies[1]",
		`more than one dependency with name or alias "a"`},
	{"alias like a name", minimal + "dependencies: [{name: a}, {name: b, alias: a}]\n", "dependencies[1]",
		`more than one dependency with name or alias "a"`},
}

func TestMetadataValidate(t *testing.T) {
	for _, tt := range badMetadata {
		t.Run(tt.name, func(t *testing.T) {
			m, err := chart.ReadMetadata([]byte(tt.yaml))
			if err != nil {
				t.Fatal(err)
			}
			err = m.Validate()
			var invalid *chart.ValidationError
			if !errors.As(err, &invalid) {
				t.Fatalf("error %v", err)
			}
			if !strings.HasPrefix(err.Error(), "validation: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if invalid.Field != tt.field {
				t.Errorf("field %q, want %q", invalid.Field, tt.field)
			}
			if strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("control characters in %q", err)
			}
		})
	}
	var none *chart.Metadata
	if err := none.Validate(); !as[*chart.ValidationError](err) {
		t.Errorf("no metadata: %v", err)
	}
}

func TestSanitize(t *testing.T) {
	c, err := chart.LoadFS(context.Background(), files{"Chart.yaml", minimal + `
description: "a\nb\e[31m"
keywords: ["x\ty"]
maintainers: [{name: "a\u200Bb", email: "\u0007"}]
dependencies: [{name: "d\re", repository: "r\u0000", tags: ["t\n"]}]
`}.mapFS(), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m := c.Metadata
	for _, tt := range []struct{ got, want string }{
		{m.Description, "a b[31m"},
		{m.Keywords[0], "x y"},
		{m.Maintainers[0].Name, "ab"},
		{m.Maintainers[0].Email, ""},
		{m.Dependencies[0].Name, "d e"},
		{m.Dependencies[0].Repository, "r"},
		{m.Dependencies[0].Tags[0], "t "},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestValidateChangesNothing(t *testing.T) {
	m := &chart.Metadata{
		APIVersion: "v2", Name: "a\n", Version: "1.0.0", Keywords: []string{"\t"},
		Maintainers:  []*chart.Maintainer{{Name: "\n"}},
		Dependencies: []*chart.Dependency{{Name: "\n"}},
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if m.Name != "a\n" || m.Keywords[0] != "\t" || m.Maintainers[0].Name != "\n" || m.Dependencies[0].Name != "\n" {
		t.Errorf("changed: %+v", m)
	}
}

func TestCompatibleRange(t *testing.T) {
	for _, tt := range []struct {
		constraint, version string
		want                bool
	}{
		{"v2.0.0-alpha.4", "v2.0.0-alpha.4", true},
		{"^1.2", "1.9.0", true},
		{"^1.2", "2.0.0", false},
		{">=1.20.0", "v1.30.2", true},
		{">=1.20.0", "v1.30.2-gke.100", false},
		{">=1.20.0-0", "v1.30.2-gke.100", true},
		{"", "1.0.0", false},
		{"nonsense", "1.0.0", false},
		{"*", "nonsense", false},
	} {
		if got := chart.CompatibleRange(tt.constraint, tt.version); got != tt.want {
			t.Errorf("CompatibleRange(%q, %q) = %v", tt.constraint, tt.version, got)
		}
	}
}
