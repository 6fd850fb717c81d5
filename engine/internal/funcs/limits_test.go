package funcs

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestBounds(t *testing.T) {
	cfg := Config{Items: 1000, StringBytes: 10_000, PatternBytes: 100, CryptoTime: time.Nanosecond}
	fns := callable(New(cfg), NewRender(context.Background(), cfg, false))
	data := operands()
	data["long"] = string(make([]byte, 9000))
	data["thousand"] = make([]any, 900)
	tests := []struct{ text, limit string }{
		{"{{ until 2000000000 }}", "items"}, {"{{ until -2000000000 }}", "items"}, {"{{ untilStep 0 9223372036854775807 1 }}", "items"},
		{"{{ untilStep -9223372036854775808 9223372036854775807 1 }}", "items"}, {"{{ untilStep 9223372036854775807 -9223372036854775808 -1 }}", "items"},
		{"{{ seq 2000000000 }}", "items"}, {"{{ seq 0 1 2000000000 }}", "items"}, {"{{ concat .thousand .thousand }}", "items"},
		{"{{ repeat 2000000000 `x` }}", "string bytes"}, {"{{ repeat 9223372036854775807 `xx` }}", "string bytes"}, {"{{ indent 2000000000 `x` }}", "string bytes"}, {"{{ nindent 9000 .nl }}", "string bytes"},
		{"{{ randAlpha 2000000000 }}", "string bytes"}, {"{{ randBytes 2000000000 }}", "string bytes"}, {"{{ replace `` .long .long }}", "string bytes"}, {"{{ wrapWith 1 .long .long }}", "string bytes"},
		{"{{ regexReplaceAll `` .long .long }}", "string bytes"}, {"{{ regexMatch .long `x` }}", "pattern bytes"}, {"{{ regexFind .long `x` }}", "pattern bytes"},
		{"{{ genPrivateKey `ecdsa` }}{{ genPrivateKey `ecdsa` }}", "crypto time"}, {"{{ genCA `ca` 1 }}{{ genCA `ca` 1 }}", "crypto time"}, {"{{ htpasswd `a` `b` }}{{ bcrypt `a` }}", "crypto time"},
	}
	for _, tt := range tests {
		start := time.Now()
		// Each text starts a budget of its own.
		fns := fns
		if tt.limit == "crypto time" {
			fns = callable(New(cfg), NewRender(context.Background(), cfg, false))
		}
		_, err := execute(fns, tt.text, data)
		var le *LimitError
		if !errors.As(err, &le) || le.Limit != tt.limit {
			t.Errorf("%.60s: got %.200v after %s, want the limit of %s", tt.text, err, time.Since(start), tt.limit)
		}
	}
}

