package conformance

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Bounds within which a hostile chart is refused. A machine that runs several
// tests at once is slower than one that renders a chart, hence the time.
const (
	hostileTime   = 20 * time.Second
	hostileMemory = 1536 << 20
)

// TestHostile renders charts that bring Helm down, or would read and write
// what is none of theirs: each is refused with an error that names the cause.
func TestHostile(t *testing.T) {
	const chartYAML = "apiVersion: v2\nname: c\nversion: 0.1.0\n"
	template := func(text string) map[string]string {
		return map[string]string{"templates/cm.yaml": text}
	}
	// The program's own limit of steps suits its user's charts; a smaller one
	// lets the test end sooner.
	steps := []string{"--max-steps", "3000000"}
	// Doubling a text 40 times makes a terabyte.
	const doubling = `{{ $x := "xxxxxxxx" }}{{ range until 40 }}{{ $x = printf "%s%s" $x $x }}{{ end }}`

	tests := []struct {
		name  string
		files map[string]string
		args  []string
		want  []string
	}{
		{"infinite range", template("{{ range 9000000000000 }}{{ end }}"), steps, []string{"c/templates/cm.yaml:1", "step"}},
		{"infinite range, by time", template("{{ range 9000000000000 }}{{ end }}"), []string{"--timeout", "1s"}, []string{"1s"}},
		{"nested ranges", template(strings.Repeat("{{ range 100000 }}", 6) + strings.Repeat("{{ end }}", 6)), steps, []string{"step"}},
		{"endless include", template(`{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`), nil, []string{"c/templates/cm.yaml:1", "include", "1000"}},
		{"endless include of two", template(`{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`), nil, []string{"include", "1000"}},
		{"endless template", template(`{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`), nil, []string{"c/templates/cm.yaml:1", "depth"}},
		{"endless tpl", map[string]string{
			"templates/cm.yaml": "{{ tpl .Values.t . }}",
			"values.yaml":       "t: '{{ tpl .Values.t . }}'\n",
		}, nil, []string{"c/templates/cm.yaml:1", "tpl"}},
		{"endless tpl through include", map[string]string{
			"templates/cm.yaml": `{{ define "a" }}{{ tpl .Values.t . }}{{ end }}{{ include "a" . }}`,
			"values.yaml":       "t: '{{ include \"a\" . }}'\n",
		}, nil, []string{"c/templates/cm.yaml:1"}},
		{"until 2000000000", template("{{ until 2000000000 | len }}"), nil, []string{"c/templates/cm.yaml:1", "until"}},
		{"untilStep", template("{{ untilStep 0 2000000000 1 | len }}"), nil, []string{"untilStep"}},
		{"seq", template("{{ seq 1 2000000000 | len }}"), nil, []string{"seq"}},
		{"repeat", template(`{{ repeat 2000000000 "x" | len }}`), nil, []string{"repeat"}},
		{"doubling", template(doubling + "{{ len $x }}"), nil, []string{"c/templates/cm.yaml:1", "printf"}},
		{"doubling of output", template(`{{ define "a" }}` + strings.Repeat("x", 1000) + `{{ end }}{{ range 1000000 }}{{ include "a" . }}{{ end }}`), nil, []string{"c/templates/cm.yaml:1", "output"}},
		{"indent", template(`{{ indent 2000000000 "x" | len }}`), nil, []string{"indent"}},
		{"printf width", template(`{{ printf "%2000000000d" 1 | len }}`), nil, []string{"c/templates/cm.yaml:1", "printf"}},
		{"printf star", template(`{{ printf "%*d" 900000000 1 | len }}`), nil, []string{"printf"}},
		{"wrap", template(`{{ $x := repeat 1000000 "a " }}{{ range 100000 }}{{ $_ := wrap 1 $x }}{{ end }}`), []string{"--timeout", "1s"}, []string{"1s"}},
		{"cyclic dict, printed", template(`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}`), nil, []string{"c/templates/cm.yaml:1", "cycle"}},
		{"cyclic dict, toYaml", template(`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ mustToYaml $d }}`), nil, []string{"c/templates/cm.yaml:1", "cycle"}},
		{"cyclic dict, toJson", template(`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ mustToJson $d }}`), nil, []string{"cycle"}},
		{"cyclic dict, deepCopy", template(`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ deepCopy $d | len }}`), nil, []string{"cycle"}},
		{"cyclic dict, mergeOverwrite", template(`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $e := dict }}{{ $_ := set $e "d" $e }}{{ mergeOverwrite $d $e | len }}`), nil, []string{"cycle"}},
		{"cyclic dict, deepEqual", template(`{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $e := dict }}{{ $_ := set $e "d" $e }}{{ deepEqual $d $e }}{{ $d }}`), nil, []string{"cycle"}},
		{"cyclic values", template(`{{ $_ := set .Values "v" .Values }}{{ .Values }}`), nil, []string{"cycle"}},
		{"regular expression", template(`{{ regexMatch (repeat 1000 "(a{0,100}){0,9}") "a" }}`), nil, []string{"regexMatch"}},
		{"crypto", template(`{{ range 100000 }}{{ $_ := bcrypt "x" }}{{ end }}`), []string{"--timeout", "1s"}, []string{"1s"}},
		{"alias bomb", map[string]string{"values.yaml": aliasBomb(), "templates/cm.yaml": "{{ .Values.z | toYaml }}"}, nil, []string{"values.yaml"}},
		{"deep values", map[string]string{"values.yaml": strings.Repeat("{a: ", 200_000) + strings.Repeat("}", 200_000)}, nil, []string{"values.yaml"}},
		{"deep parentheses", template("{{ " + strings.Repeat("(", 200_000) + "1" + strings.Repeat(")", 200_000) + " }}"), nil, []string{"c/templates/cm.yaml"}},
		{"schema with a deep $ref", map[string]string{"values.yaml": "a: {a: {a: 1}}\n", "values.schema.json": `{"properties": {"a": {"$ref": "http://127.0.0.1:1/x.json"}}}`}, nil, []string{"127.0.0.1"}},
		{"schema of itself", map[string]string{"values.schema.json": `{"$ref": "#"}`}, nil, []string{"schema"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "Chart.yaml"), []byte(chartYAML))
			for name, data := range tt.files {
				writeFile(t, filepath.Join(dir, name), []byte(data))
			}
			checkHostile(t, dir, append([]string{"."}, tt.args...), tt.want...)
		})
	}
}

