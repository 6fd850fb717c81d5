package lint

import "fmt"

// Severity says how much a finding weighs.
type Severity int

// The severities, lightest first. Their names are INFO, WARNING and ERROR.
const (
	// Info is a recommendation.
	Info Severity = iota + 1
	// Warning breaks with a convention; the chart will likely install.
	Warning
	// Error will likely make an installation fail.
	Error
)

// String returns the name printed in brackets before a finding.
func (s Severity) String() string {
	switch s {
	case Info:
		return "INFO"
	case Warning:
		return "WARNING"
	case Error:
		return "ERROR"
	}
	return "UNKNOWN"
}

// Finding is one complaint of one rule about one place of a chart.
type Finding struct {
	// Rule is the stable identifier of the rule ("chart-icon"); it never
	// changes its meaning.
	Rule     string
	Severity Severity
	// Path is what the finding is about: a file of the chart, slash separated
	// and relative to its root ("templates/x.yaml"), a directory with a
	// trailing slash ("templates/"), the absolute path of the chart for its
	// dependencies, or nothing for the chart as a whole.
	Path string
	// Err is the complaint. Its text may span lines.
	Err error
}

// String returns the line printed for the finding:
// "[INFO] Chart.yaml: icon is recommended".
func (f Finding) String() string {
	return fmt.Sprintf("[%s] %s: %v", f.Severity, f.Path, f.Err)
}
