package manifest

import (
	"math/rand"
	"testing"
)

// What the outline is made for has to go its way, or it is of no use.
func TestOutlineTakes(t *testing.T) {
	for _, content := range append(Split(benchFile(1)),
		"# only a comment\n",
		"kind: A\nmetadata:\n  name: b\n  annotations: {}\n",
		"kind: A\nmetadata:\n  name: b\n  annotations:\n    a: b\n    \"c\": 'd'\n    e:\n    f/g: 01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b\n",
		"kind: A\nlist:\n- a\n- - b\n  - c: d\n    e: f\n-\n  g: h\nempty:\nend: 1\n",
		"kind: A\ntext: |\n\n  a: b\n\n    c\nfolded: >-\n  d\nnothing: |\nend: |+\n  e\n\n",
		"kind: A\nlong: a\n  b - c\n\n  d\nquoted: 'e\n  f''g\n\n  h' # i\nescaped: \"j\\\n  \\ k\"\n",
		"kind: A\nbelow:\n  []\nalso:\n  text\n  of two lines\n",
		"kind: A\nflow: [a, 'b', {c: d, \"e\": [f]}, []] # g\n",
		"kind: Ä\nvalue: é # ü\n",
	) {
		if _, ok := outlineHead(content); !ok {
			t.Errorf("not taken:\n%s", content)
		}
		checkHead(t, content)
	}
}

// What is not sure to be YAML, or not sure to mean what it seems to, is left to
// the parser.
func TestOutlineLeaves(t *testing.T) {
	for _, content := range []string{
		"- a\n", "a\n", "kind: 1\n", "kind: true\n", "kind: ~\n", "kind:\n- a\n", "Kind: a\n", "kind: A\nkind: B\n",
		"metadata: a\n", "metadata:\n  name: 1.5\n", "metadata:\n  annotations:\n    a:\n      b: c\n", "metadata:\n  annotations:\n    1: a\n",
		"a: b: c\n", "a: b\n  c: d\n", "a:\n  b: c\n d: e\n", "a: b\n- c\n", "a:\n  - b\n c: d\n", "a: &b c\n", "a: *b\n", "a: !b c\n",
		"a: 'b'c\n", "a: \"b\n", "a: [b\n", "a: [b: c]\n", "a: .inf\n", "a: [-.nan]\n", "~: a\n", "null: a\n", "? a\n", "18446744073709551616: a\n",
		"a: |2\n  b\n", "a: |\n    \n  b\n", "a: |\n\tb\n", "a:\tb\n", "a: b\r\n", "a: b # c\n  d\n", "a: \"\\q\"\n", "a: \x01\n", "a: \u2028\n", "...\n",
	} {
		if h, ok := outlineHead(content); ok {
			t.Errorf("taken, with the head %+v:\n%s", h, content)
		}
		checkHead(t, content)
	}
}

// Documents with a few characters changed are mostly broken; those the outline
// takes must be YAML all the same.
func TestOutlineOnMutants(t *testing.T) {
	insertions := []string{
		":", ": ", " ", "  ", "\t", "\n", "\n  ", "- ", "\n- ", "'", "\"", "\\", "[", "]", "{", "}", ",", "#", " #", "|", "|\n", ">-\n",
		"*a", "&a ", "!!int ", "<<: ", "? ", "~", "null", ".inf", "%", "@", "{{ a }}", "kind: A\n", "metadata:\n", "\n\n", "...\n",
	}
	seeds := append(Split(benchFile(1)), headCases...)
	random := rand.New(rand.NewSource(1))
	taken := 0
	for range 30_000 {
		content := seeds[random.Intn(len(seeds))]
		for range 1 + random.Intn(3) {
			at := random.Intn(len(content) + 1)
			if random.Intn(3) == 0 {
				content = content[:at] + content[min(len(content), at+1+random.Intn(8)):]
			} else {
				content = content[:at] + insertions[random.Intn(len(insertions))] + content[at:]
			}
		}
		got, ok := outlineHead(content)
		if !ok {
			continue
		}
		taken++
		want, err := referenceHead(content)
		compareHeads(t, content, got, want, nil, err)
		if t.Failed() {
			return
		}
	}
	if taken < 1000 {
		t.Errorf("only %d mutants were taken: the test tests nothing", taken)
	}
}

func TestIsString(t *testing.T) {
	for text, want := range map[string]bool{
		"a": true, "yes": false, "Yes": false, "yess": true, "null": false, "NULL": false, "~": false, "<<": false, "": false,
		"1": false, "1a": true, "0x1F": false, "1_000": false, "1e5": false, "1e5f": true, ".5": false, ".a": true, "+1": false, "-x": true,
		"2001-01-01": false, "2001-": false, "18446744073709551615": false, "123456789012345678901234567890": false, "0b11": false, "0o7": false,
		"inf": true, "-inf": false, "1.2.3": true, "on": false, "one": true, "off": false, "n": false,
	} {
		if got := isString(text); got != want {
			t.Errorf("isString(%q) = %v", text, got)
		}
	}
}
