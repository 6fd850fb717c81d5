package cli

import (
	"fmt"

	"github.com/hchart/hchart/repo/dependency"
)

// dependencyLines prints what happens to dependencies, as Helm does. Its reader may have
// gone away, which err tells in the end: the work is not left half done for that.
type dependencyLines struct {
	f   *factory
	err error
}

func (l *dependencyLines) print(format string, args ...any) {
	if err := l.f.print(fmt.Sprintf(format, args...)); l.err == nil {
		l.err = err
	}
}

func (l *dependencyLines) notify(e dependency.Event) {
	switch e.Kind {
	case dependency.FoundLocal:
		if l.f.settings.debug {
			l.print("Repository from local path: %s\n", e.Repository)
		}
	case dependency.RefreshingUnmanaged:
		l.print("Getting updates for unmanaged Helm repositories...\n")
	case dependency.Refreshing:
		l.print("Hang tight while we grab the latest from your chart repositories...\n")
	case dependency.Refreshed:
		l.refreshed(e)
	case dependency.RefreshDone:
		l.print("Update Complete. ⎈Happy Helming!⎈\n")
	case dependency.OldDigest:
		l.f.logger().Warn("the digest of the lock is none of Helm 3, it is compared with that of Helm 2")
	default:
		l.saving(e)
	}
}

func (l *dependencyLines) refreshed(e dependency.Event) {
	name := e.Name
	if name == "" {
		name = e.Repository
	}
	l.f.debug("index", "repository", name, "failed", e.Err != nil)
	switch {
	case e.Err == nil:
		l.print("...Successfully got an update from the %q chart repository\n", name)
	case e.Name == "":
		l.print("...Unable to get an update from the %q chart repository:\n\t%s\n", name, e.Err)
	default:
		l.print("...Unable to get an update from the %q chart repository (%s):\n\t%s\n", name, e.Repository, e.Err)
	}
}

func (l *dependencyLines) saving(e dependency.Event) {
	switch e.Kind {
	case dependency.Saving:
		l.print("Saving %d charts\n", e.Count)
	case dependency.InCharts:
		l.print("Dependency %s did not declare a repository. Assuming it exists in the charts directory\n", e.Name)
	case dependency.Archiving:
		if l.f.settings.debug {
			l.print("Archiving %s from repo %s\n", e.Name, e.Repository)
		}
	case dependency.Downloading:
		l.print("Downloading %s from repo %s\n", e.Name, e.Repository)
	case dependency.Shared:
		if e.Resolved.Registry != nil { // which Helm asks again
			l.print("Downloading %s from repo %s\n%s", e.Name, e.Repository, pulledText(e.Resolved))
			return
		}
		l.print("Already downloaded %s from repo %s\n", e.Name, e.Repository)
	case dependency.Pulled:
		l.print("%s", pulledText(e.Resolved))
	case dependency.SaveFailed:
		l.print("Save error occurred:  %s\n", e.Err)
	case dependency.Deleting:
		l.print("Deleting outdated charts\n")
	case dependency.NotAChart:
		l.print("Could not verify %s for deletion: %s (Skipping)\n", e.Name, e.Err)
	}
}
