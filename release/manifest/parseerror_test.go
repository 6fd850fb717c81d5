package manifest

import (
	"errors"
	"strings"
	"testing"
)

const parseErrorPrefix = "YAML parse error on c/x.yaml: error "

// faultCases give the line of the file where a fault is found and the first
// line of the error, which is Helm's.
var faultCases = []struct {
	name  string
	text  string
	line  int
	first string
}{
	{"colon", "a: b\nc: d: e\n", 2, "converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context"},
	{"first line", "c: d: e\n", 1, "converting YAML to JSON: yaml: mapping values are not allowed in this context"},
	{"second document", "a: b\n---\n# c\n\nd: e: f\n", 5, "converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context"},
	{"indentation", "a:\n  b: c\n d: e\n", 3, "converting YAML to JSON: yaml: line 2: did not find expected key"},
	{"sequence", "a:\n- b\nc\n", 3, "converting YAML to JSON: yaml: line 4: could not find expected ':'"},
	{"tab", "a:\n\tb: c\n", 2, "converting YAML to JSON: yaml: line 2: found character that cannot start any token"},
	{"quote", "a: \"b\nc: d\n", 2, "converting YAML to JSON: yaml: line 3: found unexpected end of stream"},
	{"bracket", "a: [b\nc: d\n", 2, "converting YAML to JSON: yaml: line 1: did not find expected ',' or ']'"},
	{"anchor", "a: b\nc: *d\n", 2, "converting YAML to JSON: yaml: unknown anchor 'd' referenced"},
	{"unrendered", "a: b\nc:\n  {{ d }}: e\n", 3, `converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{"d":interface {}(nil)}`},
	{"null key", "a: b\nc:\n  ~: e\n", 3, `converting YAML to JSON: unsupported map key of type: %!s(<nil>), key: <nil>, value: "e"`},
	{"control character", "a: b\nc: \x01\n", 2, "converting YAML to JSON: yaml: control characters are not allowed"},
	{"invalid UTF-8", "a: b\n\nc: \xff\n", 3, "converting YAML to JSON: yaml: invalid leading UTF-8 octet"},
	{"text", "\n\ntext\n", 3, "unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type util.SimpleHead"},
	{"annotations", "kind: A\nmetadata:\n  name: b\n  annotations:\n    c: d\n    e:\n      f: g\n", 6,
		"unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go struct field .metadata.annotations of type string"},
	{"kind", "# c\nkind:\n- a\n", 3,
		"unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field SimpleHead.kind of type string"},
}

func TestParseError(t *testing.T) {
	for _, tt := range faultCases {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(map[string]string{"c/x.yaml": tt.text})
			fault, ok := errors.AsType[*ParseError](err)
			if !ok {
				t.Fatalf("error %v, want a ParseError", err)
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			if want := parseErrorPrefix + tt.first; first != want {
				t.Errorf("first line\n got %s\nwant %s", first, want)
			}
			if fault.Line != tt.line {
				t.Errorf("line %d, want %d\n%s", fault.Line, tt.line, fault.Excerpt)
			}
			if got := 1 + strings.Count(tt.text[:fault.Offset], "\n"); got != min(tt.line, 1+strings.Count(tt.text, "\n")) {
				t.Errorf("offset %d is on line %d, want line %d", fault.Offset, got, tt.line)
			}
		})
	}
}

func TestParseErrorExcerpt(t *testing.T) {
	text := "kind: Z\n---\n# one\nkind: A\nmetadata:\n  name: b\n  labels: c: d\n\x1b[31m: e\nspec: f\nlast: g\n---\nkind: B\n"
	_, err := Parse(map[string]string{"c/x.yaml": text})
	fault, ok := errors.AsType[*ParseError](err)
	if !ok {
		t.Fatalf("error %v, want a ParseError", err)
	}
	// The reader sees the control character before the parser the colon.
	want := "   5 | metadata:\n   6 |   name: b\n   7 |   labels: c: d\n>  8 | \\x1b[31m: e\n   9 | spec: f\n  10 | last: g\n"
	if fault.Excerpt != want {
		t.Errorf("got\n%s\nwant\n%s", fault.Excerpt, want)
	}
	fault.WrittenBy = "c/templates/x.yaml:7:3"
	if got := fault.Error(); !strings.HasSuffix(got, "last: g\nline 8 of the output was written by c/templates/x.yaml:7:3") {
		t.Errorf("error text:\n%s", got)
	}
}

