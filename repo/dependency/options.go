package dependency

import (
	"context"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
)

// Source is where indexes and archives come from; *repo.Client is one.
type Source interface {
	// Update brings the cached index of a repository up to date.
	Update(ctx context.Context, e repo.Entry) (repo.UpdateResult, error)
	// Index returns the cached index of the repository with that name.
	Index(ctx context.Context, name string) (*repo.Index, error)
	// Resolve finds a chart in a registry.
	Resolve(ctx context.Context, ref repo.Ref) (*repo.Resolved, error)
	// Fetch gets an archive, from the cache if it has the digest.
	Fetch(ctx context.Context, r *repo.Resolved, opts repo.FetchOptions) (*repo.Archive, error)
}

// Options change how dependencies are brought into charts/. The zero value works for
// charts whose dependencies are directories.
type Options struct {
	// Source is asked for what is not on the disk.
	Source Source
	// Repositories are those of repositories.yaml. All of them are brought up to date,
	// as Helm does.
	Repositories []repo.Entry
	// Access is for registries. For repositories it is in Repositories.
	Access repo.Access
	// SkipRefresh uses the indexes that are in the cache.
	SkipRefresh bool
	// Load is for the chart and for the directories of file://, Write for their archives.
	Load  chart.LoadOptions
	Write chart.WriteOptions
	// Verify, where it is set, is called with each archive that was fetched, its
	// signature and its name. An archive without a signature is an error.
	Verify func(archive, provenance []byte, file string) error
	// VerifyLock keeps the digests of archives in Chart.lock.sums, and wants them to be
	// there when Build is called. Where the file is, it is looked at in any case.
	VerifyLock bool
	// Parallel bounds requests that are under way; default 8.
	Parallel int
	// Now is the time for the lock; default time.Now.
	Now func() time.Time
	// Notify is told what happens, in the order of the dependencies and by one
	// goroutine at a time.
	Notify func(Event)
}

func (o Options) withDefaults() Options {
	if o.Parallel <= 0 {
		o.Parallel = 8
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	return o
}

// Result is what became of charts/.
type Result struct {
	// Charts are the dependencies, in the order of Chart.yaml or of the lock.
	Charts []Saved
	// Deleted are the outdated archives, names in charts/.
	Deleted []string
	// Lock is what the lock says now; nil without dependencies. LockWritten tells
	// whether it was written: it is not if it has the digest already.
	Lock        *chart.Lock
	LockWritten bool
}

// Saved is a dependency that is in charts/.
type Saved struct {
	Name, Version, Repository string
	// File is its name in charts/.
	File string
	// Digest is the SHA-256 of the archive, 64 hexadecimal digits; empty for a
	// dependency without a repository.
	Digest string
}

// EventKind says what an Event is about, and which of its fields are set.
type EventKind int

// The kinds of events, in the order of a run.
const (
	// FoundLocal is a directory: Repository.
	FoundLocal EventKind = iota
	// RefreshingUnmanaged comes before the indexes of repositories that
	// repositories.yaml does not know.
	RefreshingUnmanaged
	// Refreshing comes before the indexes of repositories.yaml, RefreshDone after them.
	Refreshing
	// Refreshed is one index: Repository, Err if it could not be had; Name, unless the
	// repository is not in repositories.yaml.
	Refreshed
	RefreshDone
	// Saving comes before the first archive: Count.
	Saving
	// InCharts, Archiving, Downloading, Shared are one dependency, which is in charts/,
	// in a directory, is fetched, or has the archive of an earlier one: Name, Repository;
	// Shared also has Resolved.
	InCharts
	Archiving
	Downloading
	Shared
	// Pulled is an archive that came from a registry: Name, Version, Repository, Resolved.
	Pulled
	// SaveFailed is the dependency that ends the run: Name, Repository, Err.
	SaveFailed
	// Deleting comes when charts/ is as it should be, before what was outdated.
	Deleting
	// NotAChart is a file in charts/ that stays, because it is no chart: Name, Err.
	NotAChart
	// OldDigest says that the lock is looked at as one of Helm 2.
	OldDigest
)

// Event is something that happens while a verb is at work.
type Event struct {
	Kind                      EventKind
	Name, Version, Repository string
	Count                     int
	Err                       error
	Resolved                  *repo.Resolved
}
