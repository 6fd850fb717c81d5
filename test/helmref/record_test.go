package helmref

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/storetest"
	helm "helm.sh/helm/v4/pkg/release/v1"
	"helm.sh/helm/v4/pkg/storage/driver"
	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	client "k8s.io/client-go/kubernetes/typed/core/v1"
)

// oneSecret is an API that has a single Secret, so that Helm's store can be used to
// encode and to decode.
type oneSecret struct {
	client.SecretInterface
	secret *core.Secret
}

func (o *oneSecret) Create(_ context.Context, s *core.Secret, _ meta.CreateOptions) (*core.Secret, error) {
	o.secret = s
	return s, nil
}

func (o *oneSecret) Get(context.Context, string, meta.GetOptions) (*core.Secret, error) {
	return o.secret, nil
}

// encodeHelm returns the record and the labels that Helm makes of a release.
func encodeHelm(t *testing.T, r *helm.Release) ([]byte, map[string]string) {
	t.Helper()
	api := &oneSecret{}
	if err := driver.NewSecrets(api).Create("x", r); err != nil {
		t.Fatal(err)
	}
	return api.secret.Data["release"], api.secret.Labels
}

func decodeHelm(record []byte) (*helm.Release, error) {
	api := &oneSecret{secret: &core.Secret{Data: map[string][]byte{"release": record}}}
	r, err := driver.NewSecrets(api).Get("x")
	if err != nil {
		return nil, err
	}
	return r.(*helm.Release), nil
}

// filler makes values at random.
type filler struct{ *rand.Rand }

func (f filler) text() string {
	parts := []string{"a", "Ä", "<b>&", "\n", "\t", "\u2028", "{{ . }}", "\"", "\\", "\x7f", "\U0001F600", "0", ": ", "---\n", "\xff"}
	var b strings.Builder
	for range f.IntN(6) {
		b.WriteString(parts[f.IntN(len(parts))])
	}
	return b.String()
}

func (f filler) time() time.Time {
	switch f.IntN(4) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(f.Int64N(2e9), f.Int64N(1e9)).In(time.FixedZone("", f.IntN(24)*1800-6*3600))
	}
	return time.Unix(f.Int64N(2e9), 0).UTC()
}

func (f filler) any(depth int) any {
	n := 9
	if depth == 0 {
		n = 7
	}
	switch f.IntN(n) {
	case 0:
		return nil
	case 1:
		return f.IntN(2) == 0
	case 2:
		return f.Int64() - f.Int64()
	case 3:
		return (f.Float64() - 0.5) * []float64{1, 1e-9, 1e30, 1e6}[f.IntN(4)]
	case 4:
		return float64(f.IntN(1e7))
	case 7:
		list := []any{}
		for range f.IntN(4) {
			list = append(list, f.any(depth-1))
		}
		return list
	case 8:
		m := map[string]any{}
		for range f.IntN(4) {
			m[f.text()] = f.any(depth - 1)
		}
		return m
	}
	return f.text()
}

// fill fills what v holds. Resources are never in records.
func (f filler) fill(v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(f.time()))
		return
	case map[string]any:
		if m, ok := f.any(3).(map[string]any); ok {
			v.Set(reflect.ValueOf(m))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text())
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.Int:
		v.SetInt(f.Int64N(100) - 10)
	case reflect.Uint8:
		v.SetUint(uint64(f.IntN(256)))
	case reflect.Pointer:
		if depth > 0 && f.IntN(8) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth > 0 && f.IntN(4) > 0 {
			v.Set(reflect.MakeSlice(v.Type(), f.IntN(4), 8))
			for i := range v.Len() {
				f.fill(v.Index(i), depth-1)
			}
		}
	case reflect.Map:
		if depth > 0 && f.IntN(4) > 0 && v.Type().Key().Kind() == reflect.String && v.Type().Elem().Kind() == reflect.String {
			v.Set(reflect.MakeMap(v.Type()))
			for range f.IntN(3) {
				v.SetMapIndex(reflect.ValueOf(f.text()).Convert(v.Type().Key()), reflect.ValueOf(f.text()))
			}
		}
	case reflect.Interface:
		if x := f.any(2); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.fill(v.Field(i), depth-1)
			}
		}
	}
}

// plain is the JSON text of a record.
func plain(t *testing.T, record []byte) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(string(record))
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(zip); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// compareRecord has both programs read a record and write it again.
func compareRecord(t *testing.T, record []byte) {
	t.Helper()
	theirs, theirErr := decodeHelm(record)
	ours, ourErr := release.Decode(record)
	if ourErr != nil && theirErr == nil {
		// What neither program writes: Helm takes it and stumbles over it later.
		incomplete := theirs.Name == "" || theirs.Info == nil || theirs.Version < 1
		for _, h := range theirs.Hooks {
			incomplete = incomplete || h == nil
		}
		if !incomplete {
			t.Fatalf("only hchart cannot read it: %v", ourErr)
		}
		return
	}
	if theirErr != nil {
		if ourErr == nil {
			t.Fatalf("only Helm cannot read it: %v", theirErr)
		}
		return
	}
	want, _ := encodeHelm(t, theirs)
	got, err := release.Encode(ours)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("read and written again\nby hchart: %s\nby Helm:   %s", plain(t, got), plain(t, want))
	}
	compareSummary(t, record, ours)
}

