package manifest

import (
	"fmt"
	"path"
	"strings"
)

// NoTemplateError says that nothing printed came from a file that a pattern of
// Select describes.
type NoTemplateError struct {
	// Pattern is the pattern as it was given, slash separated.
	Pattern string
}

// Error returns "could not find template templates/x.yaml in chart".
func (e *NoTemplateError) Error() string {
	return fmt.Sprintf("could not find template %s in chart", e.Pattern)
}

// Select returns those documents of a printed text ([Set.Text]) that came from
// the files which the patterns describe, pattern by pattern, as "template
// --show-only" prints them. A pattern is a path below the chart's directory
// ("templates/service.yaml", "charts/db/templates/*.yaml") in the syntax of
// [path.Match]; one that is not in it describes nothing. The error is a
// [*NoTemplateError] for the first pattern without a document.
func Select(text string, patterns []string) (string, error) {
	docs := Split(text)
	var b strings.Builder
	for _, pattern := range patterns {
		found := false
		for _, doc := range docs {
			name, ok := sourceName(doc)
			if !ok {
				continue
			}
			if matched, err := path.Match(pattern, name); err != nil || !matched {
				continue
			}
			b.WriteString("---\n")
			b.WriteString(doc)
			b.WriteByte('\n')
			found = true
		}
		if !found {
			return "", &NoTemplateError{Pattern: pattern}
		}
	}
	return b.String(), nil
}

// sourceName returns the path that the first source comment of the document
// names, without the chart's name: what stands between the first slash and the
// end of the line.
func sourceName(doc string) (string, bool) {
	const marker = "# Source: "
	for {
		at := strings.Index(doc, marker)
		if at < 0 {
			return "", false
		}
		doc = doc[at+len(marker):]
		chart, rest, ok := strings.Cut(doc, "/")
		if !ok {
			return "", false
		}
		name, _, _ := strings.Cut(rest, "\n")
		if chart != "" && name != "" {
			return name, true
		}
	}
}
