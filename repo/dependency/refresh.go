package dependency

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/hchart/hchart/repo"
)

var errNoSource = errors.New("there is no source for what is not on the disk (Options.Source)")

// job is one run of a verb.
type job struct {
	dir  string
	opts Options

	mu        sync.Mutex
	refreshed map[string]func() error // indexes that are being brought up to date, by name
	tags      map[repo.Ref]func() (*repo.Resolved, error)
	sums      *sums
}

func newJob(dir string, opts Options) *job {
	return &job{dir: dir, opts: opts.withDefaults(), refreshed: map[string]func() error{}, tags: map[repo.Ref]func() (*repo.Resolved, error){}}
}

// refresh brings the indexes up to date: those that the wants need and repositories.yaml
// does not know, then all that it does know. What goes wrong is told and does not end the
// run, for an older index may do.
func (j *job) refresh(ctx context.Context, wants []*want) error {
	if j.opts.SkipRefresh {
		return nil
	}
	var unmanaged []repo.Entry
	needed := map[string]bool{}
	for _, w := range wants {
		if w.kind == inRepository {
			needed[w.entry.Name] = true
			if w.unmanaged {
				unmanaged = append(unmanaged, w.entry)
			}
		}
	}
	unmanaged = lastOfURL(unmanaged)
	managed := lastOfURL(j.opts.Repositories)
	if len(unmanaged)+len(managed) == 0 {
		return nil
	}
	if j.opts.Source == nil {
		return errNoSource
	}

	slots := make(chan struct{}, j.opts.Parallel)
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := func(e repo.Entry) func() error {
		wait := j.refreshOnce(ctx, e, slots)
		running.Go(func() { _ = wait() })
		return wait
	}
	var waits []func() error
	for _, e := range append(append([]repo.Entry{}, unmanaged...), managed...) {
		waits = append(waits, start(e))
	}
	// A second name of a URL has an index of its own, which is nobody's news.
	for _, e := range j.opts.Repositories {
		if needed[e.Name] {
			start(e)
		}
	}

	if len(unmanaged) > 0 {
		j.opts.Notify(Event{Kind: RefreshingUnmanaged})
		for i, e := range unmanaged {
			err := waits[i]()
			j.opts.Notify(Event{Kind: Refreshed, Repository: shown(e.URL), Err: err})
		}
	}
	if len(managed) > 0 {
		j.opts.Notify(Event{Kind: Refreshing})
		for i, e := range managed {
			err := waits[len(unmanaged)+i]()
			j.opts.Notify(Event{Kind: Refreshed, Name: e.Name, Repository: shown(e.URL), Err: err})
		}
		j.opts.Notify(Event{Kind: RefreshDone})
	}
	return context.Cause(ctx)
}

// refreshOnce returns a function that waits for the index of a repository, which is
// brought up to date by whoever waits first.
func (j *job) refreshOnce(ctx context.Context, e repo.Entry, slots chan struct{}) func() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if wait, ok := j.refreshed[e.Name]; ok {
		return wait
	}
	wait := sync.OnceValue(func() error {
		slots <- struct{}{}
		defer func() { <-slots }()
		_, err := j.opts.Source.Update(ctx, e)
		return err
	})
	j.refreshed[e.Name] = wait
	return wait
}

// lastOfURL leaves one entry of those with the same URL: the last, as Helm does, in the
// place of the first.
func lastOfURL(entries []repo.Entry) []repo.Entry {
	at := map[string]int{}
	var some []repo.Entry
	for _, e := range entries {
		key := strings.TrimSuffix(e.URL, "/")
		if i, ok := at[key]; ok {
			some[i] = e
			continue
		}
		at[key] = len(some)
		some = append(some, e)
	}
	return some
}
