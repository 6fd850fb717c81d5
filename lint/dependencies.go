package lint

import (
	"fmt"
	"strings"

	"github.com/hchart/hchart/chart"
)

func chartLoads() Rule { return Rule{"chart-loads", Error, "the chart can be loaded"} }

func dependencyChecks() []check[*chart.Chart] {
	return []check[*chart.Chart]{
		{Rule{"dependencies-declared", Error, "every subchart is declared in Chart.yaml"}, checkDeclared},
		{Rule{"dependencies-distinct", Error, "dependencies differ in name or alias"}, checkDistinct},
		{Rule{"dependencies-present", Warning, "every declared dependency lies in charts/"}, checkPresent},
	}
}

// dependencies is the fourth stage.
func (l *linter) dependencies() {
	if ch, ok := l.load(chartLoads(), "", "unable to load chart\n\t"); ok {
		apply(l, l.source.root(), ch, dependencyChecks())
	}
}

func checkDeclared(ch *chart.Chart) error {
	declared := map[string]bool{}
	for _, d := range ch.Metadata.Dependencies {
		declared[d.Name] = true
	}
	var missing []string
	for _, sub := range ch.Dependencies() {
		if !declared[sub.Metadata.Name] {
			missing = append(missing, sub.Metadata.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("chart metadata is missing these dependencies: %s", strings.Join(missing, ","))
}

func checkDistinct(ch *chart.Chart) error {
	seen := map[string]bool{}
	var repeated []string
	for _, d := range ch.Metadata.Dependencies {
		name := d.Name
		if d.Alias != "" {
			name = d.Alias
		}
		if seen[name] {
			repeated = append(repeated, name)
		}
		seen[name] = true
	}
	if len(repeated) == 0 {
		return nil
	}
	return fmt.Errorf("multiple dependencies with name or alias: %s", strings.Join(repeated, ","))
}

func checkPresent(ch *chart.Chart) error {
	present := map[string]bool{}
	for _, sub := range ch.Dependencies() {
		present[sub.Metadata.Name] = true
	}
	var missing []string
	for _, d := range ch.Metadata.Dependencies {
		if !present[d.Name] {
			missing = append(missing, d.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("chart directory is missing these dependencies: %s", strings.Join(missing, ","))
}
