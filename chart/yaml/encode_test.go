package yaml

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"
)

// values stands for the engine's type of .Values.
type values map[string]any

// encodeCases are values whose text is easy to get wrong.
func encodeCases() []any {
	cases := []any{
		nil, true, false, map[string]any(nil), []any(nil), map[string]any{}, []any{}, []string{}, []string(nil), map[string]string{}, map[string]string(nil),
		0, -1, math.MaxInt64, math.MinInt64, int8(-3), int16(4), int32(5), uint8(6), uint16(7), uint32(8), uint(9), uint64(math.MaxUint64), int64(1<<53 + 1),
		0.0, math.Copysign(0, -1), 1.0, 1.5, -2.25, 1e6, 1234567.5, 1e15, 1e16, 1e19, 1.5e19, 1e20, 1e21, 1e22, 1e-5, 1e-7, 3e300, 4e-320, float64(1 << 53), float64(1 << 62), float64(1 << 63), float64(1 << 64), math.NaN(), math.Inf(1), float32(0.1), 0.1 + 0.2,
		values{"a": values{"b": []any{}}}, struct{ A int }{1}, []byte("bytes"), time.Second, &struct{ B string }{"x"}, []int{1, 2}, map[int]string{1: "a"},
		[]any{[]any{[]any{1, 2}, []any{}}, map[string]any{"a": []any{map[string]any{"b": nil}, map[string]any{}}}},
		map[string]any{"list": []any{"a", []any{"b"}, map[string]any{"c": []any{"d"}, "e": "line one\nline two\n"}}},
		map[string]any{"labels": map[string]string{"b": "yes", "a": ""}, "args": []string{"--a", "- b", ""}},
		map[string]any{"a1b": 1, "a2": 2, "a10": 3},
		map[string]any{"k8s": 1, "ipv4Range": 2, "base64": 3, "ipv6": 4, "x1": 5, "x10": 6, "x2": 7, "X": 8, "_": 9, "-": 10, "x01": 11, "x001": 12, "x0": 13, "x00": 14},
		map[string]any{"<<": 1, "": 2, "y": 3, "1": 4, "~": 5, "a b": 6, "a: b": 7, "'": 8, "#": 9, "0x1": 10, "\t": 11},
		map[string]any{strings.Repeat("k", 128): 1}, map[string]any{strings.Repeat("k", 129): 1}, map[string]any{"two\nlines": 1}, map[string]any{"ü": 1, "a": 2},
		map[string]any{"12345678901234567": 1, "123456789012345678901234567890": 2},
	}
	for _, s := range textCases() {
		cases = append(cases, s, []any{s}, map[string]any{"key": s}, map[string]any{"a": []any{map[string]any{"b": s}, s}}, map[string]any{s: 1})
	}
	return cases
}

// textCases are strings that YAML does not take as they are.
func textCases() []string {
	long := "some words that go on until the line is longer than eighty columns, which is where the library begins a new one, or so it says"
	return []string{
		"", " ", "a", "a ", " a", "a b", "-", "--", "---", "--- a", "...", "....", "- a", "-a", "-\t", "?", "? a", "?a", ":", ": a", ":a", "a:", "a: b", "a:b", "a :b", "#", "a #b", "a# b", "a#",
		",", "[a]", "{a}", "&a", "*a", "!a", "|", ">", "'", `"`, `it's`, `say "hi"`, "%a", "@a", "`a`", "a,b", "[", "]", "}", "a]", "\\", `a\b`,
		"true", "True", "TRUE", "tRUE", "yes", "no", "on", "off", "y", "n", "Y", "N", "null", "Null", "~", "nil", "none", "<<", "=", "nan", ".nan", ".inf", "-.inf", "+.INF", ".Inf", ".infinity",
		"0", "1", "-1", "+1", "01", "08", "1_000", "_1", "0x1F", "-0x1f", "0o17", "0b101", "0b-1", "-0b1", "-0b-1", "0b", "0x", "1e3", "1E3", "1e", "1.", ".5", "5.", ".", "..", "+", "1.5", "1.5.2", "1e400", "-1e-400", "9223372036854775808", "18446744073709551616",
		"0x1p-2", ".5e3", ".e3", "._5", "1__0", "--1", "1-1", "1a", "12e03", "0777", "0888", "0_8", "+0x_1", "1,000", "12:30:45", "12:30", "1:60", "190:20:30.15", "1:2.3_4", "-1:30", "+1_0:05", ":30", "1:", "1:2:",
		"2001-01-01", "2001-1-1", "2001-13-01", "2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.10", "2001-12-14T21:59:43Z", "2001-12-14 21:59:43.10 -5", "2001-", "200-01-01", "20010-01-01",
		"a\nb", "a\nb\n", "a\n\nb\n\n", "\n", "\n\n", "\na", " a\nb", "a\n b", "a \nb", "a\nb ", "a\n \nb", "a\n\n", "a\tb", "a\n\tb", "\ta", "a\r\nb\r\n", "a\rb", "\r",
		"a\x00b", "\x01", "\a\b\v\f\x1b", "del\x7f", "\u0080", "\u0085", "\u00a0", "\u00a0a", "ü", "ü: ö", "日本語", "😀", "😀 smile", "\u2028", "\u2029", "\ufeff", "a\ufeff", "\ufffe", "\uffff", "\ufffd", "\xff", "a\xc3", "\ue000", "퟿",
		"<a href=\"x\">&amp;</a>", long, long + ": " + long, "'" + long, long + "  " + long, `"` + long + `  \ ` + long, strings.Repeat("x", 90) + " y", strings.Repeat("ü ", 60), strings.Repeat("x", 78) + "  y z", " " + long, long + " ",
		strings.Repeat("\x01", 18) + " a b c", strings.Repeat("😀", 9) + " a b c", "a\n" + long + " \n", strings.Repeat("''", 30) + ": a b c", "---" + long, strings.Repeat(" ", 90) + "a", strings.Repeat("a  ", 50), "\"" + strings.Repeat("a  ", 50),
	}
}

