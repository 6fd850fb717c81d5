package deploy

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/memory"
)

// codeError is an answer of a server.
type codeError int

func (e codeError) Error() string   { return http.StatusText(int(e)) }
func (e codeError) StatusCode() int { return int(e) }

// unreliable is a store whose writes fail as the list says, one after the other: nil is
// one that succeeds. One that is lost has been done.
type unreliable struct {
	release.Store
	fails  []error
	lost   bool
	writes int
}

func (u *unreliable) write(do func() error) error {
	u.writes++
	if len(u.fails) == 0 {
		return do()
	}
	fail := u.fails[0]
	u.fails = u.fails[1:]
	if fail == nil || u.lost {
		if err := do(); err != nil {
			return err
		}
	}
	return fail
}

func (u *unreliable) Create(ctx context.Context, r *release.Release) (version string, err error) {
	err = u.write(func() error { version, err = u.Store.Create(ctx, r); return err })
	return version, err
}

func (u *unreliable) Update(ctx context.Context, r *release.Release, old string) (version string, err error) {
	err = u.write(func() error { version, err = u.Store.Update(ctx, r, old); return err })
	return version, err
}

func (u *unreliable) Delete(ctx context.Context, name string, revision int) error {
	return u.write(func() error { return u.Store.Delete(ctx, name, revision) })
}

// TestUnreliableStore checks that a write which fails once or twice is done once, that
// one which was done and not confirmed is recognised, and that what another has written
// is not written over.
func TestUnreliableStore(t *testing.T) {
	broken, busy, conflict, forbidden := errors.New("connection reset"), codeError(500), codeError(409), codeError(403)
	exists := &release.ExistsError{Name: "r", Revision: 1}
	for _, tt := range []struct {
		name   string
		fails  []error
		lost   bool
		writes int
		ok     bool
	}{
		{"fine", nil, false, 1, true},
		{"an error", []error{busy}, false, 2, true},
		{"three errors", []error{busy, broken, busy}, false, 4, true},
		{"errors without end", []error{busy, busy, busy, busy, busy}, false, 4, false},
		{"a conflict that is none", []error{conflict}, false, 2, true},
		{"forbidden", []error{forbidden}, false, 1, false},
		{"done, and the answer lost", []error{broken}, true, 0, true},
	} {
		for verb, do := range map[string]func(context.Context, *operation, *release.Record) error{
			"create": func(ctx context.Context, op *operation, rec *release.Record) error {
				other := *rec.Release
				other.Version = 2
				version, err := op.create(ctx, &other)
				if err == nil && version == "" {
					return errors.New("no version")
				}
				return err
			},
			"save": func(ctx context.Context, op *operation, rec *release.Record) error {
				rec.Release.SetStatus(release.Deployed, "done")
				if err := op.save(ctx, rec); err != nil {
					return err
				}
				// The version it was given is the one that the store has.
				rec.Release.SetStatus(release.Superseded, "over")
				_, err := op.env.Store.(*unreliable).Store.Update(ctx, rec.Release, rec.Version)
				return err
			},
			"remove": func(ctx context.Context, op *operation, rec *release.Record) error {
				if err := op.remove(ctx, 1); err != nil {
					return err
				}
				if _, err := op.env.Store.Get(ctx, "r", 1); !isNotFound(err) {
					return errors.New("still there")
				}
				return nil
			},
		} {
			t.Run(verb+", "+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					op, rec, store := stored(t)
					store.fails, store.lost = tt.fails, tt.lost
					if err := do(t.Context(), op, rec); (err == nil) != tt.ok {
						t.Errorf("error %v", err)
					}
					if tt.writes != 0 && store.writes != tt.writes {
						t.Errorf("%d writes, want %d", store.writes, tt.writes)
					}
				})
			})
		}
	}
	t.Run("made by another", func(t *testing.T) {
		op, rec, store := stored(t)
		rec.Release.SetStatus(release.Failed, "mine")
		store.fails = []error{exists}
		if _, err := op.create(t.Context(), rec.Release); !errors.As(err, new(*release.ExistsError)) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("changed by another", func(t *testing.T) {
		op, rec, store := stored(t)
		theirs := *rec.Release
		info := *theirs.Info
		theirs.Info = &info
		theirs.SetStatus(release.Failed, "theirs")
		if _, err := store.Store.Update(t.Context(), &theirs, rec.Version); err != nil {
			t.Fatal(err)
		}
		rec.Release.SetStatus(release.Deployed, "mine")
		if err := op.save(t.Context(), rec); !errors.As(err, new(*release.ConflictError)) {
			t.Errorf("error %v", err)
		}
	})
}

// stored is an operation whose store has one record.
func stored(t *testing.T) (*operation, *release.Record, *unreliable) {
	t.Helper()
	store := &unreliable{Store: memory.New()}
	r := &release.Release{Name: "r", Version: 1, Namespace: "n", Info: &release.Info{}}
	r.SetStatus(release.PendingInstall, "")
	version, err := store.Store.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return &operation{env: &Env{Store: store}, name: "r"}, &release.Record{Release: r, Version: version}, store
}
