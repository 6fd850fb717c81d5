package umbrella

import "path/filepath"

// Chart is a chart in a directory.
type Chart struct{ Name, Dir string }

// WriteSet writes to dir the charts on which the benchmarks of the packages run:
// the large one and an umbrella of ten services.
func WriteSet(dir string) ([]Chart, error) {
	charts := []Chart{{"large", filepath.Join(dir, "large")}, {"umbrella-10", filepath.Join(dir, "umbrella-10")}}
	if err := WriteLarge(charts[0].Dir); err != nil {
		return nil, err
	}
	return charts, Write(charts[1].Dir, 10)
}
