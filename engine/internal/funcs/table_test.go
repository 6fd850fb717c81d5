package funcs

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

func testConfig() Config {
	return Config{Items: 1_000_000, StringBytes: 16 << 20, PatternBytes: 1 << 10, CryptoTime: time.Hour}
}

// callable does what the evaluator does, so that text/template can call the
// functions: it hides the *Render parameter and checks the arguments.
func callable(fns map[string]any, r *Render) template.FuncMap {
	out := template.FuncMap{}
	shallow := Shallow()
	for name, fn := range fns {
		f := reflect.ValueOf(fn)
		var in []reflect.Type
		hidden := 0
		if f.Type().NumIn() > 0 && f.Type().In(0) == reflect.TypeFor[*Render]() {
			hidden = 1
		}
		for i := hidden; i < f.Type().NumIn(); i++ {
			in = append(in, f.Type().In(i))
		}
		res := []reflect.Type{f.Type().Out(0), reflect.TypeFor[error]()}
		out[name] = reflect.MakeFunc(reflect.FuncOf(in, res, f.Type().IsVariadic()), func(args []reflect.Value) []reflect.Value {
			var err error
			for _, a := range args {
				if !shallow[name] && err == nil {
					_, err = CheckFinite(a.Interface())
				}
			}
			if err != nil {
				return []reflect.Value{reflect.Zero(res[0]), reflect.ValueOf(&err).Elem()}
			}
			if hidden == 1 {
				args = append([]reflect.Value{reflect.ValueOf(r)}, args...)
			}
			call := f.Call
			if f.Type().IsVariadic() {
				call = f.CallSlice
			}
			results := call(args)
			if len(results) == 1 {
				results = append(results, reflect.Zero(res[1]))
			}
			return results
		}).Interface()
	}
	return out
}

func execute(fns template.FuncMap, text string, data any) (string, error) {
	return executeIn(template.New("t").Option("missingkey=zero").Funcs(fns), text, data)
}

func executeIn(t *template.Template, text string, data any) (string, error) {
	t, err := t.Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, data)
	return b.String(), err
}

type stringer struct{}

func (stringer) String() string { return "stringer" }

func operands() map[string]any {
	return map[string]any{
		"s": "héllo wörld", "e": "", "nl": "a\nb\n\nc\n", "n": 5, "z": 0, "neg": -3, "i64": int64(1) << 40, "f": 2.5, "fe": 1e21, "t": true, "no": false,
		"nil": nil, "l": []any{"b", "a", nil, 3, "a", 2.5, true}, "el": []any{}, "sl": []string{"z", "y", "z"}, "il": []int{3, 1, 2}, "arr": [2]string{"p", "q"}, "nl2": [][]int{{1}, {2, 3}},
		"m": map[string]any{"a": 1, "b": map[string]any{"c": "deep", "n": nil}, "l": []any{1, map[string]any{"x": "y"}}}, "em": map[string]any{}, "ms": map[string]string{"k": "v"},
		"b": []byte("bytes"), "err": fmt.Errorf("an error"), "st": stringer{}, "tm": time.Unix(86400, 0).UTC(), "d": 90 * time.Minute, "p": &[]int{1}[0], "cx": complex(1, 2),
		"num": "12", "oct": "017", "ver": "1.2.3-beta.1+meta", "date": "2024-05-06", "url": "https://u:p@host:80/p/a?q=1#f", "u8": uint8(7), "yaml": "a: 1\nb: [x, y]\n", "json": `{"a":[1,2,{"b":null}],"f":1e3}`,
	}
}

