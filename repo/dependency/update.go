package dependency

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
)

// Update chooses the newest versions that Chart.yaml allows, brings them into the charts/
// of the chart in dir, deletes archives that are none of them, and writes the lock. A
// chart that declares no dependencies stays as it is.
//
// Errors are those of the source and of package chart, *[UnknownRepositoryError],
// *[UnsatisfiedError], *[NotFoundError], *[ChangedError] and the others of this package.
func Update(ctx context.Context, dir string, opts Options) (*Result, error) {
	j := newJob(dir, opts)
	ch, err := readDeclared(ctx, dir, j.opts.Load)
	if err != nil {
		return nil, err
	}
	return j.update(ctx, ch)
}

func (j *job) update(ctx context.Context, ch *chart.Chart) (*Result, error) {
	if ch.Metadata.Dependencies == nil {
		return &Result{}, nil
	}
	wants, err := j.declared(ch)
	if err != nil {
		return nil, err
	}
	if err := j.readSums(false); err != nil {
		return nil, err
	}
	if err := j.refresh(ctx, wants); err != nil {
		return nil, err
	}
	locked, err := j.resolve(ctx, wants)
	if err != nil {
		return nil, err
	}
	return j.bring(ctx, wants, func(p *plan, s *stage, result *Result) error {
		// A directory tells its version when it is put into an archive.
		for i, w := range wants {
			if w.kind == inDirectory {
				locked[i].Version = w.version
			}
		}
		sum, err := Digest(dependenciesOf(wants), locked)
		if err != nil {
			return err
		}
		result.Lock = &chart.Lock{Generated: j.opts.Now(), Digest: sum, Dependencies: locked}
		if ch.Lock != nil && ch.Lock.Digest == sum {
			result.Lock = ch.Lock
			return nil
		}
		result.LockWritten = true
		data, err := yaml.Marshal(result.Lock)
		if err != nil {
			return err
		}
		return s.add(p, lockName(ch), data)
	})
}

// declared are the wants of a chart's own dependencies.
func (j *job) declared(ch *chart.Chart) ([]*want, error) {
	file := "Chart.yaml"
	if ch.Metadata.APIVersion == chart.APIVersionV1 {
		file = "requirements.yaml"
	}
	wants, err := j.wants(ch.Metadata.Dependencies, j.dir, file)
	if err != nil {
		return nil, err
	}
	j.tellLocal(wants)
	return wants, nil
}

func (j *job) tellLocal(wants []*want) {
	for _, w := range wants {
		if w.kind == inDirectory {
			j.opts.Notify(Event{Kind: FoundLocal, Name: w.Name, Repository: w.Repository})
		}
	}
}

// bring gets the archives, lets lock add to the plan, and does what the plan says.
func (j *job) bring(ctx context.Context, wants []*want, lock func(*plan, *stage, *Result) error) (result *Result, err error) {
	s, err := openStage(ctx, j.dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := s.close(); err == nil && closeErr != nil {
			result, err = nil, closeErr
		}
	}()
	result, p, err := j.save(ctx, s, wants)
	if err != nil {
		return nil, err
	}
	var notes []Event
	if p.Delete, notes, err = j.outdated(ctx, s, wants, result); err != nil {
		return nil, err
	}
	if lock != nil {
		if err := lock(p, s, result); err != nil {
			return nil, err
		}
	}
	if j.sums.record {
		if err := s.add(p, sumsFile, j.sums.bytes()); err != nil {
			return nil, err
		}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err // the last moment: what follows is done to its end
	}
	if err := s.commit(p); err != nil {
		return nil, err
	}
	j.opts.Notify(Event{Kind: Deleting})
	for _, n := range notes {
		j.opts.Notify(n)
	}
	for _, name := range p.Delete {
		result.Deleted = append(result.Deleted, filepath.Base(name))
	}
	return result, nil
}

// add puts a file of the chart itself into the stage and the plan.
func (s *stage) add(p *plan, name string, data []byte) error {
	info, err := s.root.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		target, _ := s.root.Readlink(name)
		return &LinkError{Path: name, Target: target}
	}
	if s.has(name, data) {
		return nil
	}
	number := 1_000_000 + len(p.Put) // behind those of archives
	p.Put = append(p.Put, put{Number: number, To: name})
	return s.write(number, data)
}

func lockName(ch *chart.Chart) string {
	if ch.Metadata.APIVersion == chart.APIVersionV1 {
		return "requirements.lock"
	}
	return "Chart.lock"
}

func dependenciesOf(wants []*want) []*chart.Dependency {
	deps := make([]*chart.Dependency, len(wants))
	for i, w := range wants {
		deps[i] = w.Dependency
	}
	return deps
}

// readSums reads Chart.lock.sums. For a build that is to verify, it has to be there.
func (j *job) readSums(build bool) error {
	s := &sums{record: j.opts.VerifyLock && !build, strict: j.opts.VerifyLock && build, seen: map[sumKey]string{}}
	j.sums = s
	f, err := os.Open(filepath.Join(j.dir, sumsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSums+1))
	if err != nil {
		return err
	}
	if len(data) > maxSums {
		return &ArchiveError{File: sumsFile, Reason: "is larger than 4 MiB"}
	}
	s.exists = true
	s.record = !build // a new version gets its line
	s.have, err = parseSums(data)
	return err
}
