package funcs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheckFormatSize(t *testing.T) {
	cfg := Config{StringBytes: 10_000}
	long := strings.Repeat("x", 6000)
	loop := map[string]any{}
	loop["x"] = loop
	tests := []struct {
		format string
		args   []any
		bad    bool
	}{
		{"%s", []any{long}, false}, {"%s%s", []any{long, long}, true}, {"%[1]s%[1]s", []any{long}, true}, {"%[2]s%[1]s", []any{1, long}, false},
		{"%s", []any{1, long, long}, true}, {"", []any{long, long}, true}, {strings.Repeat("%[1]v", 2000), []any{[]any{"abcdef"}}, true},
		{"%.3s", []any{long}, false}, {"%-5000d%5000d", []any{1, 2}, false}, {"%-5001d%5000d", []any{1, 2}, true}, {"%[1]*[1]d", []any{9000}, false}, {"%[1]*[1]d%[1]*[1]d", []any{9000}, true},
		{"%[0]s%[9]s%[x]s", []any{1}, false}, {"%", []any{1}, false}, {"%[", []any{1}, false}, {"%[1", nil, false}, {"%!", nil, false}, {"%.*f", []any{9000, 1.5}, false}, {"%.*f", []any{-9000, 1.5}, false},
		{"%v", []any{loop}, true}, {strings.Repeat("%[1]f", 100), []any{1e308}, true}, {"%*d", []any{uint8(3), 1}, true}, {strings.Repeat("x", 10_001), nil, true}, {strings.Repeat("%%", 9000), nil, false},
	}
	for _, tt := range tests {
		err := CheckFormat(tt.format, tt.args, cfg)
		var le *LimitError
		if errors.As(err, &le) != tt.bad {
			t.Errorf("%.40q: %v", tt.format, err)
		}
	}
}

func TestCheckPrint(t *testing.T) {
	cfg := Config{StringBytes: 1000}
	text := strings.Repeat("x", 300)
	for n, bad := range []bool{false, false, false, false, true} {
		args := make([]any, n)
		for i := range args {
			args[i] = []any{text, 1}
		}
		var le *LimitError
		if err := CheckPrint(args, cfg); errors.As(err, &le) != bad {
			t.Errorf("%d arguments: %v", n, err)
		}
	}
}

// FuzzCheckFormat: a format that passes prints a few times the bound at most.
func FuzzCheckFormat(f *testing.F) {
	for _, s := range []string{"%d", "%[1]*.[2]*[3]f", "% #x%q", "%[3]s%[3]s", "%*", "%.%", "%+08.3q", "%U%c%t%p%e%b%o%T%w", "%[1]f%[2]b"} {
		f.Add(s, 3, "text", 1e308)
	}
	cfg := Config{StringBytes: 2000}
	f.Fuzz(func(t *testing.T, format string, n int, s string, x float64) {
		if len(format) > 1000 || len(s) > 1000 {
			return
		}
		args := []any{n, x, s, true, nil, []any{s, n}, map[string]any{"k": s}}
		if CheckFormat(format, args, cfg) != nil {
			return
		}
		if got := len(fmt.Sprintf(format, args...)); got > 40*cfg.StringBytes {
			t.Errorf("%q prints %d bytes", format, got)
		}
	})
}
