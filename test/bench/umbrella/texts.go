package umbrella

import (
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed all:files
var files embed.FS

// texts are the files that every service shares.
type texts struct {
	library map[string]string
	service map[string]string // with @NAME@ where the name of the chart stands
}

func newTexts() (texts, error) {
	library, err := readFiles("files/base")
	if err != nil {
		return texts{}, err
	}
	service, err := readFiles("files/service")
	if err != nil {
		return texts{}, err
	}
	t := texts{library: map[string]string{"Chart.yaml": chartYAML("base", "library"), "values.yaml": "exampleValue: common\n"}, service: service}
	for name, text := range library {
		t.library["templates/"+name] = describe(text)
	}
	return t, nil
}

// readFiles reads the files below dir by their names there.
func readFiles(dir string) (map[string]string, error) {
	read := map[string]string{}
	err := fs.WalkDir(files, dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(path)
		read[strings.TrimPrefix(path, dir+"/")] = string(data)
		return err
	})
	return read, err
}

func (t texts) writeLibrary(dir string) error { return writeFiles(dir, t.library) }

// writeService writes a service with its copy of the library and the services
// nested in it.
func (t texts) writeService(dir, name string, nested []string) error {
	var chart, values strings.Builder
	chart.WriteString(chartYAML(name, "application"))
	chart.WriteString(dependsOnBase)
	values.WriteString(strings.ReplaceAll(t.service["values.yaml"], "@NAME@", name))
	for _, n := range nested {
		fmt.Fprintf(&chart, "  - name: %s\n    version: 1.x.x\n    repository: \"\"\n    condition: %s.enabled\n", n, n)
		fmt.Fprintf(&values, "\n## Parameters of %s\n##\n%s:\n  enabled: true\n  nameOverride: %s-%s\n  replicaCount: 1\n"+
			"  ingress: {enabled: false}\n  autoscaling: {enabled: false}\n  jobs: {cleanup: {enabled: false}}\n", n, n, name, n)
		if err := t.writeService(filepath.Join(dir, "charts", n), n, nil); err != nil {
			return err
		}
	}
	own := map[string]string{}
	for path, text := range t.service {
		own[path] = strings.ReplaceAll(text, "@NAME@", name)
	}
	own["Chart.yaml"], own["values.yaml"] = chart.String(), values.String()
	if err := writeFiles(dir, own); err != nil {
		return err
	}
	return t.writeLibrary(filepath.Join(dir, "charts", "base"))
}

func chartYAML(name, kind string) string {
	return fmt.Sprintf("apiVersion: v2\nname: %s\ntype: %s\nversion: 1.4.2\nappVersion: 1.4.2\n"+
		"description: Written by test/bench/umbrella\nicon: https://example.org/icon.png\n", name, kind)
}

const dependsOnBase = "dependencies:\n  - name: base\n    version: 1.x.x\n    repository: \"\"\n    tags: [base]\n"

// describe puts a comment over each define, as long as those of libraries that
// are published: most of what an umbrella holds is such text.
func describe(text string) string {
	return regexp.MustCompile(`(?m)^\{\{- define "([^"]+)" -\}\}`).ReplaceAllStringFunc(text, func(open string) string {
		name := strings.Split(open, `"`)[1]
		words := strings.Split(name, ".")
		subject := strings.Join(words[1:], " ")
		return fmt.Sprintf(description, words[1], subject, name, subject, words[len(words)-1]) + open
	})
}

const description = `{{/*
Part of the library's %s: returns the %s of the chart at hand. What it returns
is YAML without indentation; the caller brings it to its place with nindent.

Usage:
{{ include %q (dict "value" .Values.path.to.value "context" $) | nindent 4 }}

Parameters:
  - context    Dict    Required. The root context ("$") of the chart whose %s is wanted.
                       Some helpers take it as the dot itself; they say so below.
  - value      Any     Optional. What is rendered, merged or looked up. Strings may
                       hold templates, which are rendered in the given context.
  - component  String  Optional. Sets app.kubernetes.io/component where labels are
                       written, so that the parts of a chart can be told apart.
  - customLabels Dict  Optional. Labels that win over the standard ones. Their
                       values may be templates as well.

Values that it reads:
  global:
    imageRegistry: ""
    storageClass: ""
  %s:
    enabled: true
    existing: ""

The global values win over those of the chart, which win over the defaults that
stand here. An empty string counts as absent.
*/}}
`