// templates calls every function with every combination of a few operands, and
// with arguments that make sense to it.
func templates(names []string) []string {
	values := []string{".s", ".e", ".nl", ".n", ".z", ".neg", ".i64", ".f", ".fe", ".t", ".no", ".nil", ".none", ".l", ".el", ".sl", ".il", ".arr", ".m", ".em", ".ms", ".b", ".err", ".st", ".tm", ".d", ".p", ".num", ".ver", ".u8", ".cx", "nil"}
	few := []string{".s", ".n", ".nil", ".l", ".m", ".neg", "`a`", "2"}
	var out []string
	for _, name := range names {
		show := "{{ printf `%%T %%v` (%s) (%[1]s) }}"
		out = append(out, fmt.Sprintf(show, name))
		for _, v := range values {
			out = append(out, fmt.Sprintf(show, name+" "+v), fmt.Sprintf("{{ %s | %s }}", v, name))
			for _, w := range few {
				out = append(out, fmt.Sprintf(show, fmt.Sprintf("%s %s %s", name, v, w)), fmt.Sprintf(show, fmt.Sprintf("%s %s %s", name, w, v)))
			}
		}
		for _, a := range few[:3] {
			for _, b := range few[1:4] {
				for _, c := range few[:4] {
					out = append(out, fmt.Sprintf(show, fmt.Sprintf("%s %s %s %s", name, a, b, c)))
				}
			}
		}
	}
	return append(out, handwritten...)
}

var handwritten = []string{
	"{{ seq 5 }}|{{ seq 5 1 }}|{{ seq 1 2 9 }}|{{ seq 9 -3 1 }}|{{ seq 9 3 1 }}|{{ seq 0 }}|{{ seq }}|{{ seq 1 2 3 4 }}|{{ seq 3 3 }}|{{ seq 1 0 5 }}|{{ seq 0 2 }}|{{ seq -3 }}",
	"{{ until 5 }}{{ until -5 }}{{ until 0 }}{{ untilStep 0 10 3 }}{{ untilStep 10 0 -3 }}{{ untilStep 0 10 0 }}{{ untilStep 10 0 3 }}{{ untilStep 0 10 -1 }}{{ untilStep 3 3 1 }}{{ untilStep 3 3 -1 }}",
	"{{ indent 2 .nl }}|{{ nindent 0 .nl }}|{{ nindent 4 .e }}|{{ indent 3 `x` }}", "{{ indent -1 `x` }}", "{{ repeat 3 `ab` }}{{ repeat 0 `x` }}", "{{ repeat -1 `x` }}",
	"{{ replace `l` `LL` .s }}{{ replace `` `-` .s }}{{ replace `x` `` `axbx` }}{{ replace `é` `e` .s }}", "{{ wrapWith 4 `|` `aaaa bbbb ccccccccccc d` }}{{ wrap 3 `a b c d` }}{{ wrapWith 0 `|` `ab` }}",
	"{{ regexMatch `^a+$` `aa` }}{{ regexMatch `(` `x` }}{{ regexFind `b.` `abc` }}{{ regexFindAll `[0-9]` `1a2b3` 2 }}{{ regexFindAll `[0-9]` `1a2b3` -1 }}{{ regexReplaceAll `a(x*)b` `-ab-axxb-` `${1}W` }}{{ regexReplaceAllLiteral `a(x*)b` `-ab-axxb-` `${1}` }}{{ regexSplit `z+` `pizza` -1 }}{{ regexQuoteMeta `a.b` }}",
	"{{ mustRegexFind `(` `x` }}", "{{ regexFind `(` `x` }}", "{{ regexReplaceAll `(` `x` `y` }}", "{{ mustRegexMatch `(` `x` }}", "{{ regexReplaceAll `` `abc` `-` }}",
	"{{ semverCompare `>=1.2.0` `1.2.3` }}{{ semverCompare `^1.2.x` .ver }}{{ semverCompare `>=1.2.0-0` .ver }}{{ semver .ver }}", "{{ semverCompare `x` `1` }}", "{{ semverCompare `>1` `y` }}",
	"{{ deepCopy .m }}{{ $c := deepCopy .m }}{{ $_ := set $c.b `c` `changed` }}{{ .m.b.c }}", "{{ deepCopy .ms }}{{ deepCopy .tm }}{{ deepCopy (dict `t` .tm `l` .sl) }}",
	"{{ $d := dict `x` (dict `y` 1) }}{{ $m := merge (dict) $d }}{{ $_ := set $m.x `y` 2 }}{{ $d }}", "{{ merge (dict `a` (dict `b` 1)) (dict `a` (dict `b` 2 `c` 3)) }}{{ mergeOverwrite (dict `a` (dict `b` 1)) (dict `a` (dict `b` 2 `c` 3)) }}{{ merge (dict `a` 0) (dict `a` 5) }}{{ mergeOverwrite (dict `a` 5) (dict `a` 0 `b` nil) }}{{ mergeOverwrite (dict `a` (list 1)) (dict `a` (list 2 3)) }}",
	"{{ concat .l .sl }}{{ concat (list) (list 1) }}{{ concat }}", "{{ concat .l 1 }}", "{{ quote .l .nil .m 1 `a\"b` .st .err }}{{ squote .l .nil `a'b` 1.5 }}{{ cat `a` nil 1 .l `` `b ` }}", "{{ ternary 1 2 true }}{{ ternary 1 2 false }}",
	"{{ join `,` .l }}{{ join `-` .il }}{{ join `,` .s }}{{ toStrings .l | len }}{{ toString .b }}{{ toString .err }}{{ toString .st }}{{ toString .m }}", "{{ toPrettyJson .m }}{{ toRawJson (dict `h` `<b>`) }}",
	"{{ dateInZone `2006-01-02` .tm `UTC` }}{{ (toDate `2006-01-02` .date).Year }}{{ durationRound `2h10m5s` }}{{ htmlDateInZone .tm `UTC` }}{{ unixEpoch .tm }}{{ dateModify `24h` .tm }}{{ duration 95 }}", "{{ sha256sum .s }}{{ sha1sum .s }}{{ sha512sum .s }}{{ adler32sum .s }}{{ b64enc .s | b64dec }}{{ b32enc .s | b32dec }}",
	"{{ derivePassword 1 `long` `password` `user` `example.com` }}{{ derivePassword 1 `none` `p` `u` `s` }}", "{{ urlParse .url }}{{ urlJoin (urlParse .url) }}", "{{ first .l }}{{ last .l }}{{ rest .l }}{{ initial .l }}{{ reverse .l }}{{ uniq .l }}{{ compact .l }}{{ slice .l 1 3 }}{{ chunk 2 .l }}{{ sortAlpha .sl }}{{ without .l `a` }}{{ has `a` .l }}",
}

