package deploy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// UninstallOptions are the options of Uninstall.
type UninstallOptions struct {
	// Timeout is for each step that waits.
	Timeout time.Duration
	// Wait waits until objects are gone, unless it is empty or kube.WaitHookOnly.
	Wait    string
	NoHooks bool
	// KeepHistory keeps the records, so that the release can be rolled back.
	KeepHistory bool
	// IgnoreNotFound makes it no error that there is no such release.
	IgnoreNotFound bool
	// Propagation is "background" (if it is empty), "foreground" or "orphan".
	Propagation string
	Description string
	// DryRun only says what would be uninstalled.
	DryRun bool
}

// Uninstalled is what Uninstall did.
type Uninstalled struct {
	// Release is the last revision; nil if there was none (IgnoreNotFound).
	Release *release.Release
	// Kept are objects that were left because of their resource policy, Foreign
	// those that belong to somebody else.
	Kept    []*kube.Object
	Foreign []kube.Change
}

// Info says in Helm's words what was left, "" if nothing was.
func (u *Uninstalled) Info() string {
	var b strings.Builder
	if len(u.Kept) > 0 {
		b.WriteString("These resources were kept due to the resource policy:\n")
		for _, o := range u.Kept {
			fmt.Fprintf(&b, "[%s] %s\n", o.Kind, o.Name)
		}
	}
	if len(u.Foreign) > 0 {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%d resource(s) were not deleted because they are not owned by this release:\n", len(u.Foreign))
		for _, ch := range u.Foreign {
			fmt.Fprintf(&b, "[%s] %s\n", ch.Object.Kind, ch.Object.Name)
		}
	}
	return b.String()
}

// Uninstall deletes the objects of a release and its records. The errors are like those
// of Rollback, *release.NotFoundError and *UninstalledError.
func Uninstall(ctx context.Context, env Env, name string, opts UninstallOptions) (*Uninstalled, error) {
	u := &uninstaller{env: &env, name: name, opts: &opts}
	if opts.DryRun {
		return u.dryRun(ctx)
	}
	err := begin(ctx, &env, name, "uninstall", u.run)
	if opts.IgnoreNotFound && u.result.Release == nil && isNotFound(err) {
		return &Uninstalled{}, nil
	}
	return &u.result, err
}

// uninstaller is one call of Uninstall.
type uninstaller struct {
	env    *Env
	name   string
	opts   *UninstallOptions
	result Uninstalled
}

func (u *uninstaller) dryRun(ctx context.Context) (*Uninstalled, error) {
	op := &operation{env: u.env, name: u.name}
	if err := op.load(ctx); err != nil {
		return nil, err
	}
	last := op.history.Last()
	if last == nil {
		if u.opts.IgnoreNotFound {
			return &Uninstalled{}, nil
		}
		return nil, &release.NotFoundError{Name: u.name}
	}
	objs, err := u.env.earlier(ctx, op.history.Since())
	if err != nil {
		return nil, err
	}
	u.result.Release = last.Release
	for _, o := range objs {
		if o.Kept() {
			u.result.Kept = append(u.result.Kept, o)
		}
	}
	return &u.result, nil
}

// run uninstalls, with the lease.
func (u *uninstaller) run(ctx context.Context, op *operation) error {
	last := op.history.Last()
	if last == nil {
		if op.inherited("uninstall") {
			return nil // the one that died had done it
		}
		return fmt.Errorf("uninstall: Release not loaded: %s: %w", u.name, &release.NotFoundError{Name: u.name})
	}
	rel := last.Release
	u.result.Release = rel
	if rel.Info.Status == release.Uninstalled {
		switch {
		case !u.opts.KeepHistory:
			return u.purge(ctx, op)
		case op.inherited("uninstall") && op.whileDead(rel.Info.Deleted):
			return u.keep(ctx, op, last) // the one that died had done nearly all
		}
		return &UninstalledError{Name: u.name}
	}
	since := op.history.Since()
	rel.Info.Deleted = u.env.now()
	rel.SetStatus(release.Uninstalling, "Deletion in progress (or silently failed)")
	if err := op.save(ctx, last); err != nil {
		return err
	}
	if err := u.delete(ctx, op, last, since); err != nil {
		return join(err, op.fail(ctx, last, fmt.Sprintf("Uninstallation of %q failed: %s", u.name, err)))
	}
	if !u.opts.KeepHistory {
		return u.purge(ctx, op)
	}
	return u.keep(ctx, op, last)
}

