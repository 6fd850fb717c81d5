package lint

import (
	"errors"
	"path"
	"strings"

	"github.com/hchart/hchart/chart"
)

// loadError gives an error of loading a chart Helm's text, as far as it is
// about YAML: the package chart says more, in an order of its own.
type loadError struct{ error }

func (e loadError) Error() string {
	text := e.error.Error()
	fault, ok := errors.AsType[*chart.ParseError](e.error)
	if !ok {
		return text
	}
	file, reason := path.Base(fault.File), worded{fault.Err}.Error()
	if file == valuesFile {
		if strings.HasPrefix(reason, "invalid Yaml document separator") {
			reason = "error reading yaml document: " + reason
		} else {
			reason = "cannot unmarshal yaml document: " + reason
		}
	}
	return strings.Replace(text, fault.Error(), "cannot load "+file+": "+reason, 1)
}

func (e loadError) Unwrap() error { return e.error }