// unlike are the functions that may not be compared with Sprig's: random ones,
// those that ask the machine, and Helm's own of the same name.
func unlike(name string) bool {
	for _, prefix := range []string{"rand", "gen", "shuffle", "now", "ago", "uuid", "env", "expandenv", "bcrypt", "htpasswd", "encryptAES", "keys", "values", "getHostByName", "toJson", "mustToJson", "fromJson", "derivePassword", "date", "htmlDate", "hello"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func TestAgainstSprig(t *testing.T) {
	var names []string
	for name := range sprig.TxtFuncMap() {
		if !unlike(name) && name != "set" { // set stores maps in themselves here

			names = append(names, name)
		}
	}
	slices.Sort(names)
	plain := template.New("t").Option("missingkey=zero").Funcs(sprig.TxtFuncMap())
	fns := template.New("t").Option("missingkey=zero").Funcs(callable(New(testConfig()), NewRender(context.Background(), testConfig(), false)))
	for _, text := range templates(names) {
		want, wantErr := executeIn(plain, text, operands())
		got, gotErr := executeIn(fns, text, operands())
		if (wantErr == nil) != (gotErr == nil) {
			t.Errorf("%s\n sprig: %q, %v\n ours:  %q, %v", text, want, wantErr, got, gotErr)
		} else if wantErr == nil && got != want && !strings.Contains(want, "0xc0") && !strings.Contains(text, ".p") {
			t.Errorf("%s\n sprig: %q\n ours:  %q", text, want, got)
		}
	}
}

// TestNames pins the functions down: Sprig's without env and expandenv, and
// Helm v4.3.1's own.
func TestNames(t *testing.T) {
	want := slices.Collect(maps.Keys(sprig.TxtFuncMap()))
	want = slices.DeleteFunc(want, func(s string) bool { return s == "env" || s == "expandenv" })
	want = append(want, "toToml", "mustToToml", "fromToml", "toYaml", "mustToYaml", "toYamlPretty", "fromYaml", "fromYamlArray", "fromJsonArray",
		"mustToDuration", "durationSeconds", "durationMilliseconds", "durationMicroseconds", "durationNanoseconds", "durationMinutes",
		"durationHours", "durationDays", "durationWeeks", "durationRoundTo", "durationTruncateTo")
	got := slices.Collect(maps.Keys(New(testConfig())))
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("names differ:\n got  %v\n want %v", got, want)
	}
}