// delete runs the hooks and deletes the objects of all revisions since the last good one.
func (u *uninstaller) delete(ctx context.Context, op *operation, last *release.Record, since release.History) error {
	apply := &Apply{Timeout: u.opts.Timeout, Wait: u.opts.Wait}
	if !u.opts.NoHooks {
		if err := op.runHooks(ctx, last, manifest.PreDelete, true, apply); err != nil {
			return err
		}
	}
	objs, err := u.env.earlier(ctx, since)
	if err != nil {
		return err
	}
	changes, err := u.env.Client.Delete(ctx, inOrder(objs, manifest.UninstallOrder()), kube.DeleteOptions{
		Propagation: u.opts.Propagation, Owner: kube.Owner{Release: u.name, Namespace: u.env.Namespace}, Guard: op.lease.Check,
		Progress: func(ch kube.Change) { u.env.notify(Event{Kind: Applied, Change: ch}) },
	})
	if err != nil {
		return fmt.Errorf("failed to delete release: %s: %w", u.name, err)
	}
	var gone []*kube.Object
	for _, ch := range changes {
		switch ch.Action {
		case kube.Deleted:
			gone = append(gone, ch.Object)
		case kube.Kept:
			u.result.Kept = append(u.result.Kept, ch.Object)
		case kube.Foreign:
			u.env.warn(fmt.Sprintf("%s is left, it is not owned by this release: %s", ch.Object, ch.Reason))
			u.result.Foreign = append(u.result.Foreign, ch)
		}
	}
	if apply.waits() {
		if err := u.env.Client.WaitDeleted(ctx, gone, u.opts.Timeout); err != nil {
			return err
		}
	}
	if !u.opts.NoHooks {
		return op.runHooks(ctx, last, manifest.PostDelete, true, apply)
	}
	return nil
}

// purge deletes the records, the last one last: until then the command can be run again.
func (u *uninstaller) purge(ctx context.Context, op *operation) error {
	if err := op.lease.Check(ctx); err != nil {
		return err
	}
	if last := op.history.Last().Release; last.Info.Status == release.Uninstalling {
		last.Info.Status, last.Info.Description = release.Uninstalled, u.description()
	}
	for _, rec := range op.history {
		if err := op.remove(ctx, rec.Release.Version); err != nil {
			err = fmt.Errorf("uninstall: Failed to purge the release: %w", err)
			return join(err, u.unpurged(ctx, op))
		}
	}
	return nil
}

// unpurged leaves the last revision as uninstalled where its record could not be deleted:
// its objects are gone, and the next uninstallation deletes the record.
func (u *uninstaller) unpurged(ctx context.Context, op *operation) error {
	ctx, cancel := op.ending(ctx)
	defer cancel()
	if err := op.save(ctx, op.history.Last()); err != nil && !isNotFound(err) {
		op.open = true
		return fmt.Errorf("recording that it is uninstalled: %w", err)
	}
	return nil
}

func (u *uninstaller) description() string {
	if u.opts.Description != "" {
		return u.opts.Description
	}
	return "Uninstallation complete"
}

// keep ends the last revision as uninstalled, and those deployed before it.
func (u *uninstaller) keep(ctx context.Context, op *operation, last *release.Record) error {
	last.Release.SetStatus(release.Uninstalled, u.description())
	if err := op.save(ctx, last); err != nil {
		return err
	}
	for _, old := range op.history {
		if old != last && old.Release.Info.Status == release.Deployed {
			old.Release.Info.Status = release.Superseded
			if err := op.save(ctx, old); err != nil {
				return err
			}
		}
	}
	return nil
}
