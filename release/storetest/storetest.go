// Package storetest tests implementations of release.Store, as testing/fstest does those
// of fs.FS. A new store runs it with a few lines:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) release.Store { return memory.New() }, storetest.Options{})
//	}
package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
)

// Namespace is the namespace of the releases that Run writes.
const Namespace = "storetest"

// Run tests the stores that open returns. Each has to be empty, and to keep the releases
// of the namespace that New gives to its releases, unless options say another.
func Run(t *testing.T, open func(t *testing.T) release.Store, opts Options) {
	for _, tt := range []struct {
		name string
		test func(*tester)
	}{
		{"Create", (*tester).create},
		{"Update", (*tester).update},
		{"Delete", (*tester).delete},
		{"Labels", (*tester).labels},
		{"Query", (*tester).query},
		{"Records", (*tester).records},
		{"Summary", (*tester).summary},
		{"Large", (*tester).large},
		{"Race", (*tester).race},
		{"Context", (*tester).context},
	} {
		t.Run(tt.name, func(t *testing.T) {
			namespace := opts.Namespace
			if namespace == "" {
				namespace = Namespace
			}
			tt.test(&tester{T: t, store: open(t), namespace: namespace})
		})
	}
}

// Options are the options of Run.
type Options struct {
	// Namespace is that of the releases, the constant Namespace if it is empty.
	Namespace string
}

// New makes a release with something in each of its fields.
func New(namespace, name string, revision int, status release.Status) *release.Release {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &release.Release{
		Name: name, Namespace: namespace, Version: revision,
		Info: &release.Info{
			FirstDeployed: at, LastDeployed: at.Add(time.Hour), Description: "Install complete", Status: status, Notes: "Well done.\n",
		},
		Chart: &chart.Chart{
			Metadata:  &chart.Metadata{APIVersion: "v2", Name: "web", Version: "1.2.3", AppVersion: "4.5"},
			Templates: []*chart.File{{Name: "templates/web.yaml", Data: []byte("a: {{ .Values.a }}\n")}},
			Values:    map[string]any{"a": "b"},
		},
		Config:      map[string]any{"replicas": 2.0, "nested": map[string]any{"list": []any{"x", nil, true}}},
		Manifest:    "---\na: b\n",
		Hooks:       []*release.Hook{{Name: "job", Kind: "Job", Path: "web/templates/job.yaml", Manifest: "kind: Job\n", Events: []string{"pre-install"}, Weight: -5}},
		ApplyMethod: release.ServerSide,
	}
}

// tester has what the tests have in common.
type tester struct {
	*testing.T
	store     release.Store
	namespace string
}

func (t *tester) new(name string, revision int, status release.Status) *release.Release {
	return New(t.namespace, name, revision, status)
}

// add creates a record and returns its version.
func (t *tester) add(r *release.Release) string {
	t.Helper()
	version, err := t.store.Create(t.Context(), r)
	if err != nil {
		t.Fatalf("Create %s %d: %v", r.Name, r.Version, err)
	}
	return version
}

func (t *tester) get(name string, revision int) *release.Record {
	t.Helper()
	rec, err := t.store.Get(t.Context(), name, revision)
	if err != nil {
		t.Fatalf("Get %s %d: %v", name, revision, err)
	}
	return rec
}

// same compares what was read with what was written. A store gives labels that are
// never nil.
func (t *tester) same(got, want *release.Release) {
	t.Helper()
	w := want.Clone()
	if w.Labels == nil {
		w.Labels = map[string]string{}
	}
	a, err := json.Marshal(got) // what Encode compresses
	b, err2 := json.Marshal(w)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	if string(a) != string(b) {
		t.Errorf("read\n%.2000s\nwritten\n%.2000s", a, b)
	}
	if !reflect.DeepEqual(got.Labels, w.Labels) {
		t.Errorf("labels %v, written %v", got.Labels, w.Labels)
	}
}

func is[E error](t *tester, err error) {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Errorf("error %v (%T), want a %T", err, err, want)
	}
}

