package chart_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
)

// hostileArchives are archives besides a good web/Chart.yaml.
var hostileArchives = []struct {
	name    string
	entries []entry
	want    string
}{
	{"parent", []entry{{name: "c/../../x"}}, "references a parent directory"},
	{"parent inside", []entry{{name: "c/../x"}}, "references a parent directory"},
	{"parent, deeper", []entry{{name: "c/a/../../x"}}, "references a parent directory"},
	{"parent, backslashes", []entry{{name: `c\..\..\x`}}, "references a parent directory"},
	{"parent, mixed", []entry{{name: `c/x\..\..\..\y`}}, "references a parent directory"},
	{"absolute", []entry{{name: "/abs"}}, "absolute path"},
	{"absolute below", []entry{{name: "c//abs"}}, "absolute path"},
	{"drive", []entry{{name: `c:\x`}}, "absolute path"},
	{"drive, slash", []entry{{name: "C:/x"}}, "absolute path"},
	{"drive below", []entry{{name: "c/d:/x"}}, "illegally named file"},
	{"outside of a folder", []entry{{name: "README.md"}}, "outside the base directory"},
	{"Chart.yaml outside of a folder", []entry{{name: "Chart.yaml", data: minimal}}, "pack the chart's folder"},
	{"device", []entry{{name: "c/x", kind: tar.TypeChar}}, "device or pipe"},
	{"pipe", []entry{{name: "c/x", kind: tar.TypeFifo}}, "device or pipe"},
}

func TestHostileArchives(t *testing.T) {
	for _, tt := range hostileArchives {
		t.Run(tt.name, func(t *testing.T) {
			data := tgz(t, append([]entry{{name: "web/Chart.yaml", data: minimal}}, tt.entries...)...)
			_, err := chart.LoadArchive(context.Background(), bytes.NewReader(data), chart.LoadOptions{})
			check(t, "archive", err, tt.want, as[*chart.ArchiveError])
			var bad *chart.ArchiveError
			if errors.As(err, &bad) && bad.Entry != tt.entries[0].name {
				t.Errorf("entry %q, want %q", bad.Entry, tt.entries[0].name)
			}
		})
	}
}

