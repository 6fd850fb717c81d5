package dependency

import (
	"context"

	"github.com/Masterminds/semver/v3"

	"github.com/hchart/hchart/chart"
)

// Build brings the versions that the lock of the chart in dir names into charts/, and
// deletes archives that are none of them. Without a lock it does what Update does. A lock
// that does not belong to what Chart.yaml declares is an *[OutOfSyncError].
//
// The repositories of a lock have to be in Options.Repositories.
func Build(ctx context.Context, dir string, opts Options) (*Result, error) {
	j := newJob(dir, opts)
	ch, err := readDeclared(ctx, dir, j.opts.Load)
	if err != nil {
		return nil, err
	}
	if ch.Lock == nil {
		return j.update(ctx, ch)
	}
	declared, err := j.declared(ch)
	if err != nil {
		return nil, err
	}
	if err := j.inSync(ch, declared); err != nil {
		return nil, err
	}
	wants, err := j.locked(ch)
	if err != nil {
		return nil, err
	}
	if err := j.readSums(true); err != nil {
		return nil, err
	}
	if err := j.refresh(ctx, wants); err != nil {
		return nil, err
	}
	result, err := j.bring(ctx, wants, nil)
	if err != nil {
		return nil, err
	}
	result.Lock = ch.Lock
	return result, nil
}

// inSync compares the digest of the lock with what is declared.
func (j *job) inSync(ch *chart.Chart, declared []*want) error {
	sum, err := Digest(dependenciesOf(declared), ch.Lock.Dependencies)
	if err != nil {
		return err
	}
	if sum == ch.Lock.Digest {
		return nil
	}
	if ch.Metadata.APIVersion != chart.APIVersionV1 {
		return &OutOfSyncError{Lock: "Chart.lock", Declared: "Chart.yaml"}
	}
	j.opts.Notify(Event{Kind: OldDigest})
	if sum, err = DigestHelm2(ch.Metadata.Dependencies); err != nil {
		return err
	}
	if sum != ch.Lock.Digest {
		return &OutOfSyncError{Lock: "requirements.lock", Declared: "requirements.yaml"}
	}
	return nil
}

// locked are the wants of a lock.
func (j *job) locked(ch *chart.Chart) ([]*want, error) {
	wants, err := j.wants(ch.Lock.Dependencies, j.dir, lockName(ch))
	if err != nil {
		return nil, err
	}
	var unknown []string
	for i, w := range wants {
		w.version = w.Version
		if w.unmanaged {
			unknown = append(unknown, shown(w.Repository))
		}
		if w.kind == inDirectory || w.kind == inCharts {
			if w.constraint, err = semver.NewConstraint(w.Version); err != nil {
				return nil, &InvalidError{File: lockName(ch), Index: i, Name: w.Name, Reason: "has no version", Err: err}
			}
		}
	}
	if len(unknown) > 0 {
		return nil, &UnknownRepositoryError{Repositories: unknown, Locked: true}
	}
	return wants, nil
}
