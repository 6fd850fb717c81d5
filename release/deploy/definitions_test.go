package deploy

import (
	"net/http"
	"strings"
	"testing"
)

// TestDefinitionsOfFailedInstall checks that an upgrade makes up for the definitions that
// an installation failed to make, and for those only.
func TestDefinitionsOfFailedInstall(t *testing.T) {
	for _, tt := range []struct {
		name   string
		refuse bool // the definition of the installation
		skip   bool
		ok     bool
		there  bool // the definition, after the upgrade
	}{
		{"refused, then an upgrade", true, false, true, true},
		{"refused, then an upgrade without definitions", true, true, false, false},
		// Somebody has deleted it since, as a person may.
		{"deployed before", false, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newServer(t)
			ch := testChart(t)
			if tt.refuse {
				s.before = func(line string) int {
					if strings.Contains(line, "customresourcedefinitions") && !strings.HasPrefix(line, http.MethodGet) {
						return http.StatusForbidden
					}
					return 0
				}
			}
			if _, err := Install(t.Context(), s.env(t), "web", ch, nil, InstallOptions{}); (err == nil) == tt.refuse {
				t.Fatalf("install: %v", err)
			}
			s.mu.Lock()
			s.before = nil
			for path := range s.objects {
				if strings.Contains(path, "customresourcedefinitions/") {
					delete(s.objects, path)
				}
			}
			s.mu.Unlock()
			_, err := Upgrade(t.Context(), s.env(t), "web", ch, nil, UpgradeOptions{SkipCRDs: tt.skip})
			if (err == nil) != tt.ok {
				t.Errorf("upgrade: %v", err)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			there := false
			for path := range s.objects {
				there = there || strings.Contains(path, "customresourcedefinitions/")
			}
			if there != tt.there {
				t.Errorf("the definition is there: %v", there)
			}
		})
	}
}
