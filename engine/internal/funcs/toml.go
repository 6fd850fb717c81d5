package funcs

import "strings"

const (
	// maxTOMLDepth bounds tables and arrays within one another: the decoder goes
	// into them by recursion.
	maxTOMLDepth = 1000
	// maxTOMLWork bounds the sum of the depths of all keys and elements, since
	// for each the decoder goes down from the top. It is some two seconds.
	maxTOMLWork = 20_000_000
)

// checkTOML refuses a text that is nested too deeply. It need not understand
// broken texts as the decoder does, only never see less depth: the decoder stops
// at the first error.
func checkTOML(s string) error {
	var t tomlDepth
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '#':
			n := strings.IndexByte(s[i:], '\n')
			if n < 0 {
				return nil
			}
			i += n - 1
		case '"', '\'':
			n := tomlString(s[i:])
			if n < 0 {
				return nil
			}
			i += n - 1
		default:
			t.see(s[i])
		}
		if t.deepest > maxTOMLDepth {
			return &LimitError{"TOML depth", maxTOMLDepth, "the text given to fromToml is nested too deeply"}
		}
		if t.work > maxTOMLWork {
			return &LimitError{"TOML work", maxTOMLWork, "the text given to fromToml has too many keys in deep tables"}
		}
	}
	return nil
}

// tomlDepth follows how deep a text is nested.
type tomlDepth struct {
	table    int // names in the last table's header
	brackets int
	dots     int // in the current key
	header   bool
	started  bool // something other than space was on the line
	deepest  int
	work     int
}

func (t *tomlDepth) see(c byte) {
	switch c {
	case ' ', '\t', '\r':
		return
	case '\n':
		t.started, t.header, t.dots = false, false, 0
		return
	case '[', '{':
		if c == '[' && !t.started && t.brackets == 0 {
			t.header, t.table = true, 0
		}
		t.brackets++
		t.dots = 0
	case ']', '}':
		t.brackets--
	case '.':
		t.dots++
		if t.header {
			t.table = t.dots
		}
	case ',', '=':
		t.dots = 0
	default:
		t.started = true
		return
	}
	t.started = true
	depth := t.table + t.brackets + t.dots + 1
	t.deepest = max(t.deepest, depth)
	t.work += depth
}

// tomlString returns the length of the string that s begins with, quotes
// included; -1 when it does not end.
func tomlString(s string) int {
	quote := s[:1]
	if strings.HasPrefix(s, strings.Repeat(quote, 3)) {
		for i := 3; i < len(s); i++ {
			switch {
			case s[i] == '\\' && quote == `"`:
				i++
			case strings.HasPrefix(s[i:], strings.Repeat(quote, 3)):
				// Up to two more quotes belong to the text.
				for i += 3; i < len(s) && s[i] == quote[0]; i++ {
				}
				return i
			}
		}
		return -1
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if quote == `"` {
				i++
			}
		case quote[0]:
			return i + 1
		case '\n':
			return -1
		}
	}
	return -1
}
