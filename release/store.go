package release

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Record is a release as a store has it.
type Record struct {
	Release *Release
	// Labels are all labels of the record, those of the store among them.
	Labels map[string]string
	// Version is what Update needs to be sure that nobody wrote in between. It says
	// nothing to anyone but the store.
	Version string
}

// Entry is what a store knows of a record without decoding it.
type Entry struct {
	Namespace string
	Name      string
	Revision  int
	Status    Status
	// Labels are all labels of the record, those of the store among them.
	Labels map[string]string
	// Modified is when the record was last written, to the second.
	Modified time.Time
	Version  string
}

// Query says which records are wanted; the zero Query means all.
type Query struct {
	// Name is the name of a release.
	Name string
	// Statuses are those wanted, any if there are none.
	Statuses []Status
	// Selector is a label selector of Kubernetes: "team=a,env in (x,y)".
	Selector string
}

// RecordOptions are the options of Store.Records.
type RecordOptions struct {
	// Summary leaves out what a list of releases does not show, as DecodeSummary
	// does. It is a lot faster.
	Summary bool
	// Want, if there is one, is asked before a record is decoded.
	Want func(Entry) bool
}

// Store keeps the records of the releases of a namespace, or of all.
//
// A context that ends stops a call; whether a write was done is then not known.
// Errors are those of the store, and of the types named with the methods.
type Store interface {
	// Create adds the record of a revision that is not there yet, else the error
	// is an *ExistsError.
	Create(ctx context.Context, r *Release) (version string, err error)
	// Update replaces the record of a revision whose version is still the given
	// one. Otherwise the error is a *ConflictError, or a *NotFoundError.
	Update(ctx context.Context, r *Release, version string) (string, error)
	// Delete removes the record of a revision; the error may be a *NotFoundError.
	Delete(ctx context.Context, name string, revision int) error
	// Get reads one record; the error may be a *NotFoundError or *CorruptError.
	Get(ctx context.Context, name string, revision int) (*Record, error)
	// Entries lists records without decoding them, by namespace, name and revision.
	Entries(ctx context.Context, q Query) ([]Entry, error)
	// Records calls yield with one decoded record after the other until it returns
	// an error; those of one release come together, by revision. A record that cannot
	// be decoded ends it with a *CorruptError.
	Records(ctx context.Context, q Query, opts RecordOptions, yield func(*Record) error) error
}

// Key is the name of a revision's record in the stores that have names for them:
// "sh.helm.release.v1.NAME.vREVISION".
func Key(name string, revision int) string {
	return keyPrefix + name + ".v" + strconv.Itoa(revision)
}

const keyPrefix = "sh.helm.release.v1."

// ParseKey is the reverse of Key.
func ParseKey(key string) (name string, revision int, ok bool) {
	rest, ok := strings.CutPrefix(key, keyPrefix)
	i := strings.LastIndex(rest, ".v")
	if !ok || i < 0 {
		return "", 0, false
	}
	revision, err := strconv.Atoi(rest[i+2:])
	return rest[:i], revision, err == nil
}

// IsSystemLabel reports whether a label of a record is the stores' own, which users
// cannot set.
func IsSystemLabel(key string) bool {
	switch key {
	case "name", "owner", "status", "version", "createdAt", "modifiedAt":
		return true
	}
	return false
}

// UserLabels returns those labels that are the user's, never nil.
func UserLabels(labels map[string]string) map[string]string {
	user := map[string]string{}
	for k, v := range labels {
		if !IsSystemLabel(k) {
			user[k] = v
		}
	}
	return user
}

// NotFoundError is a release, or a revision of one, that the store does not have.
type NotFoundError struct {
	Name     string
	Revision int // 0 when no revision was asked for
}

// Error begins as Helm's message does.
func (e *NotFoundError) Error() string {
	if e.Revision == 0 {
		return fmt.Sprintf("release: not found: there is no release %q in this namespace", e.Name)
	}
	return fmt.Sprintf("release: not found: release %q has no revision %d", e.Name, e.Revision)
}

// ExistsError is a revision whose record is already there: someone else works on the
// release.
type ExistsError struct {
	Name     string
	Revision int
}

func (e *ExistsError) Error() string {
	return fmt.Sprintf("release: already exists: revision %d of release %q has a record already, another operation made it", e.Revision, e.Name)
}

// ConflictError is a record that someone else changed since it was read.
type ConflictError struct {
	Name     string
	Revision int
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the record of release %q, revision %d, was changed by someone else meanwhile: see what they did ('history %s') and try again", e.Name, e.Revision, e.Name)
}

// CorruptError is a record that cannot be read.
type CorruptError struct {
	// Place names the record where it is kept: "secret default/sh.helm.release.v1.x.v1".
	Place string
	Err   error
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("the release record in %s cannot be read: %v; restore it from a backup, or delete it if the revision is not needed", e.Place, e.Err)
}

func (e *CorruptError) Unwrap() error { return e.Err }
