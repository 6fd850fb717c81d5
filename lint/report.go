package lint

import (
	"fmt"
	"strings"

	"github.com/hchart/hchart/engine"
)

// Report is what linting one chart found.
type Report struct {
	// Path is the chart as the caller named it.
	Path string
	// Findings are in the order of the rules.
	Findings []Finding
	// Err is set when there was no chart to lint at Path; there are no
	// findings then.
	Err error
	// Notices are what the template functions required and fail had to say;
	// while linting they do not stop rendering and are no findings.
	Notices []engine.Notice
	// Warnings are complaints of loading the chart and composing its values,
	// one line each.
	Warnings []string
}

// Worst returns the highest severity found, zero when nothing was found.
func (r *Report) Worst() Severity {
	var worst Severity
	for _, f := range r.Findings {
		worst = max(worst, f.Severity)
	}
	return worst
}

// Failed reports whether the chart fails: it could not be linted, there is an
// error, or strict is set and there is a warning.
func (r *Report) Failed(strict bool) bool {
	if r.Err != nil {
		return true
	}
	if strict {
		return r.Worst() >= Warning
	}
	return r.Worst() >= Error
}

// Text returns the block printed for the chart, an empty line at its end. With
// quiet it leaves out information, and is empty for a chart without a warning
// or an error.
func (r *Report) Text(quiet bool) string {
	if quiet && r.Err == nil && r.Worst() < Warning {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "==> Linting %s\n", r.Path)
	if r.Err != nil {
		fmt.Fprintf(&b, "Error %s\n", r.Err)
	}
	for _, f := range r.Findings {
		if !quiet || f.Severity > Info {
			fmt.Fprintln(&b, f)
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// Summary is what linting several charts found, in the order in which they
// were linted.
type Summary struct {
	Reports []*Report

	strict, quiet bool
}

// Failed counts the charts that fail.
func (s *Summary) Failed() int {
	failed := 0
	for _, r := range s.Reports {
		if r.Failed(s.strict) {
			failed++
		}
	}
	return failed
}

// Text returns the blocks of all charts, without the verdict.
func (s *Summary) Text() string {
	var b strings.Builder
	for _, r := range s.Reports {
		b.WriteString(r.Text(s.quiet))
	}
	return b.String()
}

// Verdict returns the last line, without its newline: "2 chart(s) linted,
// 0 chart(s) failed". When a chart failed it is the text of the command's
// error; otherwise it is printed if Speaks says so.
func (s *Summary) Verdict() string {
	return fmt.Sprintf("%d chart(s) linted, %d chart(s) failed", len(s.Reports), s.Failed())
}

// Speaks reports whether the verdict of a successful run is worth printing:
// always, except that a quiet run says nothing when nothing was found.
func (s *Summary) Speaks() bool {
	if !s.quiet {
		return true
	}
	for _, r := range s.Reports {
		if r.Err != nil || r.Worst() > Info {
			return true
		}
	}
	return false
}