// TestHostileSize checks that a file is measured before it is read.
func TestHostileSize(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "Chart.yaml"), []byte("apiVersion: v2\nname: c\nversion: 0.1.0\n"))
	writeFile(t, filepath.Join(dir, "big"), nil)
	if err := os.Truncate(filepath.Join(dir, "big"), 8<<30); err != nil { // a hole, which takes no space
		t.Skip(err)
	}
	checkHostile(t, dir, []string{"."}, "big", "FileBytes")
}

// TestHostileArchives packs what no honest program packs.
func TestHostileArchives(t *testing.T) {
	chartYAML := entry{name: "c/Chart.yaml", data: []byte("apiVersion: v2\nname: c\nversion: 0.1.0\n")}
	nested := func(levels int) []byte {
		data := pack(t, chartYAML)
		for range levels {
			data = pack(t, chartYAML, entry{name: "c/charts/c.tgz", data: data})
		}
		return data
	}
	zeros := make([]byte, 4<<20)
	var many, large []entry
	for i := range 20_000 {
		many = append(many, entry{name: fmt.Sprintf("c/f%d", i)})
	}
	for i := range 40 {
		large = append(large, entry{name: fmt.Sprintf("c/f%d", i), data: zeros})
	}
	// Five archives in an archive, each with five, five times: 13 KB that
	// unpack to 3125 times 4 MiB.
	bomb := pack(t, chartYAML, entry{name: "c/zeros", data: zeros})
	for range 5 {
		entries := []entry{chartYAML}
		for i := range 5 {
			entries = append(entries, entry{name: fmt.Sprintf("c/charts/c%d.tgz", i), data: bomb})
		}
		bomb = pack(t, entries...)
	}
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"path that leaves", pack(t, chartYAML, entry{name: "c/../../x", data: []byte("x")}), []string{"c/../../x"}},
		{"absolute path", pack(t, chartYAML, entry{name: "/abs", data: []byte("x")}), []string{"/abs"}},
		{"path of Windows", pack(t, chartYAML, entry{name: `c:\x`, data: []byte("x")}), []string{`"c:\\x"`}},
		{"file too large", pack(t, chartYAML, entry{name: "c/big", data: make([]byte, 6<<20)}), []string{"big"}},
		{"files too many", pack(t, append(many, chartYAML)...), []string{"10000"}},
		{"archive too large", pack(t, append(large, chartYAML)...), []string{"104857600"}},
		{"archives nested too deeply", nested(12), []string{"8"}},
		{"bomb of nested archives", bomb, []string{"104857600"}},
		{"cut off", pack(t, chartYAML)[:60], []string{"c.tgz"}},
		{"not gzip", []byte("apiVersion: v2\n"), []string{"gzip"}},
		{"empty", nil, []string{"c.tgz"}},
		{"no chart in it", pack(t, entry{name: "c/x", data: []byte("x")}), []string{"Chart.yaml"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "in", "c.tgz"), tt.data)
			checkHostile(t, filepath.Join(dir, "in"), []string{"c.tgz"}, tt.want...)
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != 1 {
				t.Errorf("something was written beside the archive's folder: %v", entries)
			}
		})
	}
}

