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
	fns := callable(New(cfg), NewRender(context.Background(), cfg, false))
	same := make([]any, 100_000)
	for i := range same {
		same[i] = strings.Repeat("x", 1000)
	}
	wide := make([]any, 100_000)
	data := map[string]any{
		"mega": strings.Repeat("a", 10<<20), "same": same, "million": make([]any, 1_000_000), "deep": chain(9000, wide), "lists": doubled(9, wide),
		"flow": "[" + strings.Repeat("a,", 2_000_000) + "]", "lines": strings.Repeat("a: b\n", 2_000_000), "strings": strings.Split(strings.Repeat("a ", 1_000_000), " "),
	}
	tests := []struct{ text, limit string }{
		{"{{ join .mega .same }}", "string bytes"}, {"{{ join `` .same }}", "string bytes"}, {"{{ cat .mega .mega }}", "string bytes"}, {"{{ quote .mega .mega }}", "string bytes"}, {"{{ squote .mega .mega }}", "string bytes"},
		{"{{ splitList `` .mega }}", "items"}, {"{{ split `` .mega }}", "items"}, {"{{ splitn `` -1 .mega }}", "items"}, {"{{ append .million 1 }}", "items"}, {"{{ mustPush .million 1 }}", "items"}, {"{{ prepend .million 1 }}", "items"},
		{"{{ concat .million (list 1) }}", "items"}, {"{{ concat .strings .strings }}", "items"}, {"{{ regexFindAll `a` .mega -1 }}", "items"}, {"{{ regexSplit `a` .mega -1 }}", "items"}, {"{{ regexReplaceAll `a` .mega `$0$0` }}", "string bytes"},
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
		if d := time.Since(start); d > 3*time.Second {
			t.Errorf("%s took %s", tt.text, d)
		}
	}
	for _, text := range []string{"{{ join `,` .million | len }}", "{{ splitn `` 3 .mega | len }}", "{{ splitList `,` .mega | len }}", "{{ cat .mega 1 | len }}", "{{ has 1 .million }}", "{{ uniq .million | len }}", "{{ without .million nil | len }}", "{{ compact .million | len }}",
		"{{ toJson .million | len }}", "{{ fromJson (cat `{\"a\":` (quote .mega) `}`) | len }}", "{{ replace `b` .mega .mega | len }}", "{{ regexReplaceAll `b` .mega .mega | len }}"} {
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
