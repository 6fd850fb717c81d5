package lint

import (
	"fmt"
	"strconv"
	"strings"
)

func objectLifecycleChecks() []check[*object] {
	return []check[*object]{
		{Rule{"object-deprecated", Warning, "the API version is not deprecated in the version of Kubernetes"}, checkDeprecated},
	}
}

// lifecycle says when an API of Kubernetes came to its end.
type lifecycle struct {
	apiVersion, kind string
	deprecated       release
	removed          release // zero when that is not settled
	replacement      string  // "apps/v1 Deployment"; empty when there is none
}

// release is a version of Kubernetes.
type release struct{ major, minor int }

func (r release) String() string { return fmt.Sprintf("v%d.%d+", r.major, r.minor) }

func (r release) after(other release) bool {
	if r.major != other.major {
		return r.major > other.major
	}
	return r.minor > other.minor
}

// DeprecatedError says that an object uses an API that is deprecated.
type DeprecatedError struct {
	APIVersion, Kind string
	// Deprecated and Removed are releases of Kubernetes such as "v1.16+";
	// Removed is empty when that is not settled.
	Deprecated, Removed string
	// Replacement is what to use instead ("apps/v1 Deployment"); empty when
	// there is nothing.
	Replacement string
}

func (e *DeprecatedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s is deprecated in %s", e.APIVersion, e.Kind, e.Deprecated)
	if e.Removed != "" {
		fmt.Fprintf(&b, ", unavailable in %s", e.Removed)
	}
	if e.Replacement != "" {
		fmt.Fprintf(&b, "; use %s", e.Replacement)
	}
	return b.String()
}

func checkDeprecated(o *object) error {
	api, ok := lifecycleOf(o.APIVersion, o.Kind)
	if !ok {
		return nil
	}
	major, err := strconv.Atoi(o.kubeVersion.Major)
	if err != nil {
		return err
	}
	minor, err := strconv.Atoi(o.kubeVersion.Minor)
	if err != nil {
		return err
	}
	if api.deprecated.after(release{major, minor}) {
		return nil
	}
	complaint := &DeprecatedError{
		APIVersion:  o.APIVersion,
		Kind:        o.Kind,
		Deprecated:  api.deprecated.String(),
		Replacement: api.replacement,
	}
	if api.removed != (release{}) {
		complaint.Removed = api.removed.String()
	}
	return complaint
}

// lifecycleOf looks an API up among those that are ever deprecated.
func lifecycleOf(apiVersion, kind string) (lifecycle, bool) {
	for _, api := range lifecycleTable {
		if api.apiVersion == apiVersion && api.kind == kind {
			return api, true
		}
	}
	return lifecycle{}, false
}