// TestHostileLinks checks that a link out of a chart is not read.
func TestHostileLinks(t *testing.T) {
	const secret = "the secret of another chart"
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "secret"), []byte(secret))
	chart := filepath.Join(dir, "c")
	writeFile(t, filepath.Join(chart, "Chart.yaml"), []byte("apiVersion: v2\nname: c\nversion: 0.1.0\n"))
	writeFile(t, filepath.Join(chart, "templates", "cm.yaml"), []byte(`a: {{ .Files.Get "link" | quote }}`))
	link := filepath.Join(chart, "link")
	for _, target := range []string{"../secret", filepath.Join(dir, "secret"), "/etc/hostname", "../c/../secret"} {
		t.Run(target, func(t *testing.T) {
			if err := os.Symlink(target, link); err != nil {
				t.Skip(err)
			}
			defer os.Remove(link)
			checkHostile(t, chart, []string{"."}, "link")
		})
	}
}

func checkHostile(t *testing.T, dir string, args []string, want ...string) {
	t.Helper()
	got := hchart(t, hostileTime, dir, "", append([]string{"template", "rel"}, args...)...)
	checkRefused(t, got, want...)
	if got.maxRSS > hostileMemory {
		t.Errorf("used %d MiB", got.maxRSS>>20)
	}
	if len(got.stderr) > 16<<10 {
		t.Errorf("an error of %d bytes: %.300s…", len(got.stderr), got.stderr)
	}
	if !t.Failed() {
		run.tally.hostile.Add(1)
	}
}

func aliasBomb() string {
	var b strings.Builder
	b.WriteString("a: &a [x, x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c <= 'z'; c++ {
		fmt.Fprintf(&b, "%c: &%[1]c [*%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c]\n", c, c-1)
	}
	return b.String()
}

// entry is one file of an archive.
type entry struct {
	name string
	data []byte
}

func pack(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	gz := gzip.NewWriter(&buf)
	tw := tar.NewWriter(gz)
	for _, e := range entries {
		if err := tw.WriteHeader(&tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
