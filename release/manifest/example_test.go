package manifest_test

import (
	"errors"
	"fmt"

	"github.com/hchart/hchart/release/manifest"
)

func Example() {
	files := map[string]string{
		"web/templates/NOTES.txt": "Thank you.",
		"web/templates/web.yaml": `
kind: Deployment
metadata: {name: web}
---
kind: Service
metadata: {name: web}
`,
		"web/templates/migrate.yaml": `
kind: Job
metadata:
  name: migrate
  annotations: {helm.sh/hook: "pre-upgrade", helm.sh/hook-weight: "-5"}
`,
	}
	notes := manifest.Notes(files, "web", false)
	set, err := manifest.Parse(files)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(set.Text(manifest.TextOptions{NoHooks: true}))
	for _, hook := range set.Hooks {
		fmt.Println(hook.Name, hook.Events, hook.Weight)
	}
	fmt.Println(notes)
	// Output:
	// ---
	// # Source: web/templates/web.yaml
	// kind: Service
	// metadata: {name: web}
	//
	// ---
	// # Source: web/templates/web.yaml
	// kind: Deployment
	// metadata: {name: web}
	// migrate [pre-upgrade] -5
	// Thank you.
}

func ExampleParseError() {
	_, err := manifest.Parse(map[string]string{
		"web/templates/web.yaml": "kind: Service\nmetadata:\n  name: web\n  labels: app: web\n",
	})
	if fault, ok := errors.AsType[*manifest.ParseError](err); ok {
		fault.WrittenBy = "web/templates/service.yaml:4:11"
	}
	fmt.Println(err)
	// Output:
	// YAML parse error on web/templates/web.yaml: error converting YAML to JSON: yaml: line 4: mapping values are not allowed in this context
	//   1 | kind: Service
	//   2 | metadata:
	//   3 |   name: web
	// > 4 |   labels: app: web
	// line 4 of the output was written by web/templates/service.yaml:4:11
}
