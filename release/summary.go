package release

import (
	"encoding/json"

	"github.com/hchart/hchart/chart"
)

// DecodeSummary reads of a record what a list of releases shows: name, namespace,
// revision, info and the chart's metadata. Templates, files, values, manifest and hooks
// are passed over.
func DecodeSummary(data []byte) (*Release, error) {
	var s summary
	if err := decode(data, &s); err != nil {
		return nil, err
	}
	r := &Release{Name: s.Name, Info: s.Info, Version: s.Version, Namespace: s.Namespace, ApplyMethod: s.ApplyMethod}
	if err := complete(r); err != nil {
		return nil, err
	}
	if s.Chart != nil {
		r.Chart = &chart.Chart{}
		if s.Chart.Metadata != nil {
			if err := json.Unmarshal(s.Chart.Metadata, &r.Chart.Metadata); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}
