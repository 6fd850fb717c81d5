package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"
)

func isRegistryRef(arg string) bool { return strings.HasPrefix(arg, "oci://") }

// registry lists versions of charts in registries.
func (o *searchRepoOptions) registry(ctx context.Context, f *factory, refs []string) error {
	if o.search.Regexp {
		return errors.New("a registry cannot be searched by a regular expression (--regexp): name the chart, oci://HOST/PATH/NAME")
	}
	allowed, err := o.constraint()
	if err != nil {
		return err
	}
	var elements []chartElement
	for _, ref := range refs {
		if !isRegistryRef(ref) {
			return errors.New("words and charts in registries (oci://) cannot be looked for together")
		}
		found, err := o.versions(ctx, f, strings.TrimPrefix(ref, "oci://"), allowed)
		if err != nil {
			return err
		}
		elements = append(elements, found...)
	}
	return o.show(f, elements)
}

// versions returns what a registry has of a chart: all versions that are allowed or the
// newest of them.
func (o *searchRepoOptions) versions(ctx context.Context, f *factory, ref string, allowed *semver.Constraints) ([]chartElement, error) {
	client, access := f.registryClient(), o.transport.access(f, false)
	tags, err := client.Tags(ctx, ref, access)
	if err != nil {
		return nil, err
	}
	elements := []chartElement{}
	for _, tag := range tags {
		if v, err := semver.NewVersion(tag); err != nil || !allowed.Check(v) {
			continue
		}
		e := chartElement{Name: "oci://" + ref, Version: tag}
		if len(elements) == 0 {
			found, err := client.Resolve(ctx, ref, tag, access)
			if err != nil {
				return nil, err
			}
			e.AppVersion, e.Description = found.AppVersion, found.Description
		}
		elements = append(elements, e)
		if !o.search.Versions {
			break
		}
	}
	return elements, nil
}

// constraint is what versions have to meet: all that are no pre-releases if nothing is
// said.
func (o *searchRepoOptions) constraint() (*semver.Constraints, error) {
	text := o.search.Version
	switch {
	case text != "":
	case o.search.Devel:
		text = ">0.0.0-0"
	default:
		text = ">0.0.0"
	}
	allowed, err := semver.NewConstraint(text)
	if err != nil {
		return nil, fmt.Errorf("--version %q: %w", text, err)
	}
	return allowed, nil
}