func (t *tester) create() {
	r := t.new("web", 1, release.PendingInstall)
	version := t.add(r)
	if version == "" {
		t.Error("Create gave no version")
	}
	rec := t.get("web", 1)
	t.same(rec.Release, r)
	if rec.Version != version {
		t.Errorf("Get gives version %q, Create %q", rec.Version, version)
	}
	_, err := t.store.Create(t.Context(), r)
	is[*release.ExistsError](t, err)
	t.add(t.new("web", 2, release.PendingUpgrade))
	for _, tt := range []struct {
		name     string
		revision int
	}{{"web", 3}, {"other", 1}, {"we", 1}} {
		_, err := t.store.Get(t.Context(), tt.name, tt.revision)
		is[*release.NotFoundError](t, err)
	}
}

func (t *tester) update() {
	r := t.new("web", 1, release.PendingInstall)
	first := t.add(r)
	r.SetStatus(release.Deployed, "Install complete")
	second, err := t.store.Update(t.Context(), r, first)
	if err != nil {
		t.Fatal(err)
	}
	if second == first || second == "" {
		t.Errorf("the version is %q after %q", second, first)
	}
	rec := t.get("web", 1)
	t.same(rec.Release, r)
	if rec.Version != second {
		t.Errorf("Get gives version %q, Update %q", rec.Version, second)
	}
	r.SetStatus(release.Failed, "too late")
	_, err = t.store.Update(t.Context(), r, first)
	is[*release.ConflictError](t, err)
	if got := t.get("web", 1).Release.Info.Status; got != release.Deployed {
		t.Errorf("a write that was refused left %s", got)
	}
	_, err = t.store.Update(t.Context(), t.new("web", 7, release.Deployed), second)
	is[*release.NotFoundError](t, err)
}

func (t *tester) delete() {
	t.add(t.new("web", 1, release.Superseded))
	version := t.add(t.new("web", 2, release.Deployed))
	if err := t.store.Delete(t.Context(), "web", 1); err != nil {
		t.Fatal(err)
	}
	_, err := t.store.Get(t.Context(), "web", 1)
	is[*release.NotFoundError](t, err)
	is[*release.NotFoundError](t, t.store.Delete(t.Context(), "web", 1))
	if got := t.get("web", 2).Version; got != version {
		t.Errorf("another record changed with it: %q, was %q", got, version)
	}
	t.add(t.new("web", 1, release.Deployed)) // the place is free again
}

func (t *tester) labels() {
	r := t.new("web", 1, release.Deployed)
	r.Labels = map[string]string{"team": "blue", "example.com/tier": "1"}
	version := t.add(r)
	t.same(t.get("web", 1).Release, r)
	r.Labels = map[string]string{"team": "red"}
	if _, err := t.store.Update(t.Context(), r, version); err != nil {
		t.Fatal(err)
	}
	t.same(t.get("web", 1).Release, r)
	entries, err := t.store.Entries(t.Context(), release.Query{})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	for k, v := range map[string]string{"team": "red", "owner": "helm", "name": "web", "status": "deployed", "version": "1"} {
		if entries[0].Labels[k] != v {
			t.Errorf("the entry's label %s is %q, want %q", k, entries[0].Labels[k], v)
		}
	}
}

// fill adds records of three releases.
func (t *tester) fill() {
	for _, r := range []*release.Release{
		t.new("b", 1, release.Superseded), t.new("b", 10, release.Deployed), t.new("b", 2, release.Failed),
		t.new("a-b", 1, release.Uninstalled), t.new("a", 1, release.Deployed),
	} {
		r.Labels = map[string]string{"first": r.Name[:1]}
		t.add(r)
	}
}

