package objects

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
)

// noise is text that does not get smaller when it is compressed.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var b strings.Builder
	for b.Len() < n {
		b.WriteByte(byte('!' + r.IntN(90)))
	}
	return b.String()
}

func large(n int) *release.Release {
	r := rel(1, release.PendingInstall)
	r.Manifest = noise(n)
	return r
}

// TestSplitOrder checks that the parts come before what names them, and that only they
// are deleted that nobody names.
func TestSplitOrder(t *testing.T) {
	s, api := open(t)
	s.partBytes = 4096
	version, err := s.Create(t.Context(), large(10_000))
	if err != nil {
		t.Fatal(err)
	}
	const main = "sh.helm.release.v1.web.v1"
	log := api.requests()
	if i := strings.Index(log, "POST "+main+","); i < 0 || strings.LastIndex(log, "POST "+main+".") > i {
		t.Errorf("requests: %s", log)
	}
	for name, obj := range api.objects {
		switch {
		case name == main:
			if obj.Metadata.Labels["owner"] != "helm" {
				t.Errorf("%s has the labels %v", name, obj.Metadata.Labels)
			}
		case obj.Metadata.Labels["owner"] == "helm" || obj.Type == "helm.sh/release.v1":
			t.Errorf("Helm takes %s for a record", name)
		case len(obj.Metadata.OwnerReferences) != 1 || obj.Metadata.OwnerReferences[0].UID != api.objects[main].Metadata.UID:
			t.Errorf("%s has no owner: it stays when Helm deletes the record", name)
		}
	}
	old := api.names()
	if _, err := s.Update(t.Context(), large(12_000), version); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(old) {
		if name != main && strings.Contains(api.names(), name) {
			t.Errorf("%s of the old record is still there", name)
		}
	}
	if err := s.Delete(t.Context(), "web", 1); err != nil {
		t.Fatal(err)
	}
	if left := api.names(); left != "" {
		t.Errorf("left behind: %s", left)
	}
}

// TestSplitKilled kills a write before each of its requests. What can be read then is
// the old record or the new one, the next write succeeds, and when the record is deleted
// nothing is left.
func TestSplitKilled(t *testing.T) {
	before, after := large(10_000), large(14_000)
	for k := 1; ; k++ {
		s, api := open(t)
		s.partBytes = 4096
		version, err := s.Create(t.Context(), before)
		if err != nil {
			t.Fatal(err)
		}
		n, killed := 0, errors.New("killed")
		api.before = func(string, string) error {
			if n++; n >= k {
				return killed
			}
			return nil
		}
		_, err = s.Update(t.Context(), after, version)
		api.before = nil
		if err == nil {
			if k < 5 {
				t.Fatalf("only %d requests", k)
			}
			return
		}
		rec, err := s.Get(t.Context(), "web", 1)
		if err != nil {
			t.Fatalf("killed before request %d: %v", k, err)
		}
		if m := rec.Release.Manifest; m != before.Manifest && m != after.Manifest {
			t.Errorf("killed before request %d: the record is neither", k)
		}
		if _, err := s.Update(t.Context(), before, rec.Version); err != nil {
			t.Fatalf("killed before request %d, then: %v", k, err)
		}
		if err := s.Delete(t.Context(), "web", 1); err != nil || len(api.objects) > 0 {
			t.Errorf("killed before request %d: left are %s, error %v", k, api.names(), err)
		}
	}
}

// gated sends a request when it is told to.
type gated struct {
	API
	gate <-chan bool
}

func (g gated) Do(req *http.Request) (*http.Response, error) {
	<-g.gate
	return g.API.Do(req)
}

