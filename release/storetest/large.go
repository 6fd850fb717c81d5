package storetest

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/hchart/hchart/release"
)

// noise is text that does not get smaller when it is compressed.
func noise(seed uint64, n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
	r := rand.New(rand.NewPCG(seed, 1))
	text := make([]byte, n)
	for i := range text {
		text[i] = letters[r.IntN(len(letters))]
	}
	return string(text)
}

// large writes a record that is too large for one object of Kubernetes, and changes it.
func (t *tester) large() {
	r := t.new("web", 1, release.PendingInstall)
	r.Manifest = noise(1, 9<<17)
	version := t.add(r)
	t.same(t.get("web", 1).Release, r)

	r.SetStatus(release.Deployed, "done")
	r.Manifest = noise(2, 1100<<10)
	stale := version
	version, err := t.store.Update(t.Context(), r, version)
	if err != nil {
		t.Fatal(err)
	}
	rec := t.get("web", 1)
	t.same(rec.Release, r)
	if rec.Version != version {
		t.Errorf("Get gives version %q, Update %q", rec.Version, version)
	}

	_, err = t.store.Update(t.Context(), t.new("web", 1, release.Failed), stale)
	is[*release.ConflictError](t, err)
	t.same(t.get("web", 1).Release, r)
	entries, err := t.store.Entries(t.Context(), release.Query{})
	if err != nil || len(entries) != 1 {
		t.Errorf("entries %v, error %v: the parts of a record are no records", entries, err)
	}
	n := 0
	err = t.store.Records(t.Context(), release.Query{Name: "web"}, release.RecordOptions{}, func(rec *release.Record) error {
		n++
		t.same(rec.Release, r)
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d records, error %v", n, err)
	}

	small := t.new("web", 1, release.Failed)
	if _, err := t.store.Update(t.Context(), small, version); err != nil {
		t.Fatal(err)
	}
	t.same(t.get("web", 1).Release, small)
	if err := t.store.Delete(t.Context(), "web", 1); err != nil {
		t.Fatal(err)
	}
	_, err = t.store.Get(t.Context(), "web", 1)
	is[*release.NotFoundError](t, err)
}

// context has calls end with their context.
func (t *tester) context() {
	version := t.add(t.new("web", 1, release.Deployed))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, create := t.store.Create(ctx, t.new("web", 2, release.Deployed))
	_, update := t.store.Update(ctx, t.new("web", 1, release.Failed), version)
	_, get := t.store.Get(ctx, "web", 1)
	_, entries := t.store.Entries(ctx, release.Query{})
	records := t.store.Records(ctx, release.Query{}, release.RecordOptions{}, func(*release.Record) error { return nil })
	for name, err := range map[string]error{
		"Create": create, "Update": update, "Get": get, "Entries": entries, "Records": records,
		"Delete": t.store.Delete(ctx, "web", 1),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with a context that has ended: %v", name, err)
		}
	}
	if got := t.get("web", 1); got.Release.Info.Status != release.Deployed || got.Version != version {
		t.Errorf("a call whose context had ended wrote %+v", got.Release.Info)
	}
}
