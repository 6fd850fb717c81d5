package lint

import (
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules() {
		if seen[rule.ID] {
			t.Errorf("there are two rules %s", rule.ID)
		}
		seen[rule.ID] = true
		if rule.ID != strings.ToLower(rule.ID) || strings.ContainsAny(rule.ID, " _") {
			t.Errorf("rule %q: want lower case and dashes", rule.ID)
		}
		if rule.Severity < Info || rule.Severity > Error || rule.Summary == "" {
			t.Errorf("rule %s has no severity or no summary: %+v", rule.ID, rule)
		}
	}
}
