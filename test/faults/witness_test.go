package faults

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
)

// stored is the Secret of a record, as the server sends it.
func stored(t *testing.T, revision int, status, manifest string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"name": "rel", "version": revision, "namespace": "f-s1", "manifest": manifest,
		"info": map[string]any{"status": status},
		"hooks": []any{map[string]any{
			"name": "before", "kind": "Job", "events": []string{"pre-upgrade"},
			"manifest": "kind: Job\nmetadata:\n  labels: {a: b}\n  name: before\n",
			"last_run": map[string]any{"phase": "Succeeded"},
		}},
		"chart": map[string]any{"files": []any{map[string]any{
			"name": "crds/w.yaml", "data": []byte("kind: CustomResourceDefinition\nmetadata:\n  name: w\n"),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	if _, err := zw.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(map[string]any{
		"kind": "Secret", "type": recordType,
		"metadata": map[string]any{
			"name":   fmt.Sprintf("sh.helm.release.v1.rel.v%d", revision),
			"labels": map[string]string{"owner": "helm", "name": "rel", "version": fmt.Sprint(revision), "status": status},
		},
		"data": map[string]any{"release": []byte(base64.StdEncoding.EncodeToString(packed.Bytes()))},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// created is the answer to the creation of an object.
func created(kind, name string) string {
	return fmt.Sprintf(`{"kind":%q,"metadata":{"name":%q}}`, kind, name)
}

// TestWitness checks that each invariant which the proxy watches over is seen to be
// violated, and to be kept.
func TestWitness(t *testing.T) {
	const main = "kind: ConfigMap\nmetadata:\n  name: main\n"
	const records = "/api/v1/namespaces/f-s1/secrets"
	type step struct{ method, path, body string }
	pending, deployed := step{"POST", records, stored(t, 1, "pending-install", main)}, step{"PUT", records, stored(t, 1, "deployed", main)}
	over := step{"PUT", records, stored(t, 1, "superseded", main)}
	second := step{"POST", records, stored(t, 2, "deployed", main)}
	broken := step{"POST", records, `{"kind":"Secret","type":"` + recordType + `","metadata":{"name":"sh.helm.release.v1.rel.v1"},"data":{"release":"bm8="}}`}
	renamed := step{"POST", records, string(bytes.Replace([]byte(stored(t, 1, "failed", main)), []byte(`"status":"failed"`), []byte(`"status":"deployed"`), 1))}
	remove := step{"DELETE", records + "/sh.helm.release.v1.rel.v1", "{}"}
	object := step{"PATCH", "/api/v1/namespaces/f-s1/configmaps/main", created("ConfigMap", "main")}
	hook := step{"POST", "/apis/batch/v1/namespaces/f-s1/jobs", created("Job", "before")}
	definition := step{"POST", "/apis/…", created("CustomResourceDefinition", "w")}
	for _, tt := range []struct {
		name  string
		steps []step
		want  []string
	}{
		{"recorded first", []step{pending, object, hook, definition, deployed}, nil},
		{"created first", []step{object, pending, deployed}, []string{"I1"}},
		{"a hook is created first", []step{hook, pending, deployed}, []string{"I1"}},
		{"a definition is created first", []step{definition, pending}, []string{"I1"}},
		{"exempt", []step{{"POST", "/x", created("Lease", "l")}, {"POST", "/x", created("Namespace", "f-s1")}, pending, hook}, nil},
		{"another namespace", []step{{"POST", "/x", created("Namespace", "f-s1-extra")}, pending, hook}, []string{"I1"}},
		{"new, then old", []step{pending, hook, deployed, second, over}, nil},
		{"old, then new", []step{pending, hook, deployed, over, second}, []string{"I2"}},
		{"the deployed one is deleted", []step{pending, hook, deployed, remove}, []string{"I2"}},
		{"unreadable", []step{broken, pending, hook}, []string{"I7"}},
		{"label and record disagree", []step{renamed, pending, hook}, []string{"I7"}},
	} {
		w := newWitness(newPlace("s1", ""))
		w.begin(false)
		for _, s := range tt.steps {
			r := httptest.NewRequest(s.method, s.path, nil)
			named := w.before(r, nil)
			w.after(r, named, 201, []byte(s.body))
		}
		var got []string
		for _, v := range w.seen() {
			got = append(got, v.Invariant)
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: violations %v, want %v", tt.name, w.seen(), tt.want)
		}
	}
}

// TestHooks checks that a hook which did not run, or of which the record does not say
// that it succeeded, is seen.
func TestHooks(t *testing.T) {
	run := func(phase string) []*record {
		var r record
		text := fmt.Sprintf(`{"hooks":[{"kind":"Job","name":"after","events":["post-upgrade"],"last_run":{"phase":%q}},
{"kind":"Pod","name":"last","events":["post-install"]}]}`, phase)
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			t.Fatal(err)
		}
		return []*record{{}, &r}
	}
	all := map[string]bool{"ConfigMap/first": true, "Job/before": true, "Job/after": true, "Pod/last": true}
	for _, tt := range []struct {
		name    string
		created map[string]bool
		phase   string
		want    int
	}{
		{"all ran", all, "Succeeded", 0},
		{"one did not run", map[string]bool{"ConfigMap/first": true, "Job/after": true, "Pod/last": true}, "Succeeded", 1},
		{"one did not end", all, "Running", 1},
	} {
		w := newWitness(newPlace("s1", ""))
		w.created = tt.created
		w.checkHooks("upgrade", run(tt.phase))
		if v := w.seen(); len(v) != tt.want {
			t.Errorf("%s: %v", tt.name, v)
		}
	}
}

// TestCompare checks that what differs between two states is seen, and under which
// invariant.
func TestCompare(t *testing.T) {
	base := func() *state {
		r := &record{Version: 2, Manifest: "kind: X-s1"}
		r.Info.Status = "deployed"
		return &state{objects: map[string]string{"a/1": "x", "a/2": "y"}, records: []*record{r}}
	}
	for _, tt := range []struct {
		name   string
		change func(*state)
		want   []string
	}{
		{"the same", func(*state) {}, nil},
		{"another history", func(s *state) { s.records = append([]*record{{Version: 1}}, s.records...) }, nil},
		{"missing", func(s *state) { delete(s.objects, "a/1") }, []string{"I3"}},
		{"different", func(s *state) { s.objects["a/1"] = "z" }, []string{"I3"}},
		{"too many", func(s *state) { s.objects["a/3"] = "z" }, []string{"I4"}},
		{"failed", func(s *state) { s.records[0].Info.Status = "failed" }, []string{"I3"}},
		{"no record", func(s *state) { s.records = nil }, []string{"I3"}},
		{"two deployed", func(s *state) {
			r := &record{Version: 1}
			r.Info.Status = "deployed"
			s.records = append([]*record{r}, s.records...)
		}, []string{"I3"}},
	} {
		got := base()
		tt.change(got)
		want := base()
		relabel(want, newPlace("s1", ""))
		var found []string
		for _, v := range got.compare(want, newPlace("s1", "")) {
			found = append(found, v.Invariant)
		}
		if !slices.Equal(found, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, found, tt.want)
		}
	}
}
