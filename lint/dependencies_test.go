package lint

import (
	"strings"
	"testing"
)

func dependencyCases() []findingCase {
	sub := func(name string) string { return strings.Replace(goodChart, "web", name, 1) }
	return []findingCase{
		{"as declared", map[string]string{
			"Chart.yaml":           goodChart + "dependencies: [{name: db, version: 1.2.3, repository: \"\"}]\n",
			"charts/db/Chart.yaml": sub("db"),
		}, nil},
		{"not declared", map[string]string{"charts/db/Chart.yaml": sub("db"), "charts/mq/Chart.yaml": sub("mq")}, []string{
			"dependencies-declared [ERROR] DIR: chart metadata is missing these dependencies: db,mq"}},
		{"absent", map[string]string{"Chart.yaml": goodChart + "dependencies: [{name: db, repository: \"\"}, {name: mq, repository: \"\"}]\n"}, []string{
			"dependencies-present [WARNING] DIR: chart directory is missing these dependencies: db,mq"}},
	}
}

func TestDependencies(t *testing.T) { testFindings(t, dependencyCases()) }

func TestRepeatedDependencies(t *testing.T) {
	got := lintDir(t, writeChart(t, map[string]string{
		"Chart.yaml": goodChart + "dependencies: [{name: db, alias: x}, {name: mq, alias: x}]\n",
	}), nil, Options{})
	// The loader refuses such a chart before its own rule sees it.
	if len(got) != 2 || !strings.HasPrefix(got[0], "templates-valid [ERROR] templates/: validation: more than one dependency with name or alias \"x\"") ||
		!strings.HasPrefix(got[1], "chart-loads [ERROR] : unable to load chart\n\tvalidation: ") {
		t.Errorf("got %q", got)
	}
}