// TestSplitTwoWriters has two writers take turns at random, request by request. None may
// delete the parts of what the other has written.
func TestSplitTwoWriters(t *testing.T) {
	for seed := range uint64(12) {
		s, api := open(t)
		s.partBytes = 4096
		if _, err := s.Create(t.Context(), large(9_000)); err != nil {
			t.Fatal(err)
		}
		written := make(chan string, 8) // what the writers wrote, in order
		write := func(gate <-chan bool, sizes ...int) {
			mine := *s
			mine.api = gated{api, gate}
			for _, size := range sizes {
				rec, err := mine.Get(t.Context(), "web", 1)
				if err != nil {
					t.Errorf("seed %d: %v", seed, err)
					return
				}
				rec.Release.Manifest = noise(size)
				switch _, err := mine.Update(t.Context(), rec.Release, rec.Version); {
				case err == nil:
					written <- rec.Release.Manifest
				case !errors.As(err, new(*release.ConflictError)):
					t.Errorf("seed %d: %v", seed, err)
				}
			}
		}
		gates := [2]chan bool{make(chan bool), make(chan bool)}
		ends := [2]chan bool{make(chan bool), make(chan bool)}
		for i, sizes := range [][]int{{10_000, 11_000, 10_000}, {12_000, 13_000, 10_000}} {
			go func() { defer close(ends[i]); write(gates[i], sizes...) }()
		}
		r := rand.New(rand.NewPCG(seed, 7))
		for running := [2]bool{true, true}; running[0] || running[1]; {
			i := r.IntN(2)
			select {
			case gates[i] <- true:
			case <-ends[i]:
				running[i] = false
			}
		}
		rec, err := s.Get(t.Context(), "web", 1)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		close(written)
		known := false
		for m := range written {
			known = known || m == rec.Release.Manifest
		}
		if !known {
			t.Errorf("seed %d: what is there nobody wrote", seed)
		}
		if err := s.Delete(t.Context(), "web", 1); err != nil || len(api.objects) > 0 {
			t.Errorf("seed %d: left are %s, error %v", seed, api.names(), err)
		}
	}
}

// TestSplitReadWhileWritten replaces a record between the reading of its main object
// and of its parts.
func TestSplitReadWhileWritten(t *testing.T) {
	s, api := open(t)
	s.partBytes = 4096
	version, err := s.Create(t.Context(), large(10_000))
	if err != nil {
		t.Fatal(err)
	}
	writer := *s
	other := &fakeAPI{binary: true, objects: api.objects, writes: 100}
	writer.api = other
	after := large(12_000)
	api.before = func(_, name string) error {
		if strings.Contains(name, ".p0") && version != "" {
			if _, err := writer.Update(t.Context(), after, version); err != nil {
				t.Error(err)
			}
			version = ""
		}
		return nil
	}
	rec, err := s.Get(t.Context(), "web", 1)
	if err != nil || rec.Release.Manifest != after.Manifest {
		t.Fatalf("read %v, error %v", rec, err)
	}
	if rec.Version != api.objects["sh.helm.release.v1.web.v1"].Metadata.ResourceVersion {
		t.Error("the version is not that of what was read")
	}
}

// TestSplitExcerpt checks what Helm reads of a record whose chart has large files.
func TestSplitExcerpt(t *testing.T) {
	s, api := open(t)
	s.partBytes = 4096
	r := rel(1, release.Deployed)
	r.Chart.Files = []*chart.File{{Name: "big.txt", Data: []byte(noise(10_000))}}
	if _, err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	rec, err := s.Get(t.Context(), "web", 1)
	if err != nil || len(rec.Release.Chart.Files) != 1 || len(rec.Release.Chart.Templates) != 1 {
		t.Fatalf("hchart reads %+v, %v", rec, err)
	}
	api.requests()
	err = s.Records(t.Context(), release.Query{}, release.RecordOptions{Summary: true}, func(r *release.Record) error {
		if r.Release.Chart.Metadata.Version != "1.2.3" {
			t.Errorf("summary %+v", r.Release)
		}
		return nil
	})
	if log := api.requests(); err != nil || log != "GET " {
		t.Errorf("a summary takes the requests %s, error %v", log, err)
	}
	main := api.objects["sh.helm.release.v1.web.v1"]
	text, err := s.decoded(main.Data[dataKey])
	if err != nil {
		t.Fatal(err)
	}
	helms, err := release.Decode(text)
	if err != nil || helms.Manifest != r.Manifest || helms.Chart.Metadata.Version != "1.2.3" || len(helms.Hooks) != 1 || len(helms.Chart.Files) != 0 {
		t.Errorf("Helm reads %+v, %v", helms, err)
	}
	if len(r.Chart.Files) != 1 {
		t.Error("writing took the files away")
	}
	// Helm writes the record without them, and without the names of the parts.
	main.Data = map[string]string{dataKey: main.Data[dataKey]}
	if rec, err = s.Get(t.Context(), "web", 1); err != nil || len(rec.Release.Chart.Files) != 0 {
		t.Errorf("after Helm hchart reads %+v, %v", rec, err)
	}
}

func TestTooLarge(t *testing.T) {
	s, api := open(t)
	s.partBytes = 16
	if _, err := s.Create(t.Context(), large(10_000)); err == nil || !strings.Contains(err.Error(), ".helmignore") {
		t.Error(err)
	}
	if log := api.requests(); log != "" {
		t.Errorf("requests: %s", log)
	}
}
