package kube

import (
	"fmt"
	"time"
)

// HeldError is a lease that another program has.
type HeldError struct {
	// Name is the release, Operation what is done to it: "upgrade".
	Name, Operation string
	// Holder says who: host and process.
	Holder string
	Since  time.Time
}

// Error begins with Helm's words for a release that is being worked on.
func (e *HeldError) Error() string {
	op := e.Operation
	if op == "" {
		op = "operation"
	}
	return fmt.Sprintf("another operation (install/upgrade/rollback) is in progress: %s of release %q by %s since %s; try again when it is done",
		op, e.Name, e.Holder, e.Since.UTC().Format(time.RFC3339))
}

// LostError is a lease that was taken over because it could not be renewed in time.
type LostError struct {
	Name string
	Err  error
}

func (e *LostError) Error() string {
	return fmt.Sprintf("the lease on release %q was lost, so nothing more is done: %v; another program may be at work on it, see 'status'", e.Name, e.Err)
}

func (e *LostError) Unwrap() error { return e.Err }
