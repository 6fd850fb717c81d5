// Package memory keeps release records in memory, for tests and for programs that keep
// them elsewhere. It is safe for use by many goroutines.
package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/hchart/hchart/release"
)

// Store is a release.Store.
type Store struct {
	mu      sync.Mutex
	records map[key]*entry
	writes  int
}

type key struct {
	name     string
	revision int
}

// entry is a record as bytes, so that nobody can change it from outside.
type entry struct {
	data []byte
	meta release.Entry
}

// New returns an empty store.
func New() *Store { return &Store{records: map[key]*entry{}} }

// Create implements release.Store.
func (s *Store) Create(ctx context.Context, r *release.Release) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.records[key{r.Name, r.Version}]; ok {
		return "", &release.ExistsError{Name: r.Name, Revision: r.Version}
	}
	return s.put(ctx, r)
}

// Update implements release.Store.
func (s *Store) Update(ctx context.Context, r *release.Release, version string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch old, ok := s.records[key{r.Name, r.Version}]; {
	case !ok:
		return "", &release.NotFoundError{Name: r.Name, Revision: r.Version}
	case old.meta.Version != version:
		return "", &release.ConflictError{Name: r.Name, Revision: r.Version}
	}
	return s.put(ctx, r)
}

func (s *Store) put(ctx context.Context, r *release.Release) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	data, err := release.Encode(r)
	if err != nil {
		return "", err
	}
	s.writes++
	version := strconv.Itoa(s.writes)
	labels := maps.Clone(r.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["name"], labels["owner"] = r.Name, "helm"
	labels["status"], labels["version"] = string(r.Info.Status), strconv.Itoa(r.Version)
	s.records[key{r.Name, r.Version}] = &entry{data: data, meta: release.Entry{
		Namespace: r.Namespace, Name: r.Name, Revision: r.Version, Status: r.Info.Status,
		Labels: labels, Modified: time.Now(), Version: version,
	}}
	return version, nil
}

// Delete implements release.Store.
func (s *Store) Delete(ctx context.Context, name string, revision int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := key{name, revision}
	if _, ok := s.records[k]; !ok {
		return &release.NotFoundError{Name: name, Revision: revision}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	delete(s.records, k)
	return nil
}

// Get implements release.Store.
func (s *Store) Get(ctx context.Context, name string, revision int) (*release.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.records[key{name, revision}]
	if !ok {
		return nil, &release.NotFoundError{Name: name, Revision: revision}
	}
	return e.record(false)
}

func (e *entry) record(short bool) (*release.Record, error) {
	var r *release.Release
	var err error
	if short {
		r, err = release.DecodeSummary(e.data, e.meta)
	} else {
		r, err = release.Decode(e.data)
	}
	if err != nil {
		return nil, &release.CorruptError{Place: "memory " + release.Key(e.meta.Name, e.meta.Revision), Err: err}
	}
	r.Labels = release.UserLabels(e.meta.Labels)
	return &release.Record{Release: r, Labels: maps.Clone(e.meta.Labels), Version: e.meta.Version}, nil
}

// Entries implements release.Store.
func (s *Store) Entries(ctx context.Context, q release.Query) ([]release.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	wanted, err := release.ParseSelector(q.Selector)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var entries []release.Entry
	for _, e := range s.records {
		if q.Name != "" && q.Name != e.meta.Name || len(q.Statuses) > 0 && !slices.Contains(q.Statuses, e.meta.Status) || !wanted.Matches(e.meta.Labels) {
			continue
		}
		meta := e.meta
		meta.Labels = maps.Clone(meta.Labels)
		entries = append(entries, meta)
	}
	slices.SortFunc(entries, func(a, b release.Entry) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Revision, b.Revision))
	})
	return entries, nil
}

// Records implements release.Store.
func (s *Store) Records(ctx context.Context, q release.Query, opts release.RecordOptions, yield func(*release.Record) error) error {
	entries, err := s.Entries(ctx, q)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if opts.Want != nil && !opts.Want(e) {
			continue
		}
		s.mu.Lock()
		stored := s.records[key{e.Name, e.Revision}]
		s.mu.Unlock()
		if stored == nil { // deleted meanwhile
			continue
		}
		r, err := stored.record(opts.Summary)
		if err != nil {
			return err
		}
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}
