package deploy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hchart/hchart/release"
)

// InUseError is a name that has a release already.
type InUseError struct {
	Name   string
	Status release.Status
}

func (e *InUseError) Error() string {
	hint := "upgrade it, or uninstall it first"
	if e.Status == release.Uninstalled || e.Status == release.Failed {
		hint = "use --replace to install over what is left of it"
	}
	return fmt.Sprintf("cannot reuse a name that is still in use: release %q is %s; %s", e.Name, e.Status, hint)
}

// PendingError is a release that another program, Helm say, is working on or has left in
// the middle of its work.
type PendingError struct {
	Name     string
	Revision int
	Status   release.Status
	Since    time.Time
}

// Error begins with Helm's words.
func (e *PendingError) Error() string {
	return fmt.Sprintf("another operation (install/upgrade/rollback) is in progress: revision %d of release %q has been %s since %s; "+
		"if nobody is at work on it any more, roll back to an earlier revision or uninstall it", e.Revision, e.Name, e.Status, e.Since.Format(time.RFC3339))
}

// NothingDeployedError is a release without a revision to upgrade.
type NothingDeployedError struct{ Name string }

// Error has Helm's words.
func (e *NothingDeployedError) Error() string {
	return fmt.Sprintf("%q has no deployed releases", e.Name)
}

// NoRevisionError is a revision to roll back to that is not there.
type NoRevisionError struct {
	Name     string
	Revision int
}

func (e *NoRevisionError) Error() string {
	return fmt.Sprintf("release has no %d version: see `history %s` for those it has", e.Revision, e.Name)
}

// UninstalledError is a release that has been uninstalled, with its history kept.
type UninstalledError struct{ Name string }

// Error has Helm's words.
func (e *UninstalledError) Error() string {
	return fmt.Sprintf("the release named %q is already deleted", e.Name)
}

// FailedError is an operation that went wrong after it had begun to change things. The
// record says so as well.
type FailedError struct {
	// Undone says what --rollback-on-failure did: "uninstalled", "rolled back", or
	// nothing.
	Undone string
	// UndoErr is why undoing failed.
	UndoErr error
	// CleanupErr is why --cleanup-on-fail failed.
	CleanupErr error
	Name       string
	Err        error
}

func (e *FailedError) Error() string {
	switch {
	case e.UndoErr != nil:
		return fmt.Sprintf("an error occurred while undoing what was done (--rollback-on-failure). original error: %v: %v", e.Err, e.UndoErr)
	case e.Undone != "":
		return fmt.Sprintf("release %s failed, and has been %s due to rollback-on-failure being set: %v", e.Name, e.Undone, e.Err)
	case e.CleanupErr != nil:
		return fmt.Sprintf("an error occurred while cleaning up resources. original error: %v: unable to cleanup resources: %v", e.Err, e.CleanupErr)
	}
	return e.Err.Error()
}

func (e *FailedError) Unwrap() []error {
	var all []error
	for _, err := range []error{e.Err, e.UndoErr, e.CleanupErr} {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// LabelError is a label of the user's that records have for themselves.
type LabelError struct{ Label string }

// Error begins with Helm's words.
func (e *LabelError) Error() string {
	return fmt.Sprintf("user supplied labels contains system reserved label name. System labels: [name owner status version createdAt modifiedAt]; rename the label %q", e.Label)
}

// CheckLabels makes sure that labels are the user's to set; the error is a *LabelError.
func CheckLabels(labels map[string]string) error {
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		if release.IsSystemLabel(label) {
			return &LabelError{Label: label}
		}
	}
	return nil
}

// OptionError is options that do not go together.
type OptionError struct{ Reason string }

func (e *OptionError) Error() string { return e.Reason }

// errHidesNothing is the reason of an *OptionError.
const errHidesNothing = "hiding Kubernetes secrets requires a dry-run mode"

func isNotFound(err error) bool {
	var missing *release.NotFoundError
	return errors.As(err, &missing)
}

// join is errors.Join, but for a single error, which stays as it is.
func join(errs ...error) error {
	var all []error
	for _, err := range errs {
		if err != nil {
			all = append(all, err)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return errors.Join(all...)
}
