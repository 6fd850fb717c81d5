package manifest

import (
	"fmt"
	"strings"
)

// ParseError says that a rendered file is not YAML, or that the head of one of
// its documents has the wrong form.
type ParseError struct {
	// Path is the rendered file.
	Path string
	// Document counts the documents of the file from 0, empty ones left out.
	Document int
	// Line is the line of the rendered file where the fault was found, counted
	// from 1; the cause may stand above it. When only the document is known, it
	// is the document's first line.
	Line int
	// Offset is where that line begins in the rendered file, in bytes.
	Offset int
	// WrittenBy is the place of the template that wrote the line
	// ("chart/templates/x.yaml:12:3"). Parse does not know it; a caller that
	// does may set it, and Error then names it.
	WrittenBy string
	// Excerpt shows the lines around the fault, numbered, the faulty one
	// marked. Of documents that hold Secrets it shows no values.
	Excerpt string
	// Err is the fault. For documents that hold Secrets its text has been
	// relieved of values.
	Err error
}

// Error returns Helm's text on its first line, "YAML parse error on PATH: …",
// and below it the excerpt and what wrote the line. The number in the first
// line counts within the document; that of the excerpt within the file.
func (e *ParseError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "YAML parse error on %s: %s", e.Path, faultText(e.Err))
	if e.Excerpt != "" {
		fmt.Fprintf(&b, "\n%s", strings.TrimSuffix(e.Excerpt, "\n"))
	}
	if e.WrittenBy != "" {
		fmt.Fprintf(&b, "\nline %d of the output was written by %s", e.Line, e.WrittenBy)
	}
	return b.String()
}

// Unwrap returns the fault.
func (e *ParseError) Unwrap() error { return e.Err }

// faultText returns the text of a fault as Helm words it, where the struct that
// documents are decoded into is called util.SimpleHead.
func faultText(err error) string {
	return strings.ReplaceAll(err.Error(), "Go value of type manifest.SimpleHead", "Go value of type util.SimpleHead")
}

// span is a range of bytes.
type span struct{ start, end int }

// newParseError describes the fault of the document at doc in the rendered
// file text.
func newParseError(path, text string, doc span, index int, fault error) *ParseError {
	content := text[doc.start:doc.end]
	first := 1 + strings.Count(text[:doc.start], "\n")
	line := first
	if n := faultLine(content, fault); n > 0 {
		line = first + n - 1
	}
	return &ParseError{
		Path:     path,
		Document: index,
		Line:     line,
		Offset:   lineOffset(text, line),
		Excerpt:  excerpt(text[:doc.end], first, line, holdsSecret(content)),
		Err:      Redact(content, fault),
	}
}

// lineOffset returns where the line, counted from 1, begins in text.
func lineOffset(text string, line int) int {
	offset := 0
	for ; line > 1; line-- {
		newline := strings.IndexByte(text[offset:], '\n')
		if newline < 0 {
			break
		}
		offset += newline + 1
	}
	return offset
}
