package helmref

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart/values"
	helmvalues "helm.sh/helm/v4/pkg/cli/values"
	"helm.sh/helm/v4/pkg/getter"
)

// setTokens are what random --set expressions are made of.
var setTokens = []string{
	"a", "b", "a", "b", "c", "global", "=", "=", "=", ".", ".", ",", ",", "[", "]", "[0]", "[1]", "[2]", "{", "}",
	"{1,2}", "\\", "\\,", "\\.", "\\=", "\\[", " ", "\t", "null", "true", "TRUE", "faLSe", "0", "007", "12", "-3", "+4",
	"9223372036854775808", "1.5", "1e3", "\"", "\"x\"", "{\"k\":1}", "[1,{\"k\":null}]", "-1", "[-1]", "[65536]", "[65537]",
	"é", "\xff", "ſ", "\n", "FILE", "FILE", "nofile", "[[", "a.b.c", "a[0].b", "=x", "=1", "={", "=}",
}

var setBases = []string{
	"{}",
	"a: {b: {c: 1}}\nb: [1, {a: 2}, [3]]\n",
	"a: null\nb: text\nc: [null, null]\n",
	"a: [[], {}, [{b: 1}]]\n\"\": {a: 1}\n",
	"\"\": [1, [2], {a: 3}]\n",
}

type setCase struct {
	base string
	flag int // index into the five fields of a flag
	text []string
}

// both reads the case with both programs.
func (c setCase) both(t *testing.T, dir string) (got, want map[string]any, gotErr, wantErr error) {
	base := filepath.Join(dir, "base.yaml")
	if err := os.WriteFile(base, []byte(c.base), 0o600); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(c.text))
	for i, s := range c.text {
		texts[i] = strings.ReplaceAll(s, "FILE", filepath.Join(dir, "base\\.yaml"))
		if c.flag == 4 {
			texts[i] = strings.ReplaceAll(s, "FILE", base)
		}
	}
	src := values.Sources{Files: []string{base}}
	ref := helmvalues.Options{ValueFiles: []string{base}}
	switch c.flag {
	case 0:
		src.Set, ref.Values = texts, texts
	case 1:
		src.String, ref.StringValues = texts, texts
	case 2:
		src.JSON, ref.JSONValues = texts, texts
	case 3:
		src.File, ref.FileValues = texts, texts
	case 4:
		src.Literal, ref.LiteralValues = texts, texts
	}
	got, gotErr = values.Read(context.Background(), src)
	want, wantErr = ref.MergeValues(getter.Providers{})
	return got, want, gotErr, wantErr
}

func (c setCase) check(t *testing.T, dir string) bool {
	t.Helper()
	got, want, gotErr, wantErr := c.both(t, dir)
	if (gotErr != nil) != (wantErr != nil) {
		t.Errorf("%+v:\nours %v, %v\nHelm %v, %v", c, got, gotErr, want, wantErr)
		return false
	}
	if wantErr == nil && !reflect.DeepEqual(got, want) {
		t.Errorf("%+v:\nours %#v\nHelm %#v", c, got, want)
		return false
	}
	return true
}

// TestSet reads random expressions with both programs.
func TestSet(t *testing.T) {
	dir := t.TempDir()
	first, n := number(t, "HCHART_SEED", 1), number(t, "HCHART_CASES", 20000)
	fine := 0
	for seed := first; seed < first+n; seed++ {
		g := generator{rand.New(rand.NewPCG(uint64(seed), 8))}
		c := setCase{base: pick(g, setBases), flag: g.IntN(5)}
		for range 1 + g.IntN(2) {
			c.text = append(c.text, g.expression())
		}
		if !c.check(t, dir) {
			t.Fatalf("HCHART_SEED=%d", seed)
		}
		if _, _, err, _ := c.both(t, dir); err == nil {
			fine++
		}
	}
	t.Logf("%d of %d expressions are valid", fine, n)
	if fine < n/10 || fine > n*9/10 {
		t.Errorf("the cases show too little: %d of %d are valid", fine, n)
	}
}

func (g generator) expression() string {
	var b strings.Builder
	if g.chance(60) { // begin well
		b.WriteString(pick(g, []string{"a", "b", "a.b", "b[1]", "c[0]", "a[1].b", "b[1].a", "a[2][0]"}))
		if g.chance(70) {
			b.WriteString("=")
		}
	}
	for range g.IntN(7) {
		b.WriteString(pick(g, setTokens))
	}
	return b.String()
}

// FuzzSetAgainstHelm looks for expressions that the two read differently.
func FuzzSetAgainstHelm(f *testing.F) {
	dir := f.TempDir()
	for i, s := range []string{"a=1,b=2", "a.b[0].c={1,2}", "a[0][1]=x", `a\.b=1`, "a=", "a", "=1", "a[", "a={", "a=[1]b=2"} {
		f.Add(i%5, s, s)
	}
	f.Fuzz(func(t *testing.T, flag int, base, text string) {
		if len(text) > 200 || strings.Count(text, "65") > 3 {
			t.Skip() // long lists are slow to compare
		}
		c := setCase{base: setBases[uint(len(base))%uint(len(setBases))], flag: int(uint(flag) % 5), text: []string{text}}
		c.check(t, dir)
	})
}
