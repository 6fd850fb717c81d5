package funcs

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestFromTOMLHostile(t *testing.T) {
	lines := func(n int, line string) string { return strings.Repeat(line+"\n", n) }
	nested := func(n int, open, inner, end string) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(end, n)
	}
	decode := New(testConfig())["fromToml"].(func(string) (map[string]any, error))
	tests := map[string]string{
		"arrays":              "a = " + strings.Repeat("[", 16_000_000),
		"inline tables":       "a = " + strings.Repeat("{a=", 5_000_000),
		"dots":                strings.Repeat("a.", 5_000_000) + "a = 1",
		"dots with quotes":    strings.Repeat(`"a".`, 5_000_000) + "a = 1",
		"header":              "[" + strings.Repeat("a.", 5_000_000) + "a]",
		"many deep keys":      lines(500, nested(990, "a.", "b = 1", "")),
		"many inline tables":  lines(300, "b = "+nested(900, "{a=", "1", "}")),
		"keys in deep tables": "[" + nested(900, "a.", "b", "") + "]\n" + lines(200_000, "b=1"),
		"strings in between":  "a = [" + strings.Repeat(`["]", `, 2_000_000),
		"long strings":        "a = [" + strings.Repeat(`["""]"]\"""]""",'''']''', `, 200_000),
		"comments":            "a = " + strings.Repeat("[#]\n", 2_000_000),
	}
	for name, text := range tests {
		start := time.Now()
		_, err := decode(text)
		var le *LimitError
		if !errors.As(err, &le) {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("took %v", time.Since(start))
	}
}

// TestFromTOMLDeepest decodes what is just allowed.
func TestFromTOMLDeepest(t *testing.T) {
	decode := New(testConfig())["fromToml"].(func(string) (map[string]any, error))
	for name, text := range map[string]string{
		"arrays":  "a = " + strings.Repeat("[", 990) + strings.Repeat("]", 990),
		"tables":  "a = " + strings.Repeat("{a=", 490) + "1" + strings.Repeat("}", 490),
		"dots":    strings.Repeat("a.", 990) + "a = 1",
		"records": strings.Repeat("[[a.b]]\nc = {d = [1, 2.5]} # [[[\ne = \"]]]\\\"\"\n", 20_000),
		"text":    "a = '''" + strings.Repeat("[", 5000) + "'''\nb = \"\"\"\\\"" + strings.Repeat("{", 5000) + "\"\"\"\"\nc = '" + strings.Repeat(".", 5000) + "'",
	} {
		m, err := decode(text)
		if err != nil || m["Error"] != nil {
			t.Errorf("%s: %v, %v", name, err, m["Error"])
		}
	}
}
