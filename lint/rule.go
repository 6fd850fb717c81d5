package lint

import "slices"

// Rule describes one thing that is checked.
type Rule struct {
	// ID names the rule for good ("chart-icon").
	ID string
	// Severity is that of all its findings.
	Severity Severity
	// Summary says in a few words what the rule wants.
	Summary string
}

// check is a rule with its test: a function that returns the complaint about
// one thing, or nil.
type check[T any] struct {
	Rule
	test func(T) error
}

// Rules returns all rules in the order in which they are applied. The slice is
// the caller's.
func Rules() []Rule {
	return slices.Concat(
		[]Rule{chartIsFile(), chartParses()},
		rulesOf(metadataChecks()),
		[]Rule{valuesExist(), valuesValid(), templatesDirExists(), templatesDirValid(), templatesRender()},
		rulesOf(fileChecks()),
		rulesOf(outputChecks()),
		[]Rule{templateYAML()},
		rulesOf(objectChecks()),
		[]Rule{chartLoads()},
		rulesOf(dependencyChecks()),
		[]Rule{crdsDirValid(), crdsLoad(), crdYAML()},
		rulesOf(crdChecks()),
	)
}

func rulesOf[T any](checks []check[T]) []Rule {
	rules := make([]Rule, len(checks))
	for i, c := range checks {
		rules[i] = c.Rule
	}
	return rules
}

// apply tests subject, which is at path, by every check.
func apply[T any](l *linter, path string, subject T, checks []check[T]) {
	for _, c := range checks {
		l.add(c.Rule, path, c.test(subject))
	}
}
