package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/hchart/hchart/release"
)

// A write to the store that fails leaves open whether it was done: the answer may be what
// was lost. What the store then has decides. Only so does one answer that does not come
// leave no revision pending that has ended.

// storeTries is how often something is written.
const storeTries = 4

// create stores a new record and returns its version.
func (op *operation) create(ctx context.Context, r *release.Release) (string, error) {
	for try := 1; ; try++ {
		version, err := op.env.Store.Create(ctx, r)
		var exists *release.ExistsError
		switch {
		case err == nil:
			return version, nil
		case errors.As(err, &exists):
			rec, getErr := op.env.Store.Get(ctx, r.Name, r.Version)
			if getErr == nil && try > 1 && same(rec.Release, r) {
				return rec.Version, nil
			}
			if !isNotFound(getErr) || !pause(ctx, try) {
				return "", err // somebody else made it
			}
		case !passing(err) || !pause(ctx, try):
			return "", err
		}
	}
}

// save writes a record that changed.
func (op *operation) save(ctx context.Context, rec *release.Record) error {
	for try := 1; ; try++ {
		version, err := op.env.Store.Update(ctx, rec.Release, rec.Version)
		if err == nil {
			rec.Version = version
			return nil
		}
		if !passing(err) {
			return err
		}
		now, getErr := op.env.Store.Get(ctx, rec.Release.Name, rec.Release.Version)
		switch {
		case getErr != nil || now.Version == rec.Version:
			if !pause(ctx, try) {
				return err
			}
		case same(now.Release, rec.Release):
			rec.Version = now.Version
			return nil
		default:
			return &release.ConflictError{Name: rec.Release.Name, Revision: rec.Release.Version}
		}
	}
}

// remove deletes the record of a revision. That it is gone is no error.
func (op *operation) remove(ctx context.Context, revision int) error {
	for try := 1; ; try++ {
		err := op.env.Store.Delete(ctx, op.name, revision)
		if err == nil || isNotFound(err) {
			return nil
		}
		if !passing(err) || !pause(ctx, try) {
			return err
		}
	}
}

// same tells whether two releases have the same record.
func same(a, b *release.Release) bool {
	x, errX := release.Encode(a)
	y, errY := release.Encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// sameJSON tells whether two values are the same to who reads them as JSON.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// passing tells whether another try may fare better: the server did not say that it will
// not do it.
func passing(err error) bool {
	var answer interface {
		error
		StatusCode() int
	}
	if isNotFound(err) {
		return false
	}
	if !errors.As(err, &answer) {
		return true
	}
	code := answer.StatusCode()
	return code < 400 || code > 499 || code == http.StatusConflict || code == http.StatusTooManyRequests
}

// pause waits before the next try: 0.1 s, 0.2 s, 0.4 s. It reports false if there is none,
// or no time for it.
func pause(ctx context.Context, try int) bool {
	if try >= storeTries {
		return false
	}
	timer := time.NewTimer(50 * time.Millisecond << try)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
