package cli

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release/manifest"
)

// writer renders again, tracing, and returns the place in the templates that
// wrote the line a YAML error is about; empty when it cannot be told, as for a
// chart with random parts that comes out differently now.
func (j *renderJob) writer(ctx context.Context, prog *engine.Program, broken *manifest.ParseError) string {
	out, err := j.run(ctx, prog, true)
	if err != nil {
		return ""
	}
	var again *manifest.ParseError
	if _, err := manifest.Parse(out.files); !errors.As(err, &again) || again.Path != broken.Path || again.Offset != broken.Offset {
		return ""
	}
	text := out.files[broken.Path]
	origin, onLine := originOfLine(out.origins[broken.Path], text, broken.Offset)
	if origin.Position.File == "" {
		// Nothing was evaluated before the line: it may still be plain text.
		origin.Position = engine.Position{File: broken.Path, Line: 1, Column: 1}
	}
	if !onLine {
		if at, ok := textPosition(j.composed.Chart, origin.Position, lineAt(text, broken.Offset)); ok {
			return at.String()
		}
	}
	return origin.Position.String()
}

// originOfLine returns the origin of the line of text that begins at start: the
// first one on the line, which is sure to stand on the template's line, else the
// last one before it, else none.
func originOfLine(origins []engine.Origin, text string, start int) (origin engine.Origin, onLine bool) {
	end := start + len(lineAt(text, start))
	i, _ := slices.BinarySearchFunc(origins, start, func(o engine.Origin, at int) int { return o.Offset - at })
	switch {
	case i < len(origins) && origins[i].Offset <= end: // at the end it wrote nothing
		return origins[i], true
	case i > 0:
		return origins[i-1], false
	}
	return engine.Origin{}, false
}

// textPosition finds a line of output that no action wrote: it stands in the
// template as it is, on the line of the action before it or below.
func textPosition(ch *chart.Chart, from engine.Position, line string) (engine.Position, bool) {
	file := templateFile(ch, from.File)
	if file == nil || strings.TrimSpace(line) == "" {
		return engine.Position{}, false
	}
	for i, l := range strings.Split(string(file.Data), "\n") {
		if i+1 >= from.Line && strings.TrimRight(l, " \t\r") == strings.TrimRight(line, " \t\r") {
			return engine.Position{File: from.File, Line: i + 1, Column: 1}, true
		}
	}
	return engine.Position{}, false
}

// templateFile finds a template by its path in the output.
func templateFile(ch *chart.Chart, name string) *chart.File {
	for _, file := range ch.Templates {
		if path.Join(ch.FullPath(), file.Name) == name {
			return file
		}
	}
	for _, sub := range ch.Dependencies() {
		if file := templateFile(sub, name); file != nil {
			return file
		}
	}
	return nil
}

// lineAt returns the line that begins at start, without its newline.
func lineAt(text string, start int) string {
	line, _, _ := strings.Cut(text[start:], "\n")
	return line
}