// checkEncode compares the text of v with the library's. It reports whether the
// text was written here.
func checkEncode(t testing.TB, v any) bool {
	t.Helper()
	e := encoder{}
	ok := e.value(v, place{at: root, indent: -2})
	if !ok {
		return false
	}
	want, err := yaml.Marshal(v)
	if err != nil || string(e.buf) != string(want) {
		t.Errorf("Encode(%#v):\n%q\nwant, error %v:\n%q", v, e.buf, err, want)
	}
	return true
}

func TestEncode(t *testing.T) {
	for _, v := range encodeCases() {
		checkEncode(t, v)
		got, err := Encode(v)
		want, wantErr := yaml.Marshal(v)
		if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && got != string(want) && !orderless(v) {
			t.Errorf("Encode(%#v) = %q, %v, want %q, %v", v, got, err, want, wantErr)
		}
	}
}

// orderless reports whether the library's text for v depends on the order of a
// Go map.
func orderless(v any) bool {
	m, ok := v.(map[string]any)
	return ok && len(m) > 1 && !sortKeys(slices.Collect(maps.Keys(m)))
}

// TestEncodeHere checks that what charts hold does not go to the library.
func TestEncodeHere(t *testing.T) {
	for _, v := range []any{
		nil, "text", "a: b", "a\nb", "ü", "😀", 1, 1.5, true, []any{"a", nil}, map[string]any{"k8s": 1, "ipv4": 2}, values{"a": 1},
		map[string]string{"a": "b"}, []string{"a"}, map[string]any{"tab": "a\tb"},
	} {
		if !checkEncode(t, v) {
			t.Errorf("%#v is left to the library", v)
		}
	}
}

func TestSortKeys(t *testing.T) {
	for _, tt := range []struct {
		keys string
		ok   bool
	}{
		{"b a c", true},
		{"x10 x9 x", true},
		{"a2 a10 a1b", false},
		{"a2 a1b", true},
		{"k8s k9s", true},
		{"k8s k80", false},
		{"ü a", false},
		{strings.Repeat("1", 18) + " a", false},
	} {
		keys := strings.Fields(tt.keys)
		if ok := sortKeys(keys); ok != tt.ok {
			t.Errorf("sortKeys(%q) = %v", keys, ok)
		}
	}
}

// TestEncodeRandom compares trees at random.
func TestEncodeRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g := generator{r, textCases()}
	here, all := 0, 0
	for deadline := time.Now().Add(time.Second); all < 20000 && time.Now().Before(deadline); all++ {
		if checkEncode(t, g.tree(4)) {
			here++
		}
		if t.Failed() {
			return
		}
	}
	if here < all/4 {
		t.Errorf("only %d of %d trees were written here", here, all)
	}
}

// generator makes values at random.
type generator struct {
	*rand.Rand
	texts []string
}

func (g generator) tree(depth int) any {
	n := g.IntN(12)
	if depth == 0 {
		n = g.IntN(8)
	}
	switch n {
	case 0:
		return []any{nil, true, false, []any{}, map[string]any{}}[g.IntN(5)]
	case 1:
		return g.IntN(2000) - 1000
	case 2:
		return g.NormFloat64() * math.Pow(10, float64(g.IntN(40)-15))
	case 3:
		return math.Round(g.NormFloat64() * math.Pow(10, float64(g.IntN(22))))
	case 4, 5:
		return g.words()
	case 6, 7:
		return g.texts[g.IntN(len(g.texts))]
	case 8, 9:
		list := []any{}
		for range g.IntN(4) {
			list = append(list, g.tree(depth-1))
		}
		return list
	}
	m := map[string]any{}
	for range g.IntN(6) {
		m[g.keyText()] = g.tree(depth - 1)
	}
	return m
}

// words joins short pieces, so that lines are broken in many ways.
func (g generator) words() string {
	pieces := []string{" ", " ", "  ", "word", "longer-word", "a", "'", `"`, `\`, ":", "#", "\n", "\t", "ü", "😀", "12", "-", ".", strings.Repeat("x", 30)}
	var b strings.Builder
	for range g.IntN(30) {
		b.WriteString(pieces[g.IntN(len(pieces))])
	}
	return b.String()
}

func (g generator) keyText() string {
	pieces := []string{"a", "b", "B", "0", "1", "9", "-", "_", ".", "/", " "}
	var b strings.Builder
	for range 1 + g.IntN(4) {
		b.WriteString(pieces[g.IntN(len(pieces))])
	}
	return b.String()
}

// FuzzEncode compares the text of strings, as values and keys, and of numbers.
func FuzzEncode(f *testing.F) {
	for _, s := range textCases() {
		f.Add(s, "key", 1.5)
		f.Add("value", s, 1e21)
	}
	f.Fuzz(func(t *testing.T, text, key string, number float64) {
		checkEncode(t, text)
		checkEncode(t, number)
		checkEncode(t, map[string]any{key: text, "a1": []any{text, number, []any{text}}})
		keys := map[string]any{}
		for _, k := range strings.Fields(key + " " + text) {
			keys[k] = len(k)
		}
		checkEncode(t, []any{keys, map[string]any{"list": []any{keys, key}}})
	})
}
