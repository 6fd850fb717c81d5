package funcs_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hchart/hchart/engine/internal/funcs"
)

// A table of functions is made once a program. Functions that need the render
// they are called in take a *Render first, which the evaluator passes.
func Example() {
	cfg := funcs.Config{Items: 1000, StringBytes: 1 << 20, PatternBytes: 1 << 10, CryptoTime: 10 * time.Second}
	fns := funcs.New(cfg)

	until := fns["until"].(func(int) ([]int, error))
	fmt.Println(until(3))

	var limit *funcs.LimitError
	_, err := until(2_000_000_000)
	fmt.Println(errors.As(err, &limit), limit.Limit, limit.Max)

	lookup := fns["getHostByName"].(func(*funcs.Render, string) string)
	fmt.Printf("%q\n", lookup(funcs.NewRender(context.Background(), cfg, false), "example.com"))

	// Output:
	// [0 1 2] <nil>
	// true items 1000
	// ""
}
