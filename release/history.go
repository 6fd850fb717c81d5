package release

import (
	"cmp"
	"context"
	"slices"
)

// History is the records of one release, oldest first.
type History []*Record

// LoadHistory reads all records of a release. The error is a *NotFoundError when there
// are none.
func LoadHistory(ctx context.Context, store Store, name string) (History, error) {
	var h History
	err := store.Records(ctx, Query{Name: name}, RecordOptions{}, func(r *Record) error {
		h = append(h, r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(h) == 0 {
		return nil, &NotFoundError{Name: name}
	}
	h.Sort()
	return h, nil
}

// Sort puts the records in the order of their revisions.
func (h History) Sort() {
	slices.SortStableFunc(h, func(a, b *Record) int { return cmp.Compare(a.Release.Version, b.Release.Version) })
}

// Last is the newest record, nil if there is none.
func (h History) Last() *Record {
	if len(h) == 0 {
		return nil
	}
	return h[len(h)-1]
}

// Revision is the record of a revision, nil if there is none.
func (h History) Revision(revision int) *Record {
	for _, r := range h {
		if r.Release.Version == revision {
			return r
		}
	}
	return nil
}

// LastDeployed is the newest record that is deployed, nil if none is. (Programs that
// ran at the same time may have left several.)
func (h History) LastDeployed() *Record { return h.lastWith(Deployed) }

// LastGood is the record to compare with on the next upgrade: the deployed one, else
// the newest that once was.
func (h History) LastGood() *Record {
	if r := h.LastDeployed(); r != nil {
		return r
	}
	return h.lastWith(Superseded)
}

func (h History) lastWith(status Status) *Record {
	for _, r := range slices.Backward(h) {
		if r.Release.Info.Status == status {
			return r
		}
	}
	return nil
}

// Since returns the records from the last good one on: their manifests together are
// what may be in the cluster.
func (h History) Since() History {
	good := h.LastGood()
	if good == nil {
		return h
	}
	var since History
	for _, r := range h {
		if r.Release.Version >= good.Release.Version {
			since = append(since, r)
		}
	}
	return since
}

// Prune returns the oldest records to delete so that at most keep remain. The last
// deployed one is never among them, nor is the newest. keep ≤ 0 means no limit.
func (h History) Prune(keep int) History {
	if keep <= 0 || len(h) <= keep {
		return nil
	}
	deployed, last := h.LastDeployed(), h.Last()
	var drop History
	for _, r := range h {
		if len(h)-len(drop) <= keep {
			break
		}
		if r != deployed && r != last {
			drop = append(drop, r)
		}
	}
	return drop
}
