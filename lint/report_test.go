package lint

import (
	"errors"
	"testing"
)

func TestReports(t *testing.T) {
	finding := func(s Severity) Finding {
		return Finding{Rule: "r", Severity: s, Path: "p", Err: errors.New("text")}
	}
	tests := []struct {
		name   string
		report Report
		strict bool
		quiet  bool
		text   string
		failed int
		speaks bool
	}{
		{"nothing", Report{}, false, false, "==> Linting c\n\n", 0, true},
		{"nothing, quiet", Report{}, false, true, "", 0, false},
		{"info", Report{Findings: []Finding{finding(Info)}}, true, false, "==> Linting c\n[INFO] p: text\n\n", 0, true},
		{"info, quiet", Report{Findings: []Finding{finding(Info)}}, true, true, "", 0, false},
		{"warning", Report{Findings: []Finding{finding(Info), finding(Warning)}}, false, false, "==> Linting c\n[INFO] p: text\n[WARNING] p: text\n\n", 0, true},
		{"warning, quiet", Report{Findings: []Finding{finding(Info), finding(Warning)}}, false, true, "==> Linting c\n[WARNING] p: text\n\n", 0, true},
		{"warning, strict", Report{Findings: []Finding{finding(Warning)}}, true, false, "==> Linting c\n[WARNING] p: text\n\n", 1, true},
		{"error", Report{Findings: []Finding{finding(Error)}}, false, true, "==> Linting c\n[ERROR] p: text\n\n", 1, true},
		{"no chart", Report{Err: errors.New("not there")}, false, true, "==> Linting c\nError not there\n\n", 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.report.Path = "c"
			s := &Summary{Reports: []*Report{&tt.report}, strict: tt.strict, quiet: tt.quiet}
			if got := s.Text(); got != tt.text {
				t.Errorf("text %q, want %q", got, tt.text)
			}
			if got := s.Failed(); got != tt.failed {
				t.Errorf("%d failed, want %d", got, tt.failed)
			}
			if got := s.Speaks(); got != tt.speaks {
				t.Errorf("speaks: %v, want %v", got, tt.speaks)
			}
		})
	}
}
