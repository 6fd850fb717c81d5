package dependency

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

const everyKind = `
-- app/Chart.yaml --
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: web, version: ^1.0.0, repository: "@main", alias: front}
- {name: web, version: ^1.0.0, repository: "https://main.example/", alias: back}
- {name: db, version: 2.x, repository: "https://other.example/charts", import-values: [data, {child: a, parent: b}], tags: [x]}
- {name: queue, version: ">=1", repository: "oci://reg.example/team"}
- {name: mail, version: 0.3.0, repository: "oci://reg.example/team"}
- {name: near, version: "*", repository: "file://../near"}
- {name: own, version: 1.x, repository: ""}
-- app/charts/own/Chart.yaml --
apiVersion: v2
name: own
version: 1.7.0
-- near/Chart.yaml --
apiVersion: v2
name: near
version: 0.9.1
`

func everySource(t *testing.T) *fakeSource {
	s := newFakeSource(t)
	s.add("https://main.example", "web", "2.0.0", "1.4.0", "1.3.0")
	s.add("https://other.example/charts", "db", "3.0.0", "2.5.0", "2.6.0-rc.1")
	s.push("oci://reg.example/team/queue", "1.2.0", "1.1.0")
	s.push("oci://reg.example/team/mail", "0.3.0")
	return s
}

func TestUpdate(t *testing.T) {
	dir := write(t, everyKind)
	s, r := everySource(t), &recorder{}
	opts := Options{Source: s, Repositories: entries("main", "https://main.example", "bad", "https://bad.example"), Now: fixedNow, Notify: r.notify}
	result, err := Update(t.Context(), filepath.Join(dir, "app"), opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"db-2.5.0.tgz", "mail-0.3.0.tgz", "near-0.9.1.tgz", "own", "queue-1.2.0.tgz", "web-1.4.0.tgz"}
	if got := charts(t, filepath.Join(dir, "app")); !slices.Equal(got, want) {
		t.Errorf("charts/ has %v, want %v", got, want)
	}
	wantEvents := []string{
		"found near file://../near",
		"unmanaged", "refreshed https://other.example/charts",
		"refreshing", "refreshed main https://main.example", "refreshed bad https://bad.example !", "done",
		"saving 7",
		"downloading web https://main.example", "shared web https://main.example/",
		"downloading db https://other.example/charts",
		"downloading queue oci://reg.example/team", "pulled queue oci://reg.example/team",
		"downloading mail oci://reg.example/team", "pulled mail oci://reg.example/team",
		"archiving near file://../near", "in charts own",
		"deleting",
	}
	if !slices.Equal(r.events, wantEvents) {
		t.Errorf("events\n%s\nwant\n%s", strings.Join(r.events, "\n"), strings.Join(wantEvents, "\n"))
	}
	lock, err := os.ReadFile(filepath.Join(dir, "app", "Chart.lock"))
	if err != nil {
		t.Fatal(err)
	}
	wantLock := `dependencies:
- name: web
  repository: https://main.example
  version: 1.4.0
- name: web
  repository: https://main.example/
  version: 1.4.0
- name: db
  repository: https://other.example/charts
  version: 2.5.0
- name: queue
  repository: oci://reg.example/team
  version: 1.2.0
- name: mail
  repository: oci://reg.example/team
  version: 0.3.0
- name: near
  repository: file://../near
  version: 0.9.1
- name: own
  repository: ""
  version: 1.x
digest: ` + result.Lock.Digest + `
generated: "2026-01-02T03:04:05.000000006Z"
`
	if string(lock) != wantLock {
		t.Errorf("the lock is\n%s\nwant\n%s", lock, wantLock)
	}
	for what, n := range s.counts {
		if n != 1 {
			t.Errorf("%s: %d times", what, n)
		}
	}
	if !result.LockWritten || len(result.Charts) != 7 {
		t.Errorf("result %+v", result)
	}

	// Once more, nothing changes, and the lock keeps its time.
	opts.Now = nil
	before := tree(t, dir)
	if result, err = Update(t.Context(), filepath.Join(dir, "app"), opts); err != nil || result.LockWritten {
		t.Fatal(result, err)
	}
	if !reflect.DeepEqual(before, tree(t, dir)) {
		t.Error("the second update changed something")
	}

	// And the lock is enough to have all of it again. Its repositories have to be known.
	if err := os.RemoveAll(filepath.Join(dir, "app", "charts", "db-2.5.0.tgz")); err != nil {
		t.Fatal(err)
	}
	var unknown *UnknownRepositoryError
	if _, err = Build(t.Context(), filepath.Join(dir, "app"), opts); !errors.As(err, &unknown) || !unknown.Locked {
		t.Errorf("build with a repository that is not known: %v", err)
	}
	opts.Repositories = entries("main", "https://main.example", "o", "https://other.example/charts/")
	s.add("https://other.example/charts/", "db", "2.5.0")
	if _, err = Build(t.Context(), filepath.Join(dir, "app"), opts); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(before, tree(t, dir)) {
		t.Error("build did not bring back what the lock names")
	}
}

