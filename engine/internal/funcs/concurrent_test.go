package funcs

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// TestConcurrent calls one table from many goroutines, each with a render of its
// own, as programs do. It is for the race detector.
func TestConcurrent(t *testing.T) {
	table := New(testConfig())
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			fns := callable(table, NewRender(context.Background(), testConfig(), false))
			for i := range 40 {
				text := fmt.Sprintf("{{ regexReplaceAll `a{%d}` `aaa` `b` }}{{ semverCompare `>=1.%d` `1.20.0` }}{{ htpasswd `:` `` }}{{ toYaml (deepCopy .m) }}{{ uniq .l }}", i%3+1, i)
				if _, err := execute(fns, text, operands()); err != nil {
					t.Errorf("goroutine %d: %v", g, err)
				}
			}
		})
	}
	wg.Wait()
}
