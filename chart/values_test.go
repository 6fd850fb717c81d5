package chart_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
	"sigs.k8s.io/yaml"
)

type table = map[string]any

var valuesCases = []struct {
	yaml string
	want table
}{
	{"", table{}},
	{"# nothing\n", table{}},
	{"null\n", table{}},
	{"a: 1\nb: 1.5\nc: x\nd: true\ne: null\nf: [1, {g: 2}]\n",
		table{"a": 1.0, "b": 1.5, "c": "x", "d": true, "e": nil, "f": []any{1.0, table{"g": 2.0}}}},
	{"1: a\ntrue: b\n1.5: c\n.inf: d\n", table{"1": "a", "true": "b", "1.5": "c", ".inf": "d"}},
	{"\"1\": string\n1: int\n1.0: float\n", table{"1": "string"}},
	{"a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n",
		table{"a": table{"b": 1.0}, "c": table{"b": 1.0}, "d": table{"b": 1.0, "e": 2.0}}},
	{"a: 2020-01-01\nb: !!timestamp 2020-01-01\n", table{"a": "2020-01-01", "b": "2020-01-01"}},
	{"a: !!binary /w==\n", table{"a": "\uFFFD"}},
	{"a: 18446744073709551615\nb: 0x10\nc: 010\nd: 1_000\n", table{"a": 18446744073709551615.0, "b": 16.0, "c": 8.0, "d": 1000.0}},
	{"---\na: 1\n", table{"a": 1.0}},
	{"a: 1\n---\nb: 2\n--- # more\nc: 3\n", table{"a": 1.0, "b": 2.0, "c": 3.0}},
	{"a: {x: 1, k: 2}\n---\na: {k: 3, z: 4}\n", table{"a": table{"x": 1.0, "k": 3.0, "z": 4.0}}},
	{"a: {x: 1}\n---\na: null\n", table{"a": nil}},
	{"a: {x: 1}\n---\na: {x: null}\n", table{"a": table{"x": nil}}},
	{"a: [1]\n---\na: {x: 1}\n---\n\n---\n---\n", table{"a": table{"x": 1.0}}},
	{"a: 1\r\n---\r\nb: |\r\n  x\r\n  y\r\n", table{"a": 1.0, "b": "x\ny\n"}},
	{"a: |\n  --- x\n  y\n", table{"a": "--- x\ny\n"}},
	{"a: 1\n...\nb: 2\n", table{"a": 1.0}},
	{"---", table{}},
	// Lines whose length is a multiple of a reader's buffer were once lost.
	{"a: " + strings.Repeat("x", 4093), table{"a": strings.Repeat("x", 4093)}},
}

func TestReadValues(t *testing.T) {
	for _, tt := range valuesCases {
		got, err := chart.ReadValues([]byte(tt.yaml))
		if err != nil {
			t.Errorf("%.50q: %v", tt.yaml, err)
		} else if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%.50q: %v, want %v", tt.yaml, got, tt.want)
		}
	}
}

func TestReadValuesErrors(t *testing.T) {
	for _, tt := range []struct {
		yaml string
		line int
		want string
	}{
		{"a: 1\nb: c: d\n", 2, "error converting YAML to JSON: yaml: line 2: mapping values are not allowed"},
		{"a: 1\n---\nb: 1\nc: d: e\n", 4, "yaml: line 2: mapping values"},
		{"a: 1\n---\nb: 2\n---c\n", 4, "invalid Yaml document separator: c"},
		{"- a\n", 0, "json: cannot unmarshal array into Go value of type map[string]interface {}"},
		{"a: 1\n---\nx\n", 0, "json: cannot unmarshal string into Go value"},
		{"1\n", 0, "json: cannot unmarshal number into Go value"},
		{"true\n", 0, "json: cannot unmarshal bool into Go value"},
		{"a: .inf\n", 0, "error converting YAML to JSON: json: unsupported value: +Inf"},
		{"a: .nan\n", 0, "json: unsupported value: NaN"},
		{"null: 1\n", 0, "unsupported map key of type"},
		{"a: &a [*a]\n", 0, "value contains itself"},
		{"a: \xff\n", 0, "invalid leading UTF-8 octet"},
		{"a: " + strings.Repeat("[", 20_000), 0, "exceeded max depth"},
	} {
		_, err := chart.ReadValues([]byte(tt.yaml))
		var parse *chart.ParseError
		if !errors.As(err, &parse) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.50q: error %v, want %s", tt.yaml, err, tt.want)
		} else if tt.line != 0 && parse.Line != tt.line {
			t.Errorf("%.50q: line %d, want %d", tt.yaml, parse.Line, tt.line)
		}
	}
}

// The parser shares a string that many aliases name; so must we.
func TestReadValuesAliasBomb(t *testing.T) {
	values, err := chart.ReadValues([]byte(aliasBomb("list")))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(values["list"].([]any)); n != 30_000 {
		t.Errorf("%d elements", n)
	}
	bomb := strings.Replace(aliasBomb("list"), "&a ", "&a !!binary /////", 1)
	if _, err := chart.ReadValues([]byte(bomb)); !as[*chart.ParseError](err) {
		t.Errorf("of bytes that are not UTF-8: %v", err)
	}
}

// FuzzReadValues compares with the library that defines the conversion.
func FuzzReadValues(f *testing.F) {
	for _, tt := range valuesCases {
		f.Add([]byte(tt.yaml))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := chart.ReadValues(data)
		if strings.Contains(string(data), "---") || strings.Contains(string(data), "\r") {
			return // several documents; only that it comes back
		}
		want := table{}
		wantErr := yaml.Unmarshal(data, &want)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, want %v", err, wantErr)
		}
		// Keys that become the same string (1 and "1") give the library a
		// result at random; ours is one of those.
		for range 100 {
			if err != nil || len(got)+len(want) == 0 || reflect.DeepEqual(got, want) {
				return
			}
			want = table{}
			if err := yaml.Unmarshal(data, &want); err != nil {
				t.Fatal(err)
			}
		}
		t.Fatalf("%#v, want %#v", got, want)
	})
}