// TestOutdated has one of each that can lie in charts/.
func TestOutdated(t *testing.T) {
	dir := write(t, `
-- Chart.yaml --
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: web, version: ^1, repository: "https://main.example"}
- {name: own, version: 1.x, repository: ""}
-- charts/own/Chart.yaml --
apiVersion: v2
name: own
version: 1.7.0
-- charts/folder/Chart.yaml --
apiVersion: v2
name: folder
version: 1.7.0
-- charts/README --
not a chart
-- charts/.hchart-update/new/3 --
left over
-- charts/.hchart-update.ABC/old/3 --
left over
`)
	for name, version := range map[string]string{"web": "0.9.0", "own": "1.0.0", "undeclared": "1.0.0"} {
		file := filepath.Join(dir, "charts", name+"-"+version+".tgz")
		if err := os.WriteFile(file, archiveOf(t, name, version), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, r := newFakeSource(t), &recorder{}
	s.add("https://main.example", "web", "1.0.0")
	result, err := Update(t.Context(), dir, Options{Source: s, Notify: r.notify})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"README", "folder", "own", "own-1.0.0.tgz", "web-1.0.0.tgz"}
	if got := charts(t, dir); !slices.Equal(got, want) {
		t.Errorf("charts/ has %v, want %v", got, want)
	}
	slices.Sort(result.Deleted)
	if !slices.Equal(result.Deleted, []string{"undeclared-1.0.0.tgz", "web-0.9.0.tgz"}) {
		t.Errorf("deleted %v", result.Deleted)
	}
	if !slices.Contains(r.events, "no chart README !") {
		t.Errorf("events %v", r.events)
	}
}

// TestFailures are runs that fail, which leave everything as it was.
func TestFailures(t *testing.T) {
	const head = "-- Chart.yaml --\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n"
	const web = `- {name: web, version: 1.0.0, repository: "https://main.example"}` + "\n"
	const more = "-- charts/web-0.1.0.tgz --\nold\n-- Chart.lock --\ndigest: old\ndependencies: []\n"
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tt := range []struct {
		name    string
		chart   string
		prepare func(t *testing.T, dir string, s *fakeSource)
		ctx     context.Context
		build   bool
		opts    Options
		want    any // a pointer to the type of the error, or a part of its text
	}{
		{name: "no such chart", chart: head + web + `- {name: no, version: 1.0.0, repository: "https://main.example"}`, want: new(*NotFoundError)},
		{name: "no such version", chart: head + web + `- {name: web, version: 7.x, alias: b, repository: "https://main.example"}`, want: new(*UnsatisfiedError)},
		{name: "no such tag", chart: head + web + `- {name: x, version: 7.x, repository: "oci://reg.example/a"}`, want: new(*NotFoundError)},
		{name: "no such exact tag", chart: head + web + `- {name: x, version: 7.0.0, repository: "oci://reg.example/a"}`, want: new(*NotFoundError)},
		{name: "no such repository", chart: head + web + `- {name: x, version: 7.x, repository: "https://no.example/a"}`, want: new(*NotFoundError)},
		{name: "no such alias", chart: head + web + `- {name: x, version: 7.x, repository: "@nobody"}`, want: new(*UnknownRepositoryError)},
		{name: "no URL", chart: head + web + `- {name: x, version: 7.x, repository: "stable"}`, want: `"@stable"`},
		{name: "no such directory", chart: head + web + `- {name: x, version: 7.x, repository: "file://../x"}`, want: fs.ErrNotExist},
		{name: "no directory", chart: head + web + `- {name: x, version: 7.x, repository: "file://./Chart.yaml"}`, want: new(*NotDirectoryError)},
		{name: "no such folder in charts", chart: head + web + `- {name: x, version: 7.x, repository: ""}`, want: fs.ErrNotExist},
		{name: "bad range", chart: head + web + `- {name: x, version: "abc", repository: "https://main.example"}`, want: "invalid version"},
		{name: "slash in a name", chart: head + web + `- {name: "../../x", version: 1.0.0, repository: "https://main.example"}`, want: new(*InvalidError)},
		{name: "dots for a name", chart: head + web + `- {name: "..", version: 1.0.0, repository: ""}`, want: new(*InvalidError)},
		{name: "newline in an alias", chart: head + web + `- {name: x, alias: "a\nb", version: 1.0.0, repository: ""}`, want: new(*chart.ValidationError)},
		{name: "archive is gone", chart: head + web, want: errAbsent, prepare: func(_ *testing.T, _ string, s *fakeSource) {
			delete(s.archives, "https://main.example/web-1.0.0.tgz")
		}},
		{name: "archive was changed", chart: head + web, want: "another digest", prepare: func(t *testing.T, _ string, s *fakeSource) {
			s.archives["https://main.example/web-1.0.0.tgz"] = archiveOf(t, "web", "1.0.1")
		}},
		{name: "archive is no chart", chart: head + `- {name: x, version: 1.0.0, repository: "oci://reg.example/a"}`, want: new(*ArchiveError), prepare: func(_ *testing.T, _ string, s *fakeSource) {
			s.push("oci://reg.example/a/x", "1.0.0")
			s.archives["oci://reg.example/a/x:1.0.0"] = []byte("no chart")
		}},
		{name: "signature", chart: head + web, want: "unsigned", opts: Options{Verify: func(_, _ []byte, file string) error { return errors.New(file + " is unsigned") }}},
		{name: "directory of that name", chart: head + web + "-- charts/web-1.0.0.tgz/x --\n", want: new(*ArchiveError)},
		{name: "charts is a file", chart: head + web + "-- charts --\n", want: "is not a directory"},
		{name: "lock is a link", chart: head + web + "-- other --\ndigest: other\n", want: new(*LinkError), prepare: func(t *testing.T, dir string, _ *fakeSource) {
			link(t, "other", filepath.Join(dir, "Chart.lock"))
		}},
		{name: "charts leads out", chart: head + web, want: new(*LinkError), prepare: func(t *testing.T, dir string, _ *fakeSource) {
			link(t, t.TempDir(), filepath.Join(dir, "charts"))
		}},
		{name: "stage leads out", chart: head + web + "-- charts/x --\n", want: "is not a directory", prepare: func(t *testing.T, dir string, _ *fakeSource) {
			link(t, t.TempDir(), filepath.Join(dir, "charts", ".hchart-update"))
		}},
		{name: "two archives of a name", chart: head + web + `- {name: web, version: 1.0.0, alias: b, repository: "https://twin.example"}`, want: new(*CollisionError), prepare: func(t *testing.T, _ string, s *fakeSource) {
			s.add("https://twin.example", "twin", "1.0.0")
			s.indexes["https://twin.example"] = strings.ReplaceAll(s.indexes["https://twin.example"], "twin:", "web:")
			s.indexes["https://twin.example"] = strings.ReplaceAll(s.indexes["https://twin.example"], `"twin-1.0.0.tgz"`, `"x/web-1.0.0.tgz"`)
			s.archives["https://twin.example/x/web-1.0.0.tgz"] = s.archives["https://twin.example/twin-1.0.0.tgz"]
		}},
		{name: "a plan from somebody else", chart: head + web + "-- charts/.hchart-update/redo --\n" + `{"put":[{"number":1,"to":"../x"}]}`, want: "a plan that writes"},
		{name: "a plan to delete", chart: head + web + "-- charts/.hchart-update/undo --\n" + `{"delete":["charts/../../x"]}`, want: "a plan that deletes"},
		{name: "cancelled", chart: head + web, ctx: cancelled, want: context.Canceled},
		{name: "out of sync", chart: head + web + more, build: true, want: new(*OutOfSyncError)},
		{name: "not a directory", chart: head + web, want: new(*NotDirectoryError), prepare: func(t *testing.T, dir string, _ *fakeSource) {
			if err := os.Remove(filepath.Join(dir, "Chart.yaml")); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, tt.chart+"\n")
			s := newFakeSource(t)
			s.add("https://main.example", "web", "1.0.0")
			if tt.prepare != nil {
				tt.prepare(t, dir, s)
			}
			before := map[string]string{}
			if tt.name != "not a directory" {
				before = tree(t, dir)
			}
			tt.opts.Source = s
			ctx := tt.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			var err error
			if tt.build {
				tt.opts.Repositories = entries("main", "https://main.example")
				_, err = Build(ctx, dir, tt.opts)
			} else {
				_, err = Update(ctx, dir, tt.opts)
			}
			if !isError(err, tt.want) {
				t.Errorf("the error is %v (%T)", err, err)
			}
			if strings.HasPrefix(tt.name, "a plan") || tt.name == "not a directory" {
				return
			}
			if after := tree(t, dir); !reflect.DeepEqual(before, after) {
				t.Errorf("before %v\nafter %v", before, after)
			}
		})
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skip(err)
	}
}

