package funcs

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestSizes: each text makes little into much in one call; the limit must come
// before the memory is used.
func TestSizes(t *testing.T) {
	cfg := testConfig()
	cfg.Items, cfg.StringBytes = 10_000, 1<<17
	fns := callable(New(cfg), NewRender(context.Background(), cfg, false))
	same := make([]any, 1000)
	for i := range same {
		same[i] = strings.Repeat("x", 1000)
	}
	wide := make([]any, 1000)
	data := map[string]any{
		"long": strings.Repeat("a", 80<<10), "same": same, "full": make([]any, 10_000), "deep": chain(9000, wide), "flow": "[" + strings.Repeat("a,", 20_000) + "]", "lines": strings.Repeat("a: b\n", 20_000), "strings": strings.Split(strings.Repeat("a ", 9_000), " "),
	}
	tests := []struct{ text, limit string }{
		{"{{ join .long .same }}", "string bytes"}, {"{{ join `` .same }}", "string bytes"}, {"{{ cat .long .long }}", "string bytes"}, {"{{ quote .long .long }}", "string bytes"}, {"{{ squote .long .long }}", "string bytes"},
		{"{{ splitList `` .long }}", "items"}, {"{{ split `` .long }}", "items"}, {"{{ splitn `` -1 .long }}", "items"}, {"{{ append .full 1 }}", "items"}, {"{{ mustPush .full 1 }}", "items"}, {"{{ prepend .full 1 }}", "items"},
		{"{{ concat .full (list 1) }}", "items"}, {"{{ concat .strings .strings }}", "items"}, {"{{ regexFindAll `a` .long -1 }}", "items"}, {"{{ regexSplit `a` .long -1 }}", "items"}, {"{{ regexReplaceAll `a` .long `$0$0` }}", "string bytes"},
		{"{{ toYaml .deep }}", "string bytes"}, {"{{ mustToYaml .deep }}", "string bytes"}, {"{{ toYamlPretty .deep }}", "string bytes"}, {"{{ toPrettyJson .deep }}", "string bytes"}, {"{{ mustToPrettyJson .deep }}", "string bytes"}, {"{{ toToml .deep }}", "string bytes"},
		{"{{ toYaml .same }}", "string bytes"}, {"{{ fromYaml .flow }}", "items"}, {"{{ fromYamlArray .flow }}", "items"}, {"{{ fromJson .flow }}", "items"}, {"{{ fromJsonArray .flow }}", "items"}, {"{{ mustFromJson .flow }}", "items"}, {"{{ fromYaml .lines }}", "items"},
	}
	for _, tt := range tests {
		start := time.Now()
		_, err := execute(fns, tt.text, data)
		var le *LimitError
		if !errors.As(err, &le) || le.Limit != tt.limit {
			t.Errorf("%s: got %.200v, want the limit of %s", tt.text, err, tt.limit)
		}
		t.Logf("took %v", time.Since(start))
	}
	for _, text := range []string{"{{ join `,` .full | len }}", "{{ splitn `` 3 .long | len }}", "{{ splitList `,` .long | len }}", "{{ cat .long 1 | len }}", "{{ has 1 .full }}", "{{ uniq .full | len }}", "{{ without .full nil | len }}", "{{ compact .full | len }}",
		"{{ toJson .full | len }}", "{{ fromJson (cat `{\"a\":` (quote .long) `}`) | len }}", "{{ replace `b` .long .long | len }}", "{{ regexReplaceAll `b` .long .long | len }}"} {
		if _, err := execute(fns, text, data); err != nil {
			t.Errorf("%s: %.200v", text, err)
		}
	}
}

// TestCycleOrSize: a cycle is told from a value that is only large, wherever the
// walk ends first.
func TestCycleOrSize(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	loop := map[string]any{"a": long, "b": []any{long, long}}
	loop["self"] = []any{map[string]any{"back": loop}}
	var ce *CycleError
	var le *LimitError
	if _, err := CheckFinite(loop); !errors.As(err, &ce) {
		t.Errorf("a cycle among long texts: %v", err)
	}
	many := make([]any, 100)
	for i := range many {
		many[i] = long
	}
	if _, err := CheckFinite(many); !errors.As(err, &le) {
		t.Errorf("many long texts: %v", err)
	}
	type list []any
	typed := list{nil}
	typed[0] = &typed
	if _, err := CheckFinite(typed); !errors.As(err, &ce) {
		t.Errorf("a cycle through a pointer: %v", err)
	}
	if n, err := CheckFinite(map[string]any{"a": []any{1, 2}}); n != 5 || err != nil {
		t.Errorf("counted %d elements, %v, want 5", n, err)
	}
}
