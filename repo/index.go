package repo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/hchart/hchart/chart"
)

// Index is the index of a repository: which charts and versions there are, and where.
//
// Reading one looks at all of it and keeps little more than where each version stands;
// a version is decoded when it is asked for. Several goroutines may read an Index, also
// while it does so; Add and Merge are for one that nobody else has yet.
type Index struct {
	// Generated is when the index was made.
	Generated time.Time

	charts map[string]*indexChart
}

// IndexOptions change how an index is read. The zero value works.
type IndexOptions struct {
	// MaxBytes is how long an index may be, 50 MiB if it is 0.
	MaxBytes int64
}

func (o IndexOptions) maxBytes() int64 {
	if o.MaxBytes == 0 {
		return 50 << 20
	}
	return min(o.MaxBytes, math.MaxUint32)
}

// IndexError is an index that cannot be read.
type IndexError struct {
	// Path is the file, empty if there was none.
	Path string
	Err  error
}

func (e *IndexError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("cannot read the index: %v", e.Err)
	}
	return fmt.Sprintf("cannot read the index %s: %v", e.Path, e.Err)
}

func (e *IndexError) Unwrap() error { return e.Err }

// inWords says what is wrong without names of Go types, of which users know nothing.
func inWords(data []byte, err error) error {
	var mistyped *json.UnmarshalTypeError
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")):
		return errMarkup
	case errors.As(err, &mistyped) && mistyped.Field == "":
		return fmt.Errorf("it is one %s, and an index has the keys apiVersion and entries", mistyped.Value)
	case errors.As(err, &mistyped):
		return fmt.Errorf("%s is a %s, which does not belong there", mistyped.Field, mistyped.Value)
	}
	return err
}

var (
	errMarkup       = errors.New("it is a page of HTML or XML, no index: is this the URL of a repository?")
	errEmptyIndex   = errors.New("it is empty")
	errNoAPIVersion = errors.New("it has no apiVersion and is no index of charts")
)

// ReadIndex reads an index file. The error is a [*IndexError], which matches
// [fs.ErrNotExist] if there is no such file, and a [*LimitError] if it is too long.
func ReadIndex(path string, opts IndexOptions) (*Index, error) {
	data, err := readBounded(path, opts.maxBytes())
	if err != nil {
		return nil, &IndexError{Path: path, Err: err}
	}
	x, err := ParseIndex(data, opts)
	var bad *IndexError
	if errors.As(err, &bad) {
		bad.Path = path
	}
	return x, err
}

// ParseIndex reads an index, YAML or JSON, as Helm does: keys that nobody knows and keys
// that occur twice are errors, versions that are none of a valid chart are left out. The
// index keeps data, which must not change any more. The error is an [*IndexError].
func ParseIndex(data []byte, opts IndexOptions) (*Index, error) {
	if limit := opts.maxBytes(); int64(len(data)) > limit {
		return nil, &IndexError{Err: &LimitError{What: "the index", Max: limit}}
	}
	if len(data) == 0 {
		return nil, &IndexError{Err: errEmptyIndex}
	}
	if x, ok := scanIndex(data); ok {
		return x, nil
	}
	x, err := parseWhole(data)
	if err != nil {
		return nil, &IndexError{Err: inWords(data, err)}
	}
	return x, nil
}

// NewIndex returns an index without charts, generated now.
func NewIndex() *Index {
	return &Index{Generated: time.Now(), charts: map[string]*indexChart{}}
}

// Names returns the names of the charts, sorted. A name may have no versions.
func (x *Index) Names() []string {
	names := make([]string, 0, len(x.charts))
	for name := range x.charts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Versions returns the versions of a chart, newest first. The error is a
// [*ChartNotFoundError], or an [*IndexError] if an entry cannot be decoded. What it
// returns belongs to the index and must not be changed.
func (x *Index) Versions(name string) ([]*ChartVersion, error) {
	c, ok := x.charts[name]
	if !ok {
		return nil, x.notFound(name)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	entries := c.sorted()
	versions := make([]*ChartVersion, 0, len(entries))
	for _, e := range entries {
		v, err := e.decode()
		if err != nil {
			return nil, &IndexError{Err: err}
		}
		versions = append(versions, v)
	}
	return versions, nil
}

// SkippedError is an entry of an index that is none of a valid chart, and is left out.
type SkippedError struct {
	// Chart is the name below which the entry stands.
	Chart string
	Err   error
}

func (e *SkippedError) Error() string { return fmt.Sprintf("chart %q: %v", e.Chart, e.Err) }

func (e *SkippedError) Unwrap() error { return e.Err }

// Skipped returns the entries that are left out. It looks at all entries.
func (x *Index) Skipped() []*SkippedError {
	var skipped []*SkippedError
	for _, name := range x.Names() {
		c := x.charts[name]
		c.mu.Lock()
		c.valid()
		for _, err := range c.skipped {
			skipped = append(skipped, &SkippedError{Chart: name, Err: err})
		}
		c.mu.Unlock()
	}
	return skipped
}

// Add puts a version into the index, which must have a valid chart. An apiVersion that is
// missing becomes v1, as in charts of old.
func (x *Index) Add(v *ChartVersion) error {
	if v.APIVersion == "" {
		v.APIVersion = chart.APIVersionV1
	}
	v.Sanitize()
	if err := v.Validate(); err != nil {
		return err
	}
	x.add(v)
	return nil
}

func (x *Index) add(v *ChartVersion) {
	c := x.charts[v.Name]
	if c == nil {
		c = &indexChart{}
		x.charts[v.Name] = c
	}
	c.entries = append(c.entries, indexEntry{version: v})
}

// Merge adds the versions of another index that this one does not have.
func (x *Index) Merge(other *Index) error {
	for _, name := range other.Names() {
		versions, err := other.Versions(name)
		if err != nil {
			return err
		}
		for _, v := range versions {
			if !x.has(v.Name, v.Version) {
				x.add(v)
			}
		}
	}
	return nil
}