// compareSummary checks that a summary has what the whole record has.
func compareSummary(t *testing.T, record []byte, full *release.Release) {
	t.Helper()
	s, err := release.DecodeSummary(record, release.Entry{Name: full.Name, Namespace: full.Namespace, Revision: full.Version})
	if err != nil {
		t.Fatalf("summary: %v", err)
	}
	want := &release.Release{Name: full.Name, Namespace: full.Namespace, Version: full.Version, Info: full.Info}
	if !reflect.DeepEqual(s.Info, want.Info) || s.Name != want.Name || s.Namespace != want.Namespace || s.Version != want.Version {
		t.Fatalf("summary %+v, whole %+v", s, want)
	}
	if full.Chart != nil && !reflect.DeepEqual(s.Chart.Metadata, full.Chart.Metadata) {
		t.Fatalf("summary %+v, whole %+v", s.Chart.Metadata, full.Chart.Metadata)
	}
}

// TestRecords compares the records of releases at random, as Helm writes them.
func TestRecords(t *testing.T) {
	first, n := number(t, "HCHART_SEED", 1), number(t, "HCHART_CASES", 1000)
	for seed := first; seed < first+n && !t.Failed(); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			f := filler{rand.New(rand.NewPCG(uint64(seed), 5))}
			var r helm.Release
			f.fill(reflect.ValueOf(&r).Elem(), 9)
			if r.Info == nil {
				r.Info = &helm.Info{}
			}
			r.Info.Resources = nil
			if f.IntN(8) > 0 {
				r.Name, r.Version = "web", 1+f.IntN(20)
			}
			record, _ := encodeHelm(t, &r)
			compareRecord(t, record)
		})
	}
}

// TestRecordTexts compares what only older programs, and hands, write.
func TestRecordTexts(t *testing.T) {
	const rest = `"chart":{"metadata":{"name":"c","version":"1.0.0","apiVersion":"v1"},"lock":null,"templates":null,"values":{},"schema":null,"files":null},"manifest":"x","version":3,"namespace":"default"`
	for _, text := range []string{
		`{"name":"web","info":{"first_deployed":"2020-01-02T03:04:05.123456789+02:00","last_deployed":"2020-01-02T03:04:05Z","deleted":"","description":"d","status":"deployed"},` + rest + `}`,
		`{"name":"web","info":{"first_deployed":null,"deleted":null,"status":"superseded","notes":"n"},` + rest + `}`,
		`{"name":"web","info":{"status":"deployed"},"hooks":[{"name":"h","last_run":{"started_at":"","completed_at":"","phase":""}},{"name":"i","last_run":{"started_at":"2020-01-02T03:04:05Z","completed_at":null,"phase":"Failed"}}],` + rest + `}`,
		`{"name":"web","info":{"status":"deployed"},"unknown":{"a":[1]},` + rest + `}`,
		`{` + rest + `,"info":{"status":"deployed"},"name":"web"}`,
		`{"name":"web","info":{"status":"deployed"},"version":3,"chart":null}`,
		`{"name":"web","info":{"status":"deployed"},"version":3}`,
		`{"name":"web","info":{"status":"deployed"},"version":3,"chart":{"values":{"a":1e400}}}`,
		`{"name":"web","info":{"first_deployed":"yesterday"},` + rest + `}`,
		`{"name":"web","info":{"first_deployed":17},` + rest + `}`,
		`{"name":"web","info":[],` + rest + `}`,
		`{"name":"web","info":{},"hooks":[null],` + rest + `}`,
		`{"info":{},` + rest + `}`,
		`{"name":"web",` + rest + `}`,
		`null`, `[]`, `{`, ``, `{"name":1}`,
	} {
		t.Run("", func(t *testing.T) {
			compareRecord(t, []byte(base64.StdEncoding.EncodeToString([]byte(text))))
			var b bytes.Buffer
			zip := gzip.NewWriter(&b)
			_, _ = zip.Write([]byte(text))
			_ = zip.Close()
			compareRecord(t, []byte(base64.StdEncoding.EncodeToString(b.Bytes())))
		})
	}
}

// TestRecordOfOurs has Helm read what hchart writes.
func TestRecordOfOurs(t *testing.T) {
	r := storetest.New("default", "web", 3, release.Deployed)
	r.Info.Resources = map[string][]map[string]any{"v1/Pod": {{"kind": "Pod"}}}
	record, err := release.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := decodeHelm(record)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := encodeHelm(t, theirs)
	if !bytes.Equal(record, again) {
		t.Errorf("hchart writes %s\nHelm writes %s", plain(t, record), plain(t, again))
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(plain(t, record)), &fields); err != nil {
		t.Fatal(err)
	}
	if info := fields["info"].(map[string]any); info["resources"] != nil {
		t.Error("resources are in the record")
	}
}
