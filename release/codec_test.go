package release_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/storetest"
)

// record makes a record of a text.
func record(text string) []byte {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, _ = zip.Write([]byte(text))
	_ = zip.Close()
	return []byte(base64.StdEncoding.EncodeToString(b.Bytes()))
}

// bodies are texts of records, and what is wrong with them.
func bodies() []struct{ text, want string } {
	return []struct{ text, want string }{
		{`{"name":"web","info":{"status":"deployed"},"chart":{"metadata":{"name":"c"}},"version":1}`, ""},
		{`{"version":1,"namespace":"x","chart":{"files":[],"metadata":{"name":"c"},"lock":null},"info":{"deleted":""},"name":"web"}`, ""},
		{`{"name":"web","info":{},"chart":null,"version":1}`, ""},
		{`{"name":"web","info":{},"version":1,"hooks":[{"last_run":{"started_at":""}}]}`, ""},
		{`{"name":"web","info":{},"version":0}`, "the revision 0"},
		{`{"name":"web","info":{},"version":1,"hooks":[null]}`, "hook 0"},
		{`{"name":"web","version":1}`, "no info"},
		{`{"name":"web","info":null,"version":1}`, "no info"},
		{`{"info":{},"version":1}`, "no name"},
		{`{"name":"web","info":{"first_deployed":"soon"},"version":1}`, "parsing time"},
		{`{"name":["web"],"info":{},"version":1}`, "cannot unmarshal"},
		{`{"name":"web","info":{}`, "unexpected end"},
		{`null`, "no name"},
		{`[]`, "cannot unmarshal"},
		{``, "unexpected end"},
	}
}

func TestDecode(t *testing.T) {
	for _, tt := range bodies() {
		for form, data := range map[string][]byte{"gzip": record(tt.text), "plain": []byte(base64.StdEncoding.EncodeToString([]byte(tt.text)))} {
			r, err := release.Decode(data)
			if tt.want == "" && (err != nil || r.Name != "web" || r.Version != 1) || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%s, %s: %+v, error %v, want %q", form, tt.text, r, err, tt.want)
			}
		}
	}
	for _, data := range []string{"!", "H4sI", "H4sIAAAAAAAA", string(record("{}"))[:20]} {
		if _, err := release.Decode([]byte(data)); err == nil {
			t.Errorf("%q was read", data)
		}
	}
}

// TestDecodeBomb checks that what is small and becomes large is refused, before it is in
// memory.
func TestDecodeBomb(t *testing.T) {
	var b bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	zeros := make([]byte, 1<<20)
	for range release.MaxDecodedBytes>>20 + 1 {
		_, _ = zip.Write(zeros)
	}
	_ = zip.Close()
	bomb := []byte(base64.StdEncoding.EncodeToString(b.Bytes()))
	if _, err := release.Decode(bomb); !errors.Is(err, release.ErrTooLarge) {
		t.Error(err)
	}
	if _, err := release.DecodeSummary(bomb, release.Entry{Revision: 1}); err == nil {
		t.Error("the summary was read")
	}
}

func TestRoundTrip(t *testing.T) {
	want := storetest.New("default", "web", 3, release.Superseded)
	data, err := release.Encode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := release.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, written %+v", got, want)
	}
	want.Info.Resources = map[string][]map[string]any{"v1/Pod": {{"kind": "Pod"}}}
	again, err := release.Encode(want)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("live resources are in the record, or %v", err)
	}
	if want.Info.Resources == nil {
		t.Error("Encode changed the release")
	}
}

func TestClone(t *testing.T) {
	r := storetest.New("default", "web", 1, release.Deployed)
	r.Labels = map[string]string{"team": "blue"}
	c := r.Clone()
	if !reflect.DeepEqual(c, r) {
		t.Fatalf("clone %+v of %+v", c, r)
	}
	c.SetStatus(release.Failed, "x")
	c.Hooks[0].LastRun.Phase = release.PhaseFailed
	c.Labels["team"] = "red"
	if r.Info.Status != release.Deployed || r.Hooks[0].LastRun.Phase != "" || r.Labels["team"] != "blue" {
		t.Errorf("the original changed: %+v", r)
	}
}

// FuzzDecode looks for records that make the decoder panic, and for those of which the
// summary says something else than the whole.
func FuzzDecode(f *testing.F) {
	for _, b := range bodies() {
		f.Add([]byte(b.text))
	}
	full, err := release.Encode(storetest.New("default", "web", 3, release.Deployed))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(full)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, d := range [][]byte{data, record(string(data)), []byte(base64.StdEncoding.EncodeToString(data))} {
			r, err := release.Decode(d)
			if err != nil {
				_, _ = release.DecodeSummary(d, release.Entry{Revision: 1})
				continue
			}
			again, err := release.Encode(r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := release.Decode(again); err != nil {
				t.Fatalf("written again it cannot be read: %v", err)
			}
			s, err := release.DecodeSummary(again, release.Entry{Revision: r.Version, Namespace: r.Namespace})
			if err != nil {
				t.Fatal(err)
			}
			if s.Name != r.Name || s.Version != r.Version || !reflect.DeepEqual(s.Info, r.Info) {
				t.Fatalf("summary %+v, whole %+v", s, r)
			}
		}
	})
}

// typical is a release of a chart of some size: 30 templates, 20 of them in the manifest.
func typical() *release.Release {
	r := storetest.New("default", "web", 3, release.Deployed)
	r.Chart.Templates = nil
	var manifest strings.Builder
	for i := range 30 {
		var text strings.Builder
		for j := range 60 {
			fmt.Fprintf(&text, "  field%d: value of %d is {{ .Values.some.field%d | quote }}\n", j*i, i*7919%1000, j)
		}
		r.Chart.Templates = append(r.Chart.Templates, &chart.File{Name: fmt.Sprintf("templates/t%d.yaml", i), Data: []byte(text.String())})
		if i < 20 {
			manifest.WriteString("---\n" + text.String())
		}
	}
	r.Manifest = manifest.String()
	return r
}

func BenchmarkDecode(b *testing.B) {
	data, err := release.Encode(typical())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := release.Decode(data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("summary", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := release.DecodeSummary(data, release.Entry{Revision: 3}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := typical()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := release.Encode(r); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleDecode() {
	data, err := release.Encode(storetest.New("default", "web", 3, release.Deployed))
	if err != nil {
		panic(err)
	}
	r, err := release.Decode(data)
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Name, r.Version, r.Info.Status, r.Chart.Metadata.Name)
	// Output: web 3 deployed web
}
