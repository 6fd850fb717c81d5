package values_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

type table = map[string]any

type list = []any

// setCases are expressions of --set and what Helm makes of them; the tests in
// test/helmref compare many more. A nil want is an error.
var setCases = []struct {
	base, text string
	want       table
}{
	{"", "a=1,b=x", table{"a": int64(1), "b": "x"}},
	{"", "a=-3,b=+4,c=-007", table{"a": int64(-3), "b": int64(4), "c": int64(-7)}},
	{"", "a=007,b=0,c=00,d=0x1", table{"a": "007", "b": int64(0), "c": "00", "d": "0x1"}},
	{"", "a=1.5,b=1e3,c=9223372036854775808", table{"a": "1.5", "b": "1e3", "c": "9223372036854775808"}},
	{"", "a=true,b=FALSE,c=Null,d=nullx", table{"a": true, "b": false, "c": nil, "d": "nullx"}},
	{"", "a=,b=1", table{"a": "", "b": int64(1)}},
	{"", "a=", table{"a": ""}},
	{"", "", table{}},
	{"", "a= b ,c=\td", table{"a": " b ", "c": "\td"}},
	{"", "a.b.c=1", table{"a": table{"b": table{"c": int64(1)}}}},
	{"", `a\.b=1,c\,d=2,e\=f=3`, table{"a.b": int64(1), "c,d": int64(2), "e=f": int64(3)}},
	{"", `a=x\,y,b=\\,c=z\`, table{"a": "x,y", "b": `\`, "c": "z"}},
	{"", "a=b=c", table{"a": "b=c"}},
	{"", "a={1,x,null}", table{"a": list{int64(1), "x", nil}}},
	{"", "a={},b={x}c=1", table{"a": list{""}, "b": list{"x"}, "c": int64(1)}},
	{"", `a={x\,y,\}}`, table{"a": list{"x,y", "}"}}},
	{"", "a[0]=1,a[2]=3", table{"a": list{int64(1), nil, int64(3)}}},
	{"", "a[1].b=1,a[0]={x}", table{"a": list{list{"x"}, table{"b": int64(1)}}}},
	{"", "a[0][1]=x", table{"a": list{list{nil, "x"}}}},
	{"", "a[0].b.c[1]=x", table{"a": list{table{"b": table{"c": list{nil, "x"}}}}}},
	{"", "a[+1]=x", table{"a": list{nil, "x"}}},
	{"", "=1,.b=2,[0]=3", table{}},
	{"", "a[,b=1", table{}}, // no index, and then the end
	{"", "a[0]", table{"a": list{}}},
	{"", "a.", table{}},
	{"a: {b: 1, c: 2}", "a.b=3,a.d=4", table{"a": table{"b": int64(3), "c": 2.0, "d": int64(4)}}},
	{"a: {b: 1}", "a=null", table{"a": nil}},
	{"a: [1, 2]", "a[1]=x,a[2]=y", table{"a": list{1.0, "x", "y"}}},
	{"a: [text]", "a[0].b=1", table{"a": list{table{"b": int64(1)}}}},
	{"", "a=\xff", table{"a": "\uFFFD"}},

	{"", "a", nil},
	{"", "a=1,b", nil},
	{"", "a=1,,b=2", nil},
	{"", "a={1", nil},
	{"", "a[x]=1", nil},
	{"", "a[-1]=1", nil},
	{"", "a[]=1", nil},
	{"", "a[0]x=1", nil},
	{"", "a[65537]=1", nil},
	{"", "a.b", nil},
	{"", "a." + strings.Repeat("b.", 30) + "c=1", nil},
	{"a: text", "a.b=1", nil},
	{"a: null", "a.b=1", nil},
	{"a: {b: 1}", "a[0]=1", nil},
	{"a: [text]", "a[0][0]=1", nil},
}

func TestSet(t *testing.T) {
	for _, c := range setCases {
		got, err := read(t, c.base, values.Sources{Set: []string{c.text}})
		if c.want == nil {
			var setErr *values.SetError
			if !errors.As(err, &setErr) || setErr.Flag != "--set" {
				t.Errorf("%q over %q: got %v, %v", c.text, c.base, got, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q over %q:\ngot  %#v, %v\nwant %#v", c.text, c.base, got, err, c.want)
		}
	}
	if _, err := read(t, "", values.Sources{Set: []string{"a[65536]=1"}}); err != nil {
		t.Error(err)
	}
	if _, err := read(t, "", values.Sources{Set: []string{strings.Repeat("b.", 30) + "c=1"}}); err != nil {
		t.Error(err)
	}
}

// read reads src over the YAML base.
func read(t *testing.T, base string, src values.Sources) (table, error) {
	t.Helper()
	src.Files = append([]string{"base.yaml"}, src.Files...)
	given := src.ReadFile
	src.ReadFile = func(ctx context.Context, name string) ([]byte, error) {
		if name == "base.yaml" {
			return []byte(base), nil
		}
		if given == nil {
			return nil, fmt.Errorf("unexpected read of %s", name)
		}
		return given(ctx, name)
	}
	return values.Read(t.Context(), src)
}

// TestFlags checks the other flags and the order of all of them.
func TestFlags(t *testing.T) {
	file := func(_ context.Context, name string) ([]byte, error) { return []byte("text of " + name), nil }
	cases := []struct {
		name string
		src  values.Sources
		want table
	}{
		{"string", values.Sources{String: []string{"a=1,b={true,null},c[0]=0"}},
			table{"a": "1", "b": list{"true", "null"}, "c": list{"0"}}},
		{"literal", values.Sources{Literal: []string{`x.b=1,c={x}\`, "d[1]=y=z"}},
			table{"x": table{"b": `1,c={x}\`}, "d": list{nil, "y=z"}}},
		{"file", values.Sources{File: []string{`a=x,b={y,z}`}, ReadFile: file},
			table{"a": "text of x", "b": list{"text of y", "text of z"}}},
		{"JSON values", values.Sources{JSON: []string{`a=1, b={"c":[1,null,"x"]} ,d=,e[1]=true`}},
			table{"a": 1.0, " b": table{"c": list{1.0, nil, "x"}}, "d": nil, "e": list{nil, true}}},
		{"JSON object", values.Sources{JSON: []string{`a={"x":1,"y":2}`, ` {"a":{"x":null},"b":3}`}},
			table{"a": table{"x": nil, "y": 2.0}, "b": 3.0}},
		{"order", values.Sources{
			Literal: []string{"f=literal"}, File: []string{"e=file,f=file"}, String: []string{"d=string,e=string"},
			Set: []string{"c=set,d=set", "b=set2"}, JSON: []string{`a="json",b="json",c="json"`},
			Files: []string{"-"}, Stdin: strings.NewReader("a: stdin\nz: stdin\n"), ReadFile: file,
		}, table{"a": "json", "b": "set2", "c": "set", "d": "string", "e": "text of file", "f": "literal", "z": "stdin"}},
	}
	for _, c := range cases {
		got, err := read(t, "a: base", c.src)
		if _, ok := c.want["a"]; !ok {
			c.want["a"] = "base"
		}
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\ngot  %#v, %v\nwant %#v", c.name, got, err, c.want)
		}
	}
}

// TestFiles checks files on the disk, and what cannot be read.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.yaml"), filepath.Join(dir, "two.yaml")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(one, "a: {b: 1, c: 2}\nl: [1]\n")
	write(two, "a: {b: null}\nl: [2]\n---\na: {d: 3}\n")
	got, err := values.Read(t.Context(), values.Sources{Files: []string{one, two, " - ", "-"}, Stdin: strings.NewReader("s: 1")})
	want := table{"a": table{"b": nil, "c": 2.0, "d": 3.0}, "l": list{2.0}, "s": 1.0}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}

	write(one, "a: 1\nb: [hunter2\n")
	_, err = values.Read(t.Context(), values.Sources{Files: []string{one}})
	var parse *chart.ParseError
	if !errors.As(err, &parse) || parse.File != one || parse.Line == 0 {
		t.Errorf("broken YAML gives %v", err)
	}
	if _, err = values.Read(t.Context(), values.Sources{Files: []string{dir + "/none"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file gives %v", err)
	}
	for _, url := range []string{"https://host/x.yaml", "HTTP://host/x", "oci://host/x"} {
		_, err = values.Read(t.Context(), values.Sources{File: []string{"a=" + url}})
		var remote *values.RemoteError
		if !errors.As(err, &remote) || !strings.EqualFold(remote.Scheme, url[:len(remote.Scheme)]) {
			t.Errorf("%s gives %v", url, err)
		}
	}
	_, err = values.Read(t.Context(), values.Sources{Files: []string{"-"}, Stdin: endless{}})
	if err == nil || !strings.Contains(err.Error(), "maximum") {
		t.Errorf("endless input gives %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

var _ io.Reader = endless{}

// TestNoSecrets checks that no error shows a value.
func TestNoSecrets(t *testing.T) {
	const canary = "hunter2"
	cases := []values.Sources{
		{Set: []string{"a.b=1,password=x," + canary}},
		{Set: []string{"password=x," + canary + ",b=1"}},
		{Set: []string{"password=x," + canary + ".y[0"}, String: []string{"a=x," + canary + "[1]z"}},
		{Set: []string{"a={x," + canary}},
		{Set: []string{"a=" + canary + ",a.b=1"}},
		{JSON: []string{"a=" + canary}},
		{JSON: []string{`a="` + canary}},
		{JSON: []string{`{"a":"` + canary}},
		{JSON: []string{`{"a":` + canary + `}`}},
		{Literal: []string{"a[0]x=" + canary}},
		{Set: []string{"a=x," + canary + "[e=f]g"}},
		{Set: []string{"a=x,a." + canary + "=1"}},
		{Set: []string{"a=1,x[" + canary + "]=1"}},
	}
	for _, src := range cases {
		_, err := values.Read(t.Context(), src)
		var setErr *values.SetError
		if !errors.As(err, &setErr) || strings.Contains(err.Error(), canary) {
			t.Errorf("%+v gives %v", src, err)
		}
	}
}