func (t *tester) query() {
	t.fill()
	for _, tt := range []struct {
		q    release.Query
		want string
	}{
		{release.Query{}, "a.1 a-b.1 b.1 b.2 b.10"},
		{release.Query{Name: "b"}, "b.1 b.2 b.10"},
		{release.Query{Name: "none"}, ""},
		{release.Query{Statuses: []release.Status{release.Deployed}}, "a.1 b.10"},
		{release.Query{Statuses: []release.Status{release.Failed, release.Uninstalled}}, "a-b.1 b.2"},
		{release.Query{Selector: "first=a"}, "a.1 a-b.1"},
		{release.Query{Selector: "first!=a,status in (deployed, failed)"}, "b.2 b.10"},
		{release.Query{Name: "b", Statuses: []release.Status{release.Superseded}, Selector: "first"}, "b.1"},
	} {
		entries, err := t.store.Entries(t.Context(), tt.q)
		if err != nil {
			t.Errorf("%+v: %v", tt.q, err)
			continue
		}
		var got []string
		for _, e := range entries {
			got = append(got, fmt.Sprintf("%s.%d", e.Name, e.Revision))
			if e.Namespace != t.namespace || e.Version == "" || time.Since(e.Modified).Abs() > time.Hour {
				t.Errorf("%+v: entry %+v", tt.q, e)
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%+v: %q, want %q", tt.q, text, tt.want)
		}
	}
	if _, err := t.store.Entries(t.Context(), release.Query{Selector: "a=b=c"}); err == nil {
		t.Error("a selector that is none was accepted")
	}
}

func (t *tester) records() {
	t.fill()
	var got []string
	list := func(q release.Query, opts release.RecordOptions) error {
		got = nil
		return t.store.Records(t.Context(), q, opts, func(r *release.Record) error {
			if r.Release.Manifest == "" || r.Version == "" || r.Release.Labels["first"] == "" {
				t.Errorf("record %+v of %+v", r, r.Release)
			}
			got = append(got, fmt.Sprintf("%s.%d", r.Release.Name, r.Release.Version))
			return nil
		})
	}
	if err := list(release.Query{Name: "b"}, release.RecordOptions{}); err != nil || strings.Join(got, " ") != "b.1 b.2 b.10" {
		t.Errorf("records of b: %v, %v", got, err)
	}
	if err := list(release.Query{}, release.RecordOptions{}); err != nil || len(got) != 5 {
		t.Errorf("all records: %v, %v", got, err)
	}
	want := func(e release.Entry) bool { return e.Revision > 1 }
	if err := list(release.Query{}, release.RecordOptions{Want: want}); err != nil || strings.Join(got, " ") != "b.2 b.10" {
		t.Errorf("records wanted: %v, %v", got, err)
	}
	stop := errors.New("stop")
	calls := 0
	err := t.store.Records(t.Context(), release.Query{}, release.RecordOptions{}, func(*release.Record) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("after %d calls the error is %v, not the one returned", calls, err)
	}
	h, err := release.LoadHistory(t.Context(), t.store, "b")
	if err != nil || len(h) != 3 || h.Last().Release.Version != 10 {
		t.Errorf("history %v, %v", h, err)
	}
	_, err = release.LoadHistory(t.Context(), t.store, "none")
	is[*release.NotFoundError](t, err)
}

func (t *tester) summary() {
	full := t.new("web", 3, release.Deployed)
	full.Labels = map[string]string{"team": "blue"}
	version := t.add(full)
	n := 0
	err := t.store.Records(t.Context(), release.Query{}, release.RecordOptions{Summary: true}, func(rec *release.Record) error {
		n++
		r := rec.Release
		if r.Name != "web" || r.Version != 3 || r.Namespace != t.namespace || r.Labels["team"] != "blue" || rec.Version != version ||
			!r.Info.LastDeployed.Equal(full.Info.LastDeployed) || r.Info.Description != full.Info.Description || r.Info.Status != release.Deployed ||
			!reflect.DeepEqual(r.Chart.Metadata, full.Chart.Metadata) {
			t.Errorf("summary %+v", r)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d records, error %v", n, err)
	}
}

// race has many goroutines add to one record; what counts is that no addition is lost.
func (t *tester) race() {
	const workers, each = 4, 3
	r := t.new("web", 1, release.Deployed)
	r.Info.RollbackRevision = 1000
	t.add(r)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for done := 0; done < each; {
				rec, err := t.store.Get(t.Context(), "web", 1)
				if err != nil {
					t.Error(err)
					return
				}
				rec.Release.Info.RollbackRevision++
				switch _, err := t.store.Update(t.Context(), rec.Release, rec.Version); {
				case err == nil:
					done++
				case !errors.As(err, new(*release.ConflictError)):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if got := t.get("web", 1).Release.Info.RollbackRevision; got != 1000+workers*each {
		t.Errorf("%d additions are in the record, %d were made", got-1000, workers*each)
	}
	made := make(chan error, workers)
	for range workers {
		wg.Go(func() {
			_, err := t.store.Create(t.Context(), t.new("web", 2, release.PendingUpgrade))
			made <- err
		})
	}
	wg.Wait()
	close(made)
	won := 0
	for err := range made {
		if err == nil {
			won++
			continue
		}
		is[*release.ExistsError](t, err)
	}
	if won != 1 {
		t.Errorf("%d of %d made the same revision", won, workers)
	}
}
