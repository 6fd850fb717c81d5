package dependency

import (
	"fmt"
	"strings"
)

// NotDirectoryError is an archive where the directory of a chart is needed.
type NotDirectoryError struct{ Path string }

func (e *NotDirectoryError) Error() string {
	return fmt.Sprintf("%s is not a directory: only the dependencies of unpacked charts can be updated", e.Path)
}

// InvalidError is a dependency, declared or locked, that cannot be used.
type InvalidError struct {
	// File is Chart.yaml, Chart.lock or another file that names dependencies.
	File string
	// Index is the place in the list, from 0.
	Index int
	// Name is the dependency's.
	Name   string
	Reason string
	Err    error
}

func (e *InvalidError) Error() string {
	s := fmt.Sprintf("%s: dependencies[%d] (%q) %s", e.File, e.Index, e.Name, e.Reason)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *InvalidError) Unwrap() error { return e.Err }

// UnknownRepositoryError are repositories that are neither URLs nor in repositories.yaml.
type UnknownRepositoryError struct {
	// Repositories are as declared, without credentials.
	Repositories []string
	// Locked says that they come from the lock, whose repositories have to be known.
	Locked bool
}

func (e *UnknownRepositoryError) Error() string {
	s := "no repository definition for " + strings.Join(e.Repositories, ", ") + ": add what is missing with 'hchart repo add'"
	for _, r := range e.Repositories {
		if !strings.Contains(r, "//") && !strings.HasPrefix(r, "@") && !strings.HasPrefix(r, "alias:") {
			return s + fmt.Sprintf("; a repository is a URL, or a name with \"@\" before it: \"@%s\"", r)
		}
	}
	return s
}

// Unsatisfied is a dependency of which there is no version that fits.
type Unsatisfied struct {
	Name, Repository, Version string
	// Have are versions that there are, the newest first; not all of them.
	Have []string
}

// UnsatisfiedError are the dependencies of which there is no version that fits.
type UnsatisfiedError struct{ Dependencies []Unsatisfied }

func (e *UnsatisfiedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "can't get a valid version for %d subchart(s): ", len(e.Dependencies))
	for i, d := range e.Dependencies {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q (repository %q, version %q", d.Name, d.Repository, d.Version)
		if len(d.Have) > 0 {
			fmt.Fprintf(&b, "; there are %s", strings.Join(d.Have, ", "))
		}
		b.WriteByte(')')
	}
	b.WriteString(". Change the version in Chart.yaml, or look for newer indexes with 'hchart repo update'")
	return b.String()
}

// NotFoundError is a chart or version that its repository does not have.
type NotFoundError struct {
	Name, Version, Repository string
	Err                       error
}

func (e *NotFoundError) Error() string {
	what := e.Name
	if e.Version != "" {
		what += " " + e.Version
	}
	return fmt.Sprintf("%s in repository %s: %v", what, e.Repository, e.Err)
}

func (e *NotFoundError) Unwrap() error { return e.Err }

// OutOfSyncError is a lock that was made for other dependencies than those declared.
type OutOfSyncError struct {
	// Lock and Declared are the names of the two files.
	Lock, Declared string
}

func (e *OutOfSyncError) Error() string {
	return fmt.Sprintf("the lock file (%s) is out of sync with the dependencies file (%s). Please update the dependencies with 'hchart dependency update'",
		e.Lock, e.Declared)
}

// LinkError is a symbolic link in the place of a file that would be written.
type LinkError struct{ Path, Target string }

func (e *LinkError) Error() string {
	return fmt.Sprintf("%s is a symbolic link to %q, and is not written through: remove the link", e.Path, e.Target)
}

// CycleError are directories of file:// that need each other.
type CycleError struct{ Paths []string }

func (e *CycleError) Error() string {
	return "local dependencies need each other: " + strings.Join(e.Paths, " -> ")
}

// CollisionError are two dependencies with different archives of one name.
type CollisionError struct {
	File string
	// Name is the dependency, Others are the two repositories.
	Name         string
	Repositories [2]string
}

func (e *CollisionError) Error() string {
	return fmt.Sprintf("two different archives are called %s, from %s and from %s: charts/ can hold one of them (dependency %q)",
		e.File, e.Repositories[0], e.Repositories[1], e.Name)
}

// ChangedError is an archive whose bytes are not those that Chart.lock.sums names.
type ChangedError struct {
	Name, Version, Repository string
	// Want and Got are digests, 64 hexadecimal digits; Want is empty if the file has
	// none for this version.
	Want, Got string
}

func (e *ChangedError) Error() string {
	if e.Want == "" {
		return fmt.Sprintf("%s has no digest for %s %s from %s: 'hchart dependency update --verify-lock' records it",
			sumsFile, e.Name, e.Version, e.Repository)
	}
	return fmt.Sprintf("%s %s from %s is not what it was: %s has the digest %s, the archive %s. If the change is wanted, delete its line and update with --verify-lock",
		e.Name, e.Version, e.Repository, sumsFile, e.Want, e.Got)
}

// ArchiveError is an archive that cannot go into charts/.
type ArchiveError struct {
	File   string
	Reason string
	Err    error
}

func (e *ArchiveError) Error() string {
	s := e.File + " " + e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *ArchiveError) Unwrap() error { return e.Err }