// TestSetError checks that an error leads to the place.
func TestSetError(t *testing.T) {
	for text, want := range map[string]string{
		"a.b[3]x=1":     `failed parsing --set data: key "a.b[3]": unexpected data at end of array index: only =, . or [ can follow ] (at byte 8)`,
		"a=1,b[70000]=": `failed parsing --set data: key "b[70000]": index of 70000 is greater than maximum supported index of 65536 (at byte 13)`,
		"x.y":           `failed parsing --set data: key "x.y": has no value: write key=value (at byte 3)`,
		"a=1,2":         `failed parsing --set data: after key "a": a comma starts another key, which has no value: write \, for a comma inside a value (at byte 5)`,
	} {
		if _, err := values.Read(t.Context(), values.Sources{Set: []string{text}}); err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// FuzzSet reads any expression with any flag.
func FuzzSet(f *testing.F) {
	for i, c := range setCases {
		f.Add(c.base, c.text, i)
	}
	f.Fuzz(func(t *testing.T, base, text string, flag int) {
		if len(base)+len(text) > 1<<10 || strings.Count(text, "[") > 3 {
			t.Skip() // lists of 65536 lists take long
		}
		src := []values.Sources{{Set: []string{text}}, {String: []string{text}}, {JSON: []string{text}}, {Literal: []string{text}}}[uint(flag)%4]
		src.Files, src.Stdin = []string{"-"}, strings.NewReader(base)
		got, err := values.Read(t.Context(), src)
		var setErr *values.SetError
		var fileErr *values.FileError
		if err != nil && !errors.As(err, &setErr) && !errors.As(err, &fileErr) {
			t.Errorf("an error of no type of ours: %v", err)
		}
		if (err == nil) != (got != nil) {
			t.Errorf("got both %v and %v", got, err)
		}
	})
}
