package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
)

const chartFile = "Chart.yaml"

func chartIsFile() Rule { return Rule{"chart-is-file", Error, "Chart.yaml is a file"} }
func chartParses() Rule { return Rule{"chart-parses", Error, "Chart.yaml can be read"} }

// metadata is Chart.yaml as the checks of the first stage see it.
type metadata struct {
	*chart.Metadata
	// data is the file.
	data []byte
	// fields is its content before it was fitted into Metadata, where for
	// instance a number has become a string.
	fields map[string]any
}

// metadataChecks are the rules for a Chart.yaml that can be read, in order.
func metadataChecks() []check[*metadata] {
	return slices.Concat(
		chartStrictChecks(),
		chartNameChecks(),
		chartAPIVersionChecks(),
		chartVersionChecks(),
		chartMaintainerChecks(),
		chartSourceChecks(),
		chartIconChecks(),
		chartV1Checks(),
		chartSemVer2Checks(),
	)
}

// chartfile is the first stage.
func (l *linter) chartfile() {
	if isDir, err := l.source.isDir(chartFile); err == nil && isDir {
		l.add(chartIsFile(), chartFile, errors.New("should be a file, not a directory"))
	}
	m, err := l.readMetadata()
	if err != nil {
		l.add(chartParses(), chartFile, fmt.Errorf("unable to parse YAML\n\t%w", err))
		return
	}
	apply(l, chartFile, m, metadataChecks())
}

func (l *linter) readMetadata() (*metadata, error) {
	data, err := l.source.read(chartFile)
	if err != nil {
		return nil, err
	}
	m := &metadata{data: data}
	if m.Metadata, err = chart.ReadMetadata(data); err != nil {
		if parse, ok := errors.AsType[*chart.ParseError](err); ok {
			err = parse.Err // the finding has the file's name already
		}
		return nil, worded{err}
	}
	// It has been read once: an error here concerns only the form.
	_ = yaml.Unmarshal(data, &m.fields)
	return m, nil
}

// worded gives an error of decoding Helm's text, in which the names of Helm's
// own types appear.
type worded struct{ error }

func (w worded) Error() string {
	text := w.error.Error()
	for _, name := range []struct{ ours, helms string }{
		{"chart.Metadata", "v2.Metadata"},
		{"chart.Maintainer", "v2.Maintainer"},
		{"chart.Dependency", "v2.Dependency"},
		{"lint.k8sYaml", "rules.k8sYaml"},
		{"lint.valuesTable", "common.Values"},
	} {
		text = strings.ReplaceAll(text, " of type "+name.ours, " of type "+name.helms)
	}
	return text
}

func (w worded) Unwrap() error { return w.error }
