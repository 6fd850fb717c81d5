package repo

import "github.com/Masterminds/semver/v3"

// Newest returns the newest version of a chart that accept is true for and that has a URL,
// nil if there is none. No others are decoded, which makes it quicker than to look through
// Versions. The error is a [*ChartNotFoundError], or an [*IndexError] if what was accepted
// cannot be decoded.
func (x *Index) Newest(name string, accept func(*semver.Version) bool) (*ChartVersion, error) {
	c, ok := x.charts[name]
	if !ok {
		return nil, x.notFound(name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.sorted() {
		if !accept(e.parsed) {
			continue
		}
		v, err := e.decode()
		if err != nil {
			return nil, &IndexError{Err: err}
		}
		if len(v.URLs) > 0 {
			return v, nil
		}
	}
	return nil, nil
}
