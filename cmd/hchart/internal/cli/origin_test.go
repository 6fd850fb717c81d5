package cli

import (
	"testing"

	"github.com/hchart/hchart/engine"
)

func TestOriginOfLine(t *testing.T) {
	text := "one\ntwo\nthree\n"
	at := func(offset, line int) engine.Origin {
		return engine.Origin{Offset: offset, Position: engine.Position{Line: line}}
	}
	for _, c := range []struct {
		name    string
		origins []engine.Origin
		start   int
		want    int // line, 0 for none
		onLine  bool
	}{
		{"nothing", nil, 4, 0, false},
		{"on the line", []engine.Origin{at(1, 1), at(6, 2), at(7, 3)}, 4, 2, true},
		{"at its start", []engine.Origin{at(1, 1), at(4, 2)}, 4, 2, true},
		{"before it", []engine.Origin{at(1, 1)}, 8, 1, false},
		{"behind it only", []engine.Origin{at(8, 9)}, 4, 0, false},
		{"before, not behind", []engine.Origin{at(1, 1), at(8, 9)}, 4, 1, false},
	} {
		got, onLine := originOfLine(c.origins, text, c.start)
		if got.Position.Line != c.want || onLine != c.onLine {
			t.Errorf("%s: got line %d, %t", c.name, got.Position.Line, onLine)
		}
	}
}
