package chart

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrMissingChartYAML says that a directory, an archive or an entry of charts/
// holds no Chart.yaml and so is no chart.
var ErrMissingChartYAML = errors.New("Chart.yaml file is missing") //nolint:staticcheck // a file's name

// ParseError is YAML of a chart that cannot be read.
type ParseError struct {
	// File is the file's path from the root of the chart that was loaded
	// ("charts/db/values.yaml"), empty when only bytes were given.
	File string
	// Line is the line in File, from 1, or 0 when it is not known.
	Line int
	// Err is what the YAML parser said. Lines it names count from the start
	// of the YAML document, which is not the start of the file when the file
	// holds several.
	Err error
}

func (e *ParseError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString("cannot load ")
		b.WriteString(e.File)
	} else {
		b.WriteString("cannot read YAML")
	}
	if e.Line > 0 {
		b.WriteString(" at line ")
		b.WriteString(strconv.Itoa(e.Line))
	}
	b.WriteString(": ")
	b.WriteString(e.Err.Error())
	return b.String()
}

func (e *ParseError) Unwrap() error { return e.Err }

// ValidationError is metadata that breaks a rule. Its text starts as Helm's
// does: "validation: chart.metadata.name is required".
type ValidationError struct {
	// Field is the path of the field in Chart.yaml: "version",
	// "dependencies[2].alias".
	Field string
	// Value is the value at fault, empty when it is the absence of one.
	Value string
	// Reason says what is wrong, and what to write instead.
	Reason string
}

func (e *ValidationError) Error() string { return "validation: " + e.Reason }

// UnsupportedError is a chart whose apiVersion is neither v1 nor v2.
type UnsupportedError struct {
	APIVersion string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("unsupported chart version: apiVersion %q in Chart.yaml, expected %q or %q",
		e.APIVersion, APIVersionV2, APIVersionV1)
}

// LimitError is a chart that needs more than Limits allow.
type LimitError struct {
	// Limit is the field of Limits: "ArchiveBytes", "FileBytes", "Files" or
	// "Nesting".
	Limit string
	// Max is the value of that field.
	Max int64
	// Name is the file that went over it.
	Name string
}

func (e *LimitError) Error() string {
	var what string
	switch e.Limit {
	case "ArchiveBytes":
		what = fmt.Sprintf("chart is larger than the maximum size of %d bytes", e.Max)
	case "FileBytes":
		what = fmt.Sprintf("file is larger than the maximum size of %d bytes", e.Max)
	case "Files":
		what = fmt.Sprintf("chart has more than the maximum of %d files", e.Max)
	default:
		what = fmt.Sprintf("archives are nested deeper than the maximum of %d", e.Max)
	}
	if e.Name != "" {
		what = e.Name + ": " + what
	}
	return what + " (limit " + e.Limit + ")"
}

// ArchiveError is an archive that is broken or that no honest tool writes.
type ArchiveError struct {
	// Archive is the path of the archive; empty for a stream.
	Archive string
	// Entry is the name of the entry at fault as the archive has it; empty
	// when the fault is not in one entry.
	Entry string
	// Reason says what is wrong.
	Reason string
	// Err is the cause, if there is one.
	Err error
}

func (e *ArchiveError) Error() string {
	var b strings.Builder
	if e.Archive != "" {
		fmt.Fprintf(&b, "file '%s' ", e.Archive)
	} else {
		b.WriteString("chart archive ")
	}
	b.WriteString(e.Reason)
	if e.Entry != "" {
		fmt.Fprintf(&b, ": entry %q", e.Entry)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *ArchiveError) Unwrap() error { return e.Err }

// LinkError is a symbolic link in a chart directory that is not followed.
type LinkError struct {
	// Path is the link, relative to the chart's root.
	Path string
	// Target is what the link says; empty when it cannot be read.
	Target string
	// Reason says why the link is not followed.
	Reason string
	// Err is the cause, if there is one.
	Err error
}

func (e *LinkError) Error() string {
	msg := fmt.Sprintf("symbolic link %s", e.Path)
	if e.Target != "" {
		msg += fmt.Sprintf(" -> %s", e.Target)
	}
	msg += " " + e.Reason
	if e.Err != nil {
		msg += ": " + e.Err.Error()
	}
	return msg
}

func (e *LinkError) Unwrap() error { return e.Err }

// SubchartError is an error in an entry of charts/.
type SubchartError struct {
	// Entry is the name below charts/: "db" or "db-1.2.3.tgz".
	Entry string
	// Parent is the name of the chart that holds it.
	Parent string
	Err    error
}

func (e *SubchartError) Error() string {
	return fmt.Sprintf("error unpacking subchart %s in %s: %v", e.Entry, e.Parent, e.Err)
}

func (e *SubchartError) Unwrap() error { return e.Err }
