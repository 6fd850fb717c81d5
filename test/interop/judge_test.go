package interop

import (
	"context"
	"regexp"
	"strings"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/test/player"
)

// judge looks at what two commands left.
func (r *racer) judge(ctx context.Context, o *outcome) error {
	records, err := r.cluster.Records(ctx, r.namespace, o.release)
	if err != nil {
		return err
	}
	all, err := r.cluster.Gone(ctx, r.namespace)
	if err != nil {
		return err
	}
	objects := player.Objects{}
	for name, object := range all {
		if object.Name() == o.release || strings.HasPrefix(object.Name(), o.release+"-") {
			objects[name] = object
		} else if strings.HasPrefix(name, "Lease ") && strings.HasSuffix(name, "."+o.release) {
			o.violate("%s is left", name)
		}
	}
	o.judgeResults()
	o.judgeHistory(records)
	o.judgeObjects(records, objects)
	return nil
}

// judgeResults: at least one of two wins, and who loses says why. Where one of them cannot
// be done whatever the other does, such as an upgrade of what is not installed, it may
// keep the other waiting in vain: then both lose.
func (o *outcome) judgeResults() {
	named := regexp.MustCompile(`in progress|in use|not found|already exists|no deployed releases|is working on|held|changed by someone else|another`)
	won := false
	for _, res := range o.results {
		switch {
		case res.Exit == 0:
			won = true
		case res.Exit < 0 || strings.Contains(res.Stderr, "panic"):
			o.violate("a command did not end as it should: %s", res)
		case !named.MatchString(res.Stderr):
			o.violate("who loses does not say why: %s", res)
		}
	}
	if !won && o.verbs[0] != "install" && o.verbs[1] != "install" {
		o.violate("both failed")
	}
}

// judgeHistory: nothing is pending any more, one revision at most is deployed, and what
// succeeded is there, unless an uninstall came after it.
func (o *outcome) judgeHistory(records []*release.Release) {
	deployed := 0
	for _, rec := range records {
		switch status := rec.Info.Status; {
		case status == release.Deployed:
			deployed++
		case status.IsPending() || status == release.Uninstalling:
			o.violate("revision %d stays %s", rec.Version, status)
		}
	}
	if deployed > 1 {
		o.violate("%d revisions are deployed", deployed)
	}
	nothing := len(records) == 0 && (o.uninstalled(-1) || !o.present && o.results[0].Exit != 0 && o.results[1].Exit != 0)
	if deployed == 0 && !nothing {
		o.violate("of %d revisions none is deployed", len(records))
	}
	for n, verb := range o.verbs {
		if o.results[n].Exit != 0 || verb == "uninstall" || o.uninstalled(n) {
			continue
		}
		found := false
		for _, rec := range records {
			mine := rec.Config["image"] == marker(n)
			if verb == "rollback" {
				mine = strings.HasPrefix(rec.Info.Description, "Rollback") && (o.verbs[1-n] != "rollback" || n == 0 || o.results[0].Exit != 0 || rec.Version == records[len(records)-1].Version)
			}
			found = found || mine && (rec.Info.Status == release.Deployed || rec.Info.Status == release.Superseded)
		}
		if !found {
			o.violate("the %s that succeeded is not in the history", verb)
		}
	}
	if o.verbs == [2]string{"rollback", "rollback"} && o.results[0].Exit == 0 && o.results[1].Exit == 0 && len(records) < 4 {
		o.violate("two rollbacks succeeded, the history has %d revisions", len(records))
	}
}

// uninstalled reports whether a command other than the n-th uninstalled.
func (o *outcome) uninstalled(n int) bool {
	for i, verb := range o.verbs {
		if i != n && verb == "uninstall" && o.results[i].Exit == 0 {
			return true
		}
	}
	return false
}

// judgeObjects: what is there is what the manifest of the deployed revision says, and
// nothing else.
func (o *outcome) judgeObjects(records []*release.Release, objects player.Objects) {
	var manifest string
	revision := 0
	for _, rec := range records {
		if rec.Info.Status == release.Deployed {
			manifest, revision = rec.Manifest, rec.Version
		}
	}
	want := map[string]bool{}
	wanted, err := kube.ParseObjects(manifest)
	if err != nil {
		o.violate("the manifest of revision %d: %v", revision, err)
	}
	for _, object := range wanted {
		key := object.Kind + " " + object.Name
		want[key] = true
		live, ok := objects[key]
		if !ok {
			o.violate("%s of revision %d is missing", key, revision)
			continue
		}
		delete(object.Fields, "stringData")
		if !within(object.Fields, map[string]any(live)) {
			o.violate("%s is not as revision %d says:%s", key, revision, live.Normal("-"))
		}
	}
	for _, name := range objects.Names() {
		if !want[name] {
			o.violate("%s is there, of which the deployed revision %d says nothing", name, revision)
		}
	}
}

// within reports whether a live value has all that a manifest says.
func within(want, live any) bool {
	switch want := want.(type) {
	case map[string]any:
		live, ok := live.(map[string]any)
		for key, value := range want {
			ok = ok && (key == "apiVersion" || within(value, live[key]))
		}
		return ok
	case []any:
		live, ok := live.([]any)
		if !ok || len(live) != len(want) {
			return false
		}
		for i := range want {
			if !within(want[i], live[i]) {
				return false
			}
		}
		return true
	case string:
		return want == live
	}
	return true // numbers are of another type in YAML
}
