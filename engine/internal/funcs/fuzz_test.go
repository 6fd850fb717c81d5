package funcs

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// rewritten are the functions that do not call Sprig's in every case. Random ones
// and regular expressions have tests of their own, and so do the merges, whose
// result depends on the order of keys where values are shared.
var rewritten = strings.Fields(`default empty coalesce toString quote squote cat dict kindOf kindIs typeOf typeIs typeIsLike
	deepCopy mustDeepCopy semverCompare deepEqual has mustHas uniq mustUniq without mustWithout first last rest initial compact
	concat join splitList split splitn append push mustAppend mustPush prepend mustPrepend int int64 float64 add add1 sub div mod mul
	until untilStep seq repeat indent nindent replace wrapWith toPrettyJson mustToPrettyJson mustFromJson`)

// twins executes calls with Sprig's functions and with ours.
type twins struct {
	theirs, ours template.FuncMap
	ptr          *string // texts show its address
}

func newTwins() twins {
	return twins{sprig.TxtFuncMap(), callable(New(testConfig()), NewRender(context.Background(), testConfig(), false)), new(string)}
}

// call returns what a function leaves behind: its result and its arguments.
func (w twins) call(fns template.FuncMap, text string, data []byte) (left []any, err error) {
	g := grower{bytes: data, share: true, ptr: w.ptr}
	args := map[string]any{"small": g.next()%9 - 3, "text": "a b,c\n\nd é"}
	for _, name := range []string{"a", "b", "c", "d"} {
		args[name] = g.value(1)
	}
	var result any
	fns = maps.Clone(fns)
	fns["keep"] = func(v any) string { result = v; return "" }
	_, err = execute(fns, text, args)
	return []any{result, args}, err
}

func (w twins) compare(text string, data []byte) string {
	want, wantErr := w.call(w.theirs, text, data)
	got, gotErr := w.call(w.ours, text, data)
	switch {
	case (wantErr == nil) != (gotErr == nil):
		return fmt.Sprintf("error %v, sprig's is %v", gotErr, wantErr)
	case wantErr == nil && !newAlike().values(want, got):
		return fmt.Sprintf("%#v\n sprig %#v", got, want)
	}
	return ""
}

// calls are the ways in which the fuzzer calls a function.
var calls = []string{"%s .a", "%s .a .b", "%s .a .b .c", "%s .a .b .c .d", "%s", "%s `x` .a", "%s .small .a", "%s .small .text", "%s `,` .small .text",
	"%s .a `x` .b", "%s .text .a", "%s `,` .text", "%s .small .small .small", "%s `a` `bb` .text", "%s .a .small", "%s .small `>=1.2` .text", "%s `map` .a"}

func FuzzAgainstSprig(f *testing.F) {
	for i := range calls {
		f.Add(i*7, i, []byte("\x05\xc8\x03\x01\xff\x02\x00\x8c\x02\x10\x20\x01\x64\x00"))
	}
	w := newTwins()
	f.Fuzz(func(t *testing.T, name, call int, data []byte) {
		if name < 0 || call < 0 {
			return
		}
		text := fmt.Sprintf("{{ "+calls[call%len(calls)]+" | keep }}", rewritten[name%len(rewritten)])
		if d := w.compare(text, data); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	})
}

// TestRandomCalls is a short run of the fuzzer's property on every function.
func TestRandomCalls(t *testing.T) {
	w := newTwins()
	r := rand.New(rand.NewPCG(7, 8))
	for _, name := range rewritten {
		for _, call := range calls {
			text := fmt.Sprintf("{{ "+call+" | keep }}", name)
			for range 6 {
				data := make([]byte, 100)
				for i := range data {
					data[i] = byte(r.Uint32())
				}
				if d := w.compare(text, data); d != "" {
					t.Errorf("%s: %.1000s", text, d)
					break
				}
			}
		}
	}
}

// TestRewritten: every function that is not Sprig's own is in a comparison.
func TestRewritten(t *testing.T) {
	elsewhere := strings.Fields(`randAlpha randAlphaNum randAscii randNumeric randBytes merge mergeOverwrite mustMerge mustMergeOverwrite
		regexMatch mustRegexMatch regexFind mustRegexFind regexFindAll mustRegexFindAll regexReplaceAll mustRegexReplaceAll
		regexReplaceAllLiteral mustRegexReplaceAllLiteral regexSplit mustRegexSplit bcrypt htpasswd derivePassword genPrivateKey genCA
		genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey buildCustomCert getHostByName
		toJson mustToJson fromJson`)
	theirs := sprig.TxtFuncMap()
	for name, fn := range New(testConfig()) {
		known := slices.Contains(rewritten, name) || slices.Contains(elsewhere, name)
		if _, isSprigs := theirs[name]; isSprigs && !known && fmt.Sprintf("%p", fn) != fmt.Sprintf("%p", theirs[name]) {
			t.Errorf("%s is not Sprig's and not compared with it", name)
		}
	}
}
