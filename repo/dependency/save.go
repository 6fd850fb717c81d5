package dependency

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/chart"
)

// item is one archive on its way into the stage; several wants may share it.
type item struct {
	want   *want
	number int
	done   chan struct{}

	// When done is closed:
	file, digest, version string
	same                  bool // charts/ has these bytes already
	err                   error
}

// key says which wants have one archive.
func (w *want) key() string {
	switch w.kind {
	case inDirectory:
		return localScheme + w.path
	case inRegistry:
		return strings.TrimSuffix(w.Repository, "/") + "/" + w.Name + ":" + w.version
	}
	if w.found == nil {
		return ""
	}
	return w.found.URL
}

// save brings the archives of the wants into the stage and fills in the result, but for
// the lock. It tells what happens in the order of the wants, whatever comes first.
func (j *job) save(ctx context.Context, s *stage, wants []*want) (*Result, *plan, error) {
	j.opts.Notify(Event{Kind: Saving, Count: len(wants)})
	for i, err := range j.each(ctx, wants, j.find) {
		wants[i].findErr = err
	}
	ctx, cancel := context.WithCancel(ctx)
	items, wait := j.start(ctx, s, wants)
	defer wait()
	defer cancel()

	result := &Result{}
	named := map[string]*item{}
	for i, w := range wants {
		saved := Saved{Name: w.Name, Version: w.version, Repository: w.Repository}
		it := items[i]
		first := it != nil && it.want == w
		j.announce(w, first)
		err := w.findErr
		switch {
		case err != nil:
		case it == nil:
			saved.Version, err = j.inCharts(ctx, w)
		default:
			<-it.done
			if err = it.err; err == nil {
				err = it.collides(named)
			}
			saved.File, saved.Digest, saved.Version = it.file, it.digest, it.version
			w.version = it.version
		}
		if err != nil {
			j.opts.Notify(Event{Kind: SaveFailed, Name: w.Name, Repository: shown(w.Repository), Err: err})
			return nil, nil, err
		}
		if first && w.kind == inRegistry {
			j.opts.Notify(Event{Kind: Pulled, Name: w.Name, Version: w.version, Repository: shown(w.Repository), Resolved: w.found})
		}
		result.Charts = append(result.Charts, saved)
	}
	p := &plan{}
	for _, it := range named {
		if !it.same {
			p.Put = append(p.Put, put{Number: it.number, To: chartsDir + "/" + it.file})
		}
	}
	return result, p, nil
}

// announce tells that it is a want's turn.
func (j *job) announce(w *want, first bool) {
	e := Event{Name: w.Name, Version: w.version, Repository: shown(w.Repository)}
	switch {
	case w.kind == inCharts:
		e.Kind = InCharts
	case w.kind == inDirectory:
		e.Kind = Archiving
	case w.findErr != nil && w.kind == inRepository:
		return
	case first || w.findErr != nil:
		e.Kind = Downloading
	default:
		e.Kind, e.Resolved = Shared, w.found
	}
	j.opts.Notify(e)
}

// start begins with all archives. wait waits for the goroutines, which end soon when ctx does.
func (j *job) start(ctx context.Context, s *stage, wants []*want) (items []*item, wait func()) {
	items = make([]*item, len(wants))
	byKey := map[string]*item{}
	slots := make(chan struct{}, j.opts.Parallel)
	var all sync.WaitGroup
	for i, w := range wants {
		if w.findErr != nil {
			break // the run gets no further
		}
		if w.kind == inCharts {
			continue
		}
		it, ok := byKey[w.key()]
		if !ok {
			it = &item{want: w, number: i, done: make(chan struct{})}
			byKey[w.key()] = it
			all.Go(func() {
				defer close(it.done)
				slots <- struct{}{}
				defer func() { <-slots }()
				it.err = j.stage(ctx, s, it)
			})
		}
		items[i] = it
	}
	return items, all.Wait
}

// stage puts one archive into the stage, unless charts/ has it.
func (j *job) stage(ctx context.Context, s *stage, it *item) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var data []byte
	var err error
	if it.want.kind == inDirectory {
		data, err = j.archive(ctx, it)
	} else {
		it.file, it.version = it.want.found.File, it.want.version
		if it.want.kind == inRegistry {
			it.file = it.want.Name + "-" + it.want.version + ".tgz"
		}
		data, it.digest, err = j.fetch(ctx, it.want)
	}
	if err != nil {
		return err
	}
	if !isFileName(it.file) {
		return &ArchiveError{File: it.file, Reason: "is no name for a file"}
	}
	if it.same = s.has(chartsDir+"/"+it.file, data); it.same {
		return nil
	}
	return s.write(it.number, data)
}

// has reports whether a file is there with these bytes.
func (s *stage) has(name string, data []byte) bool {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	f, err := s.root.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	have, err := io.ReadAll(io.LimitReader(f, info.Size()+1))
	return err == nil && bytes.Equal(have, data)
}

// collides refuses a second archive of one name, unless it is the same.
func (it *item) collides(named map[string]*item) error {
	other, ok := named[it.file]
	if !ok {
		named[it.file] = it
		return nil
	}
	if other.digest == it.digest {
		return nil
	}
	return &CollisionError{
		File: it.file, Name: it.want.Name,
		Repositories: [2]string{shown(other.want.Repository), shown(it.want.Repository)},
	}
}

// inCharts looks at a dependency without a repository, which has to be a directory in
// charts/, and returns its version.
func (j *job) inCharts(ctx context.Context, w *want) (string, error) {
	ch, err := loadDir(ctx, w.path, j.opts.Load)
	if err != nil {
		return "", fmt.Errorf("unable to load chart '%s': %w", w.path, err)
	}
	if w.constraint == nil {
		if w.constraint, err = semver.NewConstraint(w.Version); err != nil {
			return "", fmt.Errorf("dependency %s has an invalid version or range of versions %q: %w", w.Name, w.Version, err)
		}
	}
	if !satisfies(w.constraint, ch.Metadata.Version) {
		return "", fmt.Errorf("dependency %s at version %s does not satisfy the constraint %s", w.Name, ch.Metadata.Version, w.Version)
	}
	return ch.Metadata.Version, nil
}

// outdated finds the archives in charts/ that are none of the dependencies: Helm deletes
// every chart that is a file there, unless its name is that of a dependency without a
// repository. What is no chart is told later, by notes.
func (j *job) outdated(ctx context.Context, s *stage, wants []*want, result *Result) (names []string, notes []Event, err error) {
	keep, local := map[string]bool{}, map[string]bool{}
	for _, c := range result.Charts {
		keep[c.File] = true
	}
	for _, w := range wants {
		if w.kind == inCharts {
			local[w.Name] = true
		}
	}
	entries, err := fs.ReadDir(s.root.FS(), chartsDir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if e.IsDir() || keep[e.Name()] {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return nil, nil, err
		}
		ch, err := j.archiveInCharts(ctx, s, e.Name())
		switch {
		case err != nil:
			notes = append(notes, Event{Kind: NotAChart, Name: filepath.Join(j.dir, chartsDir, e.Name()), Err: err})
		case !local[ch.Name()]:
			names = append(names, chartsDir+"/"+e.Name())
		}
	}
	return names, notes, nil
}

func (j *job) archiveInCharts(ctx context.Context, s *stage, name string) (*chart.Chart, error) {
	info, err := s.root.Stat(chartsDir + "/" + name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	f, err := s.root.Open(chartsDir + "/" + name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return chart.LoadArchive(ctx, f, chart.LoadOptions{})
}