func TestBrokenArchives(t *testing.T) {
	good := tgz(t, files{"Chart.yaml", minimal}.entries()...)
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "it is empty"},
		{"text", []byte("hello, world"), "not appear to be a gzipped archive"},
		{"gzip of nothing", gzipped(t, nil), "holds no files"},
		{"gzip of text", gzipped(t, []byte(strings.Repeat("x", 1024))), "cannot be read"},
		{"no files", tgz(t), "holds no files"},
		{"only folders", tgz(t, entry{name: "web/", kind: tar.TypeDir}), "holds no files"},
		{"no chart", tgz(t, entry{name: "web/README.md"}), "Chart.yaml file is missing"},
		{"truncated", good[:len(good)/2], "cannot be read"},
		{"only a gzip header", good[:10], "cannot be read"},
		{"half a gzip header", good[:4], "does not appear to be a valid chart"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := chart.LoadArchive(context.Background(), bytes.NewReader(tt.data), chart.LoadOptions{})
			check(t, "archive", err, tt.want, as[*chart.ArchiveError])
		})
	}
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchiveOddities(t *testing.T) {
	data := tgz(t,
		entry{name: "pax_global_header", kind: tar.TypeXGlobalHeader},
		entry{name: "web/", kind: tar.TypeDir},
		entry{name: `web\templates\a.yaml`, data: "a"},
		entry{name: "web/./docs/../b", data: "b"},
		entry{name: "web/link", kind: tar.TypeSymlink},
		entry{name: "web/values.yaml", data: "a: 1"},
		entry{name: "elsewhere/values.yaml", data: "b: 2"},
		entry{name: "web/Chart.yaml", data: minimal},
	)
	c, err := chart.LoadArchive(context.Background(), bytes.NewReader(data), chart.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describe(c), "web template templates/a.yaml\nweb file b\nweb file link\n"; got != want {
		t.Errorf("files\n%swant\n%s", got, want)
	}
	if len(c.Values) != 1 || c.Values["b"] != 2.0 {
		t.Errorf("values %v: the last values.yaml counts", c.Values)
	}
	warnings := strings.Join(c.Warnings, "\n")
	if !strings.Contains(warnings, "web/link -> /etc/passwd") || !strings.Contains(warnings, "values.yaml more than once") {
		t.Errorf("warnings %q", c.Warnings)
	}
	for _, f := range c.Files {
		if f.Name == "link" && len(f.Data) != 0 {
			t.Errorf("the link has content %q", f.Data)
		}
	}
}

// nest packs a chart into the charts/ of a chart, n times.
func nest(t testing.TB, n int, inner ...entry) []byte {
	t.Helper()
	data := tgz(t, append(inner, entry{name: "web/Chart.yaml", data: minimal})...)
	for range n {
		data = tgz(t, entry{name: "web/Chart.yaml", data: minimal}, entry{name: "web/charts/x.tgz", data: string(data)})
	}
	return data
}

func TestLimits(t *testing.T) {
	zeros := strings.Repeat("\x00", 4<<20)
	chartYAML := entry{name: "web/Chart.yaml", data: minimal}
	for _, tt := range []struct {
		name   string
		data   []byte
		limits chart.Limits
		want   string // field of Limits; empty when the chart loads
	}{
		{"6 MiB in a file", tgz(t, chartYAML, entry{name: "web/x", data: strings.Repeat("x", 6<<20)}), chart.Limits{}, "FileBytes"},
		{"allowed 6 MiB", tgz(t, chartYAML, entry{name: "web/x", data: strings.Repeat("x", 6<<20)}), chart.Limits{FileBytes: 7 << 20}, ""},
		{"over 100 MiB in all", bomb(t, 26, zeros), chart.Limits{}, "ArchiveBytes"},
		{"nested archives below the limit together", nest(t, 2, bombEntries(3, zeros)...), chart.Limits{ArchiveBytes: 13 << 20}, ""},
		{"shared by nested archives", twoNested(t, bomb(t, 3, zeros)), chart.Limits{ArchiveBytes: 20 << 20}, "ArchiveBytes"},
		{"folders count as bytes", manyFolders(t, 4000), chart.Limits{ArchiveBytes: 1 << 20}, "ArchiveBytes"},
		{"files", tgz(t, chartYAML, entry{name: "web/a"}, entry{name: "web/b"}), chart.Limits{Files: 2}, "Files"},
		{"files at the limit", tgz(t, chartYAML, entry{name: "web/a"}), chart.Limits{Files: 2}, ""},
		{"10,001 files", manyFiles(t, 10_001), chart.Limits{}, "Files"},
		{"nesting at the limit", nest(t, 8), chart.Limits{}, ""},
		{"nesting", nest(t, 9), chart.Limits{}, "Nesting"},
		{"size that lies", lyingTar(t, 1<<40), chart.Limits{}, "FileBytes"},
		{"size that lies within the limit", lyingTar(t, 4<<20), chart.Limits{}, "cannot be read"},
		{"sparse files", sparseTar(t, 5), chart.Limits{ArchiveBytes: 16 << 20}, "ArchiveBytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, err := chart.LoadArchive(context.Background(), bytes.NewReader(tt.data), chart.LoadOptions{Limits: tt.limits})
			t.Logf("took %v", time.Since(start))
			var limit *chart.LimitError
			switch {
			case tt.want == "":
				if err != nil {
					t.Fatal(err)
				}
			case errors.As(err, &limit):
				if limit.Limit != tt.want || limit.Max == 0 {
					t.Errorf("limit %+v, want %s", limit, tt.want)
				}
			case err == nil || !strings.Contains(err.Error(), tt.want):
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}

func bombEntries(n int, data string) []entry {
	var all []entry
	for i := range n {
		all = append(all, entry{name: "web/" + strings.Repeat("x", i+1), data: data})
	}
	return all
}

func bomb(t testing.TB, n int, data string) []byte {
	return tgz(t, append(bombEntries(n, data), entry{name: "web/Chart.yaml", data: minimal})...)
}

func twoNested(t testing.TB, data []byte) []byte {
	return tgz(t, entry{name: "web/Chart.yaml", data: minimal},
		entry{name: "web/charts/a.tgz", data: string(data)}, entry{name: "web/charts/b.tgz", data: string(data)})
}

func manyFolders(t testing.TB, n int) []byte {
	all := []entry{{name: "web/Chart.yaml", data: minimal}}
	for range n {
		all = append(all, entry{name: "web/", kind: tar.TypeDir})
	}
	return tgz(t, all...)
}

func manyFiles(t testing.TB, n int) []byte {
	all := []entry{{name: "web/Chart.yaml", data: minimal}}
	for range n - 1 {
		all = append(all, entry{name: "web/x"})
	}
	return tgz(t, all...)
}

// lyingTar has one entry that claims size bytes and has none.
func lyingTar(t testing.TB, size int64) []byte {
	t.Helper()
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	if err := w.WriteHeader(&tar.Header{Name: "web/Chart.yaml", Size: size, Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	return gzipped(t, raw.Bytes())
}

// sparseTar has n entries of 4 MiB that are holes, of two blocks each: a PAX
// header that describes the hole, then the map of the file.
func sparseTar(t testing.TB, n int) []byte {
	t.Helper()
	pax := func(key, value string) string {
		rest := " " + key + "=" + value + "\n"
		for size := len(rest) + 1; ; size++ {
			if s := strconv.Itoa(size) + rest; len(s) == size {
				return s
			}
		}
	}
	var raw bytes.Buffer
	block := func(name string, kind byte, data string) {
		h := make([]byte, 512)
		copy(h, name)
		copy(h[100:], "0000644\x00")
		copy(h[108:], "0000000\x00")
		copy(h[116:], "0000000\x00")
		copy(h[124:], octal(len(data), 11)+"\x00")
		copy(h[136:], "00000000000\x00")
		copy(h[148:], "        ")
		h[156] = kind
		copy(h[257:], "ustar\x0000")
		sum := 0
		for _, b := range h {
			sum += int(b)
		}
		copy(h[148:], octal(sum, 6)+"\x00 ")
		raw.Write(h)
		raw.WriteString(data)
		raw.Write(make([]byte, (512-len(data)%512)%512))
	}
	for range n {
		block("pax", tar.TypeXHeader, pax("GNU.sparse.major", "1")+pax("GNU.sparse.minor", "0")+
			pax("GNU.sparse.name", "web/x")+pax("GNU.sparse.realsize", strconv.Itoa(4<<20)))
		block("web/x", tar.TypeReg, "1\n"+strconv.Itoa(4<<20)+"\n0\n"+strings.Repeat("\x00", 512-2-len(strconv.Itoa(4<<20))-3))
	}
	raw.Write(make([]byte, 1024))
	return gzipped(t, raw.Bytes())
}

func octal(n, width int) string {
	b := bytes.Repeat([]byte{'0'}, width)
	for i := width - 1; n > 0; i-- {
		b[i] = byte('0' + n%8)
		n /= 8
	}
	return string(b)
}

// TestBombMemory loads nested archives that are each below the limit, all of
// which are kept: Helm counts every archive anew, and 14 KB take it 1.6 GiB.
func TestBombMemory(t *testing.T) {
	inner := string(bomb(t, 3, strings.Repeat("\x00", 4<<20)))
	all := []entry{{name: "web/Chart.yaml", data: minimal}}
	for i := range 32 {
		all = append(all, entry{name: "web/charts/" + strings.Repeat("x", i+1) + ".tgz", data: inner})
	}
	data := tgz(t, all...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := chart.LoadArchive(context.Background(), bytes.NewReader(data), chart.LoadOptions{Limits: chart.Limits{ArchiveBytes: 24 << 20}})
	runtime.ReadMemStats(&after)
	if !as[*chart.LimitError](err) {
		t.Fatalf("error %v", err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 128<<20 {
		t.Errorf("allocated %d MiB", used>>20)
	}
}

func TestLoadArchiveReadsNoFurther(t *testing.T) {
	// An endless stream after the archive is not read.
	endless := io.MultiReader(bytes.NewReader(tgz(t, files{"Chart.yaml", minimal}.entries()...)), zeroReader{})
	if _, err := chart.LoadArchive(context.Background(), endless, chart.LoadOptions{}); err != nil {
		t.Fatal(err)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func FuzzArchive(f *testing.F) {
	for _, tt := range hostileArchives {
		f.Add(tgz(f, append(tt.entries, entry{name: "web/Chart.yaml", data: minimal})...))
	}
	for _, tt := range goodCharts {
		f.Add(tgz(f, tt.files.entries()...))
	}
	f.Add(nest(f, 2))
	f.Add(lyingTar(f, 1<<20))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := chart.Limits{ArchiveBytes: 1 << 20, Files: 100}
		c, err := chart.LoadArchive(t.Context(), bytes.NewReader(data), chart.LoadOptions{Limits: limits})
		if err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatalf("loaded, but invalid: %v", err)
		}
		for _, file := range c.Raw {
			if strings.HasPrefix(file.Name, "..") || strings.HasPrefix(file.Name, "/") || strings.Contains(file.Name, "/../") {
				t.Fatalf("file %q leaves the chart", file.Name)
			}
		}
	})
}