func TestCycles(t *testing.T) {
	loop := func() map[string]any {
		m := map[string]any{"x": 1}
		m["self"] = map[string]any{"list": []any{m}}
		return m
	}
	fns := callable(New(testConfig()), NewRender(context.Background(), testConfig(), false))
	for _, text := range []string{
		"{{ toYaml . }}", "{{ mustToYaml . }}", "{{ toYamlPretty . }}", "{{ toJson . }}", "{{ mustToJson . }}", "{{ toPrettyJson . }}", "{{ toRawJson . }}", "{{ mustToPrettyJson . }}", "{{ mustToRawJson . }}",
		"{{ toToml . }}", "{{ mustToToml . }}", "{{ quote . }}", "{{ squote . }}", "{{ cat . }}", "{{ toString . }}", "{{ join `,` (list .) }}", "{{ toStrings (list .) }}", "{{ deepCopy . }}", "{{ mustDeepCopy . }}",
		"{{ $o := dict `list` 1 }}{{ $_ := set $o `self` $o }}{{ $d := dict }}{{ $_ := set $d `self` $d }}{{ merge $o $d }}", "{{ $o := dict }}{{ $_ := set $o `self` $o }}{{ $d := dict }}{{ $_ := set $d `self` $d }}{{ mustMergeOverwrite (dict) $o $d }}", "{{ dict . 1 }}", "{{ sortAlpha (list .) }}", "{{ toDecimal . }}", "{{ .self | quote }}", "{{ int . }}", "{{ add 1 . }}", "{{ round . 1 }}", "{{ date `x` . }}",
	} {
		_, err := execute(fns, text, loop())
		var ce *CycleError
		if !errors.As(err, &ce) {
			t.Errorf("%s: got %.100v, want a *CycleError", text, err)
		}
	}
	// What only looks at the top, or compares with care, goes on working.
	for _, text := range []string{"{{ hasKey . `x` }}", "{{ (merge . (dict `a` 1)).a }}", "{{ (mergeOverwrite (dict `x` 2) .).x }}", "{{ (mustMerge (dict `x` 2) .).x }}", "{{ keys . | len }}", "{{ deepEqual . . }}", "{{ empty . }}", "{{ len .self }}", "{{ typeOf . }}", "{{ kindOf . }}", "{{ has . (list .) }}", "{{ uniq (list . .) | len }}", "{{ without (list . 1) . }}", "{{ pick . `x` }}"} {
		if _, err := execute(fns, text, loop()); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	doubling := any([]any{1})
	for range 64 {
		doubling = []any{doubling, doubling}
	}
	if _, err := CheckFinite(doubling); err == nil {
		t.Error("a value of 2^64 elements passed")
	}
}

func TestCheckFormat(t *testing.T) {
	cfg := Config{StringBytes: 1000}
	for format, bad := range map[string]bool{
		"%d": false, "%5d": false, "%999d": false, "%999999999d": true, "%-99999s": true, "%.99999f": true, "%*d": true, "%[1]*d": true, "100%": false, "%": false, "%%9999": false, "%600d%600d": true, "9999999": false, "%99999999999999999999999999d": true,
	} {
		if err := CheckFormat(format, []any{5000, 1}, cfg); (err != nil) != bad {
			t.Errorf("%q: %v", format, err)
		}
	}
}

func TestCancelledCrypto(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	fns := callable(New(testConfig()), NewRender(ctx, testConfig(), false))
	if _, err := execute(fns, "{{ genPrivateKey `rsa` }}", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestHostByName(t *testing.T) {
	fns := callable(New(testConfig()), NewRender(context.Background(), testConfig(), false))
	if out, err := execute(fns, "[{{ getHostByName `localhost` }}]", nil); out != "[]" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
	fns = callable(New(testConfig()), NewRender(context.Background(), testConfig(), true))
	if out, err := execute(fns, "{{ getHostByName `localhost` }}", nil); out == "" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
}

func TestHelmsOwn(t *testing.T) {
	fns := callable(New(testConfig()), NewRender(context.Background(), testConfig(), false))
	tests := []struct{ text, want string }{
		{"{{ toYaml .m }}", "a: 1\nb:\n  c: deep\n  \"n\": null\nl:\n- 1\n- x: \"y\""}, {"{{ toYaml nil }}", "null"}, {"[{{ toYaml .cx }}]", "[]"}, {"{{ toYamlPretty .m.l }}", "- 1\n- x: \"y\""},
		{"{{ fromYaml .yaml }}", "map[a:1 b:[x true]]"}, {"{{ (fromYaml `a: [`).Error }}", "error converting YAML to JSON: yaml: line 1: did not find expected node content"}, {"{{ fromYaml `` }}{{ fromYaml `null` }}", "map[]map[]"}, {"{{ fromYamlArray `[1, a]` }}{{ fromYamlArray `a: 1` | len }}", "[1 a]1"},
		{"{{ toJson .m }}{{ toJson `<` }}[{{ toJson .cx }}]", `{"a":1,"b":{"c":"deep","n":null},"l":[1,{"x":"y"}]}"\u003c"[]`}, {"{{ fromJson .json }}{{ (fromJson `[`).Error }}", "map[a:[1 2 map[b:<nil>]] f:1000]unexpected end of JSON input"}, {"{{ fromJsonArray `[1]` }}{{ fromJsonArray `x` }}", "[1][invalid character 'x' looking for beginning of value]"},
		{"{{ toToml (dict `a` 1 `b` (dict `c` true)) }}", "a = 1\n\n[b]\n  c = true\n"}, {"{{ toToml 1 }}", "1"}, {"{{ toToml .il }}", "[3, 1, 2]"}, {"{{ fromToml `a = 1` }}", "map[a:1]"},
		{"{{ mustToDuration `1h30m` }}{{ mustToDuration 90 }}{{ mustToDuration `2.5` }}", "1h30m0s1m30s2.5s"}, {"{{ durationSeconds `2m` }}{{ durationMinutes .d }}{{ durationHours `x` }}{{ durationDays `36h` }}{{ durationWeeks `84h` }}", "1209001.50.5"},
		{"{{ durationMilliseconds 1 }} {{ durationMicroseconds 1.5 }} {{ durationNanoseconds `1us` }} {{ durationRoundTo `2h13m` `30m` }} {{ durationTruncateTo `2h13m` `30m` }} {{ durationRoundTo `5m` `x` }} {{ durationRoundTo nil 1 }}", "1000 1500000 1000 2h0m0s 2h0m0s 5m0s 0s"},
	}
	for _, tt := range tests {
		if got, err := execute(fns, tt.text, operands()); got != tt.want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", tt.text, got, err, tt.want)
		}
	}
	for _, text := range []string{"{{ mustToYaml .cx }}", "{{ mustToJson .cx }}", "{{ mustToToml (list 1 nil) }}", "{{ mustToDuration `x` }}", "{{ mustToDuration nil }}", "{{ mustToDuration 9223372036854775807 }}", "{{ mustToDuration .m }}", "{{ env `HOME` }}", "{{ expandenv `$HOME` }}"} {
		if out, err := execute(fns, text, operands()); err == nil {
			t.Errorf("%s: got %q, want an error", text, out)
		}
	}
}
