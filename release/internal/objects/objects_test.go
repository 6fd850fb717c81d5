package objects

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/storetest"
)

func kinds() []Kind {
	return []Kind{
		{Name: "secret", Resource: "secrets", Type: "helm.sh/release.v1", Binary: true},
		{Name: "configmap", Resource: "configmaps"},
	}
}

func TestStore(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			storetest.Run(t, func(*testing.T) release.Store {
				return New(newFakeAPI(kind), kind, storetest.Namespace)
			}, storetest.Options{})
		})
	}
}

func open(t *testing.T) (*Store, *fakeAPI) {
	t.Helper()
	kind := kinds()[0]
	api := newFakeAPI(kind)
	s := New(api, kind, "default")
	s.now = func() time.Time { return time.Unix(1700000000, 0) }
	return s, api
}

func rel(revision int, status release.Status) *release.Release {
	return storetest.New("default", "web", revision, status)
}

// TestObject checks what Helm looks at.
func TestObject(t *testing.T) {
	s, api := open(t)
	r := rel(2, release.Deployed)
	r.Labels = map[string]string{"team": "blue", "owner": "me"}
	version, err := s.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := release.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	check := func(stamp string) {
		t.Helper()
		got := api.objects["sh.helm.release.v1.web.v2"]
		labels := map[string]string{"name": "web", "owner": "helm", "status": "deployed", "version": "2", "team": "blue", stamp: "1700000000"}
		if fmt.Sprint(got.Metadata.Labels) != fmt.Sprint(labels) {
			t.Errorf("labels %v, want %v", got.Metadata.Labels, labels)
		}
		if got.Type != "helm.sh/release.v1" || got.Kind != "Secret" || len(got.Data) != 1 || got.Data["release"] != base64.StdEncoding.EncodeToString(text) {
			t.Errorf("%s of type %s with %d values", got.Kind, got.Type, len(got.Data))
		}
	}
	check("createdAt")
	if _, err := s.Update(t.Context(), r, version); err != nil {
		t.Fatal(err)
	}
	check("modifiedAt")
	if got := api.requests(); got != "POST sh.helm.release.v1.web.v2, PUT sh.helm.release.v1.web.v2" {
		t.Errorf("requests: %s", got)
	}
}

func TestCorrupt(t *testing.T) {
	good, err := release.Encode(rel(1, release.Deployed))
	if err != nil {
		t.Fatal(err)
	}
	twice := base64.StdEncoding.EncodeToString
	for _, tt := range []struct {
		name string
		data map[string]string
		want string // of the error
	}{
		{"nothing", nil, `no data under the key "release"`},
		{"no base64 outside", map[string]string{"release": "!"}, "illegal base64"},
		{"no base64 inside", map[string]string{"release": twice([]byte("!!!!"))}, "illegal base64"},
		{"no JSON", map[string]string{"release": twice([]byte(twice([]byte("secret text"))))}, "invalid character"},
		{"half", map[string]string{"release": twice(good[:len(good)/8*4])}, "unexpected EOF"},
		{"empty", map[string]string{"release": twice([]byte(twice([]byte("{}"))))}, "no name"},
		{"parts", map[string]string{countKey: twice([]byte("7x"))}, "makes no sense"},
		{"many parts", map[string]string{countKey: twice([]byte("1000000")), writeKey: twice([]byte("012345"))}, "makes no sense"},
		{"missing part", map[string]string{countKey: twice([]byte("1")), writeKey: twice([]byte("012345"))}, "is not there"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, api := open(t)
			if _, err := s.Create(t.Context(), rel(1, release.Deployed)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Create(t.Context(), rel(2, release.Deployed)); err != nil {
				t.Fatal(err)
			}
			api.objects["sh.helm.release.v1.web.v1"].Data = tt.data
			api.objects["sh.helm.release.v1.web.v1"].Metadata.Namespace = "default"
			_, get := s.Get(t.Context(), "web", 1)
			list := s.Records(t.Context(), release.Query{}, release.RecordOptions{}, func(*release.Record) error { return nil })
			for call, err := range map[string]error{"Get": get, "Records": list} {
				corrupt, ok := errors.AsType[*release.CorruptError](err)
				if !ok || !strings.Contains(err.Error(), tt.want) || corrupt.Place != "secret default/sh.helm.release.v1.web.v1" {
					t.Errorf("%s: %v, want a CorruptError with %q", call, err, tt.want)
				}
				if err != nil && strings.Contains(err.Error(), "secret text") {
					t.Errorf("%s: the error has what is in the record: %v", call, err)
				}
			}
			if entries, err := s.Entries(t.Context(), release.Query{}); err != nil || len(entries) != 2 {
				t.Errorf("%d entries, %v", len(entries), err)
			}
		})
	}
	t.Run("another's record", func(t *testing.T) {
		s, api := open(t)
		if _, err := s.Create(t.Context(), rel(1, release.Deployed)); err != nil {
			t.Fatal(err)
		}
		api.objects["sh.helm.release.v1.web.v2"] = api.objects["sh.helm.release.v1.web.v1"]
		api.objects["sh.helm.release.v1.web.v2"].Metadata.Name = "sh.helm.release.v1.web.v2"
		if _, err := s.Get(t.Context(), "web", 2); err == nil || !strings.Contains(err.Error(), `release "web", revision 1`) {
			t.Error(err)
		}
	})
}

// TestFailures has every request of each call fail in turn: the error is the API's, and
// not one about the record.
func TestFailures(t *testing.T) {
	large := rel(1, release.Deployed)
	large.Manifest = noise(8_000)
	var version string
	calls := map[string]func(s *Store) error{
		"Create": func(s *Store) error {
			r := rel(2, release.Deployed)
			r.Manifest = noise(10_000)
			_, err := s.Create(t.Context(), r)
			return err
		},
		"Update": func(s *Store) error {
			r := rel(1, release.Failed)
			r.Manifest = noise(10_000)
			_, err := s.Update(t.Context(), r, version)
			return err
		},
		"Delete": func(s *Store) error { return s.Delete(t.Context(), "web", 1) },
		"Get":    func(s *Store) error { _, err := s.Get(t.Context(), "web", 1); return err },
		"Entries": func(s *Store) error {
			_, err := s.Entries(t.Context(), release.Query{})
			return err
		},
		"Records": func(s *Store) error {
			return s.Records(t.Context(), release.Query{}, release.RecordOptions{}, func(*release.Record) error { return nil })
		},
	}
	failures := []error{errors.New("connection reset"), refusal(http.StatusForbidden)}
	for name, call := range calls {
		for k, done := 1, false; !done; k++ {
			s, api := open(t)
			s.partBytes = 4096
			var err error
			if version, err = s.Create(t.Context(), large); err != nil {
				t.Fatal(err)
			}
			n, failure := 0, failures[k%2]
			api.before = func(string, string) error {
				if n++; n >= k {
					return failure
				}
				return nil
			}
			err = call(s)
			if done = n < k; done {
				if err != nil {
					t.Errorf("%s without a failure: %v", name, err)
				}
				break
			}
			if !errors.Is(err, failure) || errors.As(err, new(*release.CorruptError)) {
				t.Errorf("%s, request %d failed: %v", name, k, err)
			}
		}
	}
}
