package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hchart/hchart/chart"
)

// TestCompilePanics: what goes wrong in a goroutine of ours must not end the
// process of somebody who recovers.
func TestCompilePanics(t *testing.T) {
	var templates []template
	for i := range 50 {
		name := fmt.Sprintf("templates/%d.yaml", i)
		templates = append(templates, template{name: name, file: &chart.File{Name: name, Data: []byte(name + strings.Repeat("x", 4<<10))}})
	}
	ts := newTexts(templates)
	if ts.bytes < minParallelBytes {
		t.Fatalf("only %d bytes: one goroutine would do", ts.bytes)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	ts.compile(nil) // without functions nothing can be compiled
}