// The excerpt stays within the document.
func TestParseErrorExcerptBounds(t *testing.T) {
	_, err := Parse(map[string]string{"c/x.yaml": "kind: Secret\ndata: {a: canary}\n---\na: b: c\n---\nkind: Secret\ndata: {a: canary}\n"})
	fault, ok := errors.AsType[*ParseError](err)
	if !ok {
		t.Fatalf("error %v, want a ParseError", err)
	}
	if want := "> 4 | a: b: c\n"; fault.Excerpt != want {
		t.Errorf("got\n%swant\n%s", fault.Excerpt, want)
	}
}

func TestParseErrorLongLine(t *testing.T) {
	_, err := Parse(map[string]string{"c/x.yaml": "a: b: " + strings.Repeat("é", 1<<20)})
	fault, ok := errors.AsType[*ParseError](err)
	if !ok {
		t.Fatalf("error %v, want a ParseError", err)
	}
	if len(fault.Excerpt) > 2*lineBytes || !strings.HasSuffix(fault.Excerpt, "é…\n") {
		t.Errorf("%d bytes: %.60s", len(fault.Excerpt), fault.Excerpt)
	}
}

func TestParseErrorMasksSecrets(t *testing.T) {
	tests := []struct{ name, text string }{
		{"broken data", "apiVersion: v1\nkind: Secret\ndata:\n  a: canary\n  b: canary: canary\n  c: canary\n"},
		{"kind below", "data:\n  a: canary\n  b: canary: x\n  c: canary\nkind: Secret\n"},
		{"stringData", "kind: \"Secret\"\nstringData:\n  a: |\n    canary: canary\n  canary-canary\n  b: canary\n"},
		{"flow", "{\"kind\": \"Secret\", \"data\": {\"a\": \"canary\" \"b\": 1}}\n"},
		{"block text that looks like keys", "kind: Secret\nstringData:\n  a: |\n    x\n    canary: y\n  b: c: d\n"},
		{"lost indentation", "kind: Secret\nstringData:\n  a: x\ncanary\n  b: c\n"},
		{"list", "kind: List\nitems:\n- kind: Secret\n  data:\n    a: canary\n    b: x: y\n"},
		{"secret list", "kind: SecretList\nitems:\n- data:\n    a: canary\n    b: x: y\n"},
		{"anchor", "kind: Secret\ndata:\n  a: *canary\n"},
		{"map key", "kind: Secret\ndata:\n  {{ canary }}: a\n"},
		{"null key", "kind: Secret\ndata:\n  ~: canary\n"},
		{"tag", "kind: Secret\ndata:\n  a: !!int canary\n"},
		{"data before the shown lines", "kind: Secret\ndata:\n  a: |\n    1\n    2\n    3\n    4\n    canary\n    5\n  b: c: d\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(map[string]string{"c/x.yaml": tt.text})
			if err == nil {
				t.Fatal("no error")
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "canary") {
					t.Errorf("a value is shown:\n%v", e)
				}
			}
			if !strings.Contains(err.Error(), masked) {
				t.Errorf("nothing is masked:\n%v", err)
			}
		})
	}
}

// A document that is no Secret is shown as it is.
func TestParseErrorShowsValues(t *testing.T) {
	_, err := Parse(map[string]string{"c/x.yaml": "kind: ConfigMap\ndata:\n  a: b: c\n"})
	if err == nil || !strings.Contains(err.Error(), "> 3 |   a: b: c") {
		t.Errorf("error %v", err)
	}
}

func FuzzParseError(f *testing.F) {
	for _, tt := range faultCases {
		f.Add(tt.text)
	}
	f.Add("kind: Secret\ndata:\n  a: canary: x\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse(map[string]string{"c/x.yaml": text})
		if err == nil {
			return
		}
		fault, ok := errors.AsType[*ParseError](err)
		if !ok {
			t.Fatalf("error %v, want a ParseError", err)
		}
		if fault.Line < 1 || fault.Offset < 0 || fault.Offset > len(text) {
			t.Errorf("%q: line %d, offset %d", text, fault.Line, fault.Offset)
		}
	})
}
