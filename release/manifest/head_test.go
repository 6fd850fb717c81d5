package manifest

import (
	"reflect"
	"testing"
)

// headCases are documents whose decoding is worth a thought; also the seeds of
// FuzzHead.
var headCases = []string{
	"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n",
	"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\n  annotations:\n    helm.sh/hook: pre-install\n    x: \"y\"\nspec:\n  - a\n  - b: [1, 2]\n",
	"",
	"# only a comment\n",
	"null\n",
	"text\n",
	"- a\n- b\n",
	"12\n",
	"kind: 1\napiVersion: 1.10\n",
	"kind: true\nmetadata:\n  name: 0x10\n",
	"kind: 1e3\n",
	"kind: 2001-01-01\n",
	"kind: ~\nmetadata: ~\n",
	"kind: [a]\n",
	"kind: {a: b}\n",
	"metadata: text\n",
	"metadata: []\n",
	"metadata:\n  name: [a]\n",
	"metadata:\n  annotations: text\n",
	"metadata:\n  annotations: []\n",
	"metadata:\n  annotations:\n    a: 1\n    b: true\n    c: ~\n    d: 1.5\n    e: 123456789012345678901234567890\n    f: 9223372036854775808\n",
	"metadata:\n  annotations:\n    a: {b: c}\n",
	"metadata:\n  annotations:\n    a: [b]\n",
	"metadata:\n  annotations:\n    1: a\n    true: b\n    1.5: c\n",
	"metadata:\n  annotations:\n    ~: a\n",
	"metadata:\n  annotations:\n",
	"Kind: A\nkind: B\n",
	"KIND: A\n",
	"kind: A\nkind: B\n",
	"metadata:\n  name: a\nMetadata:\n  name: b\n  annotations: {c: d}\n",
	"metadata:\n  Name: a\n",
	"kind: A\n? [a]\n: b\n",
	"kind: A\n{{ x }}: b\n",
	"kind: A\nspec: {~: b}\n",
	"kind: A\nspec: .nan\n",
	"kind: A\nspec: [-.inf]\n",
	"kind: A\nspec: !!binary aGk=\n",
	"kind: !!binary /w==\n",
	"kind: A\nspec: !!binary x\n",
	"kind: A\nspec: !!int x\n",
	"base: &b {kind: A}\n<<: *b\n",
	"a: &a [*a]\nkind: A\n",
	"kind: *x\n",
	"kind: A\nx: a: b\n",
	"kind: A\n\tx: b\n",
	"kind: \"A\nx: b\n",
	"kind: A\n x: b\n",
	"kind: A\n- b\n",
	"kind: A\n...\nkind: [b\n",
	"kind: A\n... x\n",
	"%YAML 1.1\n---\nkind: A\n",
	"kind: \"\\ud800\"\n",
	"kind: A\x00\n",
	"kind: \xff\n",
	"\ufeffkind: A\n",
	"kind: A\rmetadata:\r  name: b\r",
	"kind: A\u2028metadata:\u0085  name: b\n",
	"{\"kind\": \"A\", \"metadata\": {\"name\": \"b\", \"annotations\": {\"c\": \"d\"}}}\n",
	"ſind: A\nK: b\nkınd: c\n\u212aind: d\n", // the Kelvin sign folds to k
	"kind: A\nscript: |\n  a: b\n    - c\n\n  d\nfolded: >-\n  x\n  y\nkeep: |+\n\n  z\n\nend: 1\n",
	"kind: A\nscript: |2\n    a\n  b\n",
	"kind: A\nscript: |\n    a\n  b\n",
	"kind: A\nx: 'it''s'\ny: \"a\\nb\"\nz: 'a\n  b'\n",
	"kind: A\nx: a # comment\ny: a#b\n# z\n",
	"kind: A\nspec:\n- a: 1\n  b:\n  - - c\n    - d\n- \n- e\n",
	"kind: A\nspec:\n  a: 1\n   b: 2\n",
	"kind: A\nspec:\n    a: 1\n  b: 2\n",
	"kind: A\nx: @a\n",
	"kind: A\nx: `a\n",
	"kind: A\nx: %a\n",
	"kind: A\nx: - a\n",
	"kind: A\nx: a\n  b\n  c: d\n",
	"kind: A\nx: a\n  b\n",
	"kind: A\nx: -a\ny: -\nz: ?a\nw: :a\n",
	"kind: A\nx: {}\ny: []\nz: [a, b]\nw: {a: 1, b: 2}\n",
	"kind: A\nx: [a\n",
	"kind: A\nx: *.example.com\n",
	"kind: A\nx: <<\n",
	"kind : A\nx  : b\n\"q\": c\n'r': d\n? s\n: e\n",
	"kind:A\n",
	"kind:\n  A\n",
	"kind:\n  # c\n  A\n",
	"kind: A\nx:\n\ty: b\n",
	"kind: A\nx: b\t\ny: c \t# d\n",
	"kind: A\n\n   \n  # c\nx: b\n",
	"y: 1\nkind: A\nyes: 2\ntrue: 3\n",
	"kind: A\nx: 012\ny: 0o7\nz: 1_000\nw: +1\nv: 0b11\n",
	"kind: A\nlist:\n  -a\n",
	"kind: A\nlist:\n  - a\n b: c\n",
	"kind: A # x\nmetadata: # y\n  name: b # z\n",
	"kind: 'A' # x\nmetadata:\n  name: \"b\"\n",
	"kind: 'A'x\n",
	"kind: A\nx: |\n\ta\n",
	"kind: A\nx: |\n  a\n\tb\n",
	"kind: A\nx: | # c\n  a\n",
	"kind: A\nx: |x\n  a\n",
	"kind: A\nx: >\n\n\n",
	"kind: A\nx: !t b\ny: &a c\nz: *a\n",
	"kind: A\nx: \"a: b\"\n\"c: d\": e\n",
	"kind: A\nhttp://x: y\na:b: c\n",
	"kind: A\n-: b\n",
	"kind: A\n- b: c\n",
	"kind: A\nmetadata:\n  annotations:\n    a: |\n      b\n    c: >-\n      d\n      e\n    f: 'g'\n    h: \"i\\tj\"\n    k: yes\n    l: 0.5\n    m: 1e3\n    n: 0x1F\n    o:\n",
}

func TestHeadAgreesWithReference(t *testing.T) {
	for _, content := range headCases {
		checkHead(t, content)
	}
}

func FuzzHead(f *testing.F) {
	for _, content := range headCases {
		f.Add(content)
	}
	f.Fuzz(checkHead)
}

func checkHead(t *testing.T, content string) {
	t.Helper()
	want, wantErr := referenceHead(content)
	if got, ok := outlineHead(content); ok {
		compareHeads(t, content, got, want, nil, wantErr)
	}
	for _, read := range []func(string) (head, bool){treeHead, parsedHead} {
		if got, ok := read(content); ok {
			compareHeads(t, content, got, want, nil, wantErr)
		}
	}
	got, err := decodeHead(content)
	compareHeads(t, content, got, want, err, wantErr)
}

func compareHeads(t *testing.T, content string, got, want head, err, wantErr error) {
	t.Helper()
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: error %v, the reference's is %v", content, err, wantErr)
	}
	if err != nil {
		return
	}
	if len(got.annotations) == 0 && len(want.annotations) == 0 {
		got.annotations, want.annotations = nil, nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q\n got %#v\nwant %#v", content, got, want)
	}
}