// isError compares an error with a pointer to its type, with an error or with its text.
func isError(err error, want any) bool {
	switch want := want.(type) {
	case string:
		return err != nil && strings.Contains(err.Error(), want)
	case error:
		return errors.Is(err, want)
	}
	return err != nil && errors.As(err, want)
}

// TestHostileLock are locks that somebody wrote by hand.
func TestHostileLock(t *testing.T) {
	for _, dep := range []string{
		`{name: "../../x", repository: "", version: 1.0.0}`,
		`{name: "a/b", repository: "oci://reg.example", version: 1.0.0}`,
		`{name: "x\ny", repository: "https://main.example", version: 1.0.0}`,
		`{name: "x", repository: "https://main.example", version: "1.0.0\r\nHost: b"}`,
		`{name: "", repository: "", version: 1.0.0}`,
		`null`,
	} {
		dir := write(t, `
-- Chart.yaml --
apiVersion: v2
name: app
version: 1.0.0
dependencies:
- {name: web, version: ^1, repository: "https://main.example"}
-- Chart.lock --
dependencies: [`+dep+`]
digest: DIGEST
`)
		// The digest is right: it is no signature.
		opts := Options{Source: newFakeSource(t), Repositories: entries("main", "https://main.example")}
		ch, err := chart.Load(t.Context(), dir, chart.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		sum, err := Digest(ch.Metadata.Dependencies, ch.Lock.Dependencies)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "Chart.lock")
		data, _ := os.ReadFile(file)
		if err := os.WriteFile(file, []byte(strings.Replace(string(data), "DIGEST", sum, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		before := tree(t, dir)
		var invalid *InvalidError
		if _, err = Build(t.Context(), dir, opts); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", dep, err)
		}
		if !reflect.DeepEqual(before, tree(t, dir)) {
			t.Errorf("%s: something was changed", dep)
		}
	}
}
