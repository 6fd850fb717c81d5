package lint

import (
	"bufio"
	"fmt"
	"path"
	"strings"

	"github.com/hchart/hchart/chart"
)

// fileChecks are the rules for the files below templates/, by their names.
func fileChecks() []check[string] {
	return []check[string]{
		{Rule{"template-extension", Error, "files of templates/ end in .yaml, .yml, .tpl or .txt"}, checkExtension},
	}
}

// outputChecks are the rules for the text that a template renders to.
func outputChecks() []check[string] {
	return []check[string]{
		{Rule{"template-indent", Warning, "rendered text does not begin with an indented line"}, checkIndent},
	}
}

// template looks at one file of templates/ and at what it rendered to. It
// reports false when the stage ends there: after YAML that cannot be read.
func (l *linter) template(f *chart.File, output string) bool {
	apply(l, f.Name, f.Name, fileChecks())
	if !isYAMLFile(f.Name) || strings.TrimSpace(output) == "" {
		return true
	}
	apply(l, f.Name, output, outputChecks())
	return l.objects(f.Name, output)
}

func checkExtension(name string) error {
	switch ext := path.Ext(name); ext {
	case ".yaml", ".yml", ".tpl", ".txt":
		return nil
	default:
		return fmt.Errorf("file extension '%s' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt", ext)
	}
}

func isYAMLFile(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// checkIndent looks at the first line that is not blank. A line longer than a
// scanner takes is complained of in the scanner's words.
func checkIndent(output string) error {
	lines := bufio.NewScanner(strings.NewReader(output))
	for lines.Scan() {
		line := lines.Text()
		if strings.TrimSpace(line) == "" {
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			return fmt.Errorf("document starts with an illegal indent: %q, which may cause parsing problems", line)
		}
		return nil
	}
	return lines.Err()
}
