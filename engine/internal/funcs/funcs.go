package funcs

import (
	"context"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// Config holds the bounds of the functions; every field must be positive.
type Config struct {
	Items        int           // elements of a list that a function makes
	StringBytes  int           // bytes of a string that a function makes
	PatternBytes int           // bytes of a regular expression
	CryptoTime   time.Duration // time one render may spend on keys and password hashes
}

// Render is what functions may know about the render they are called in. It is
// made once a render and may be used by several goroutines.
type Render struct {
	// Keys is where functions take keys from; nil lets each make its own. It is
	// set before the first function is called.
	Keys *KeySource

	ctx       context.Context
	enableDNS bool
	crypto    atomic.Int64 // what is left of Config.CryptoTime, in nanoseconds
	bound     time.Duration
}

// NewRender starts the budget of a render.
func NewRender(ctx context.Context, cfg Config, enableDNS bool) *Render {
	r := &Render{ctx: ctx, enableDNS: enableDNS, bound: cfg.CryptoTime}
	r.crypto.Store(int64(cfg.CryptoTime))
	return r
}

// LimitError is a bound of Config that a function ran into.
type LimitError struct {
	Limit string // the name of the bound: "items", "string bytes", …
	Max   int64
	Hint  string
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("limit of %s exceeded (%d): %s", e.Limit, e.Max, e.Hint)
}

// New returns the functions by name, as a FuncMap of text/template has them.
// Functions that depend on the chart or on the release (include, tpl, required,
// fail, lookup) are not among them. The caller must see to it that arguments
// pass CheckFinite before they reach a function that Shallow does not name.
func New(cfg Config) map[string]any {
	fns := sprig.TxtFuncMap()
	// A chart must not see the environment of whoever renders it.
	delete(fns, "env")
	delete(fns, "expandenv")
	sp, b := sprigFuncs{fns}, bounds{cfg}
	for _, group := range []map[string]any{
		b.encoders(sp), b.decoders(sp), b.randoms(sp), b.lists(sp), durations(), bounded(cfg, sp), merging(sp), patterns(cfg), crypto(sp), fast(cfg, sp), numbers(sp), comparisons(sp),
	} {
		maps.Copy(fns, group)
	}
	fns["getHostByName"] = hostByName(sp)
	return fns
}

// sprigFuncs gives typed access to Sprig's functions.
type sprigFuncs struct{ byName map[string]any }

// from returns Sprig's function of that name. The types are checked by the
// tests: a Sprig with other types does not get past them.
func from[F any](sp sprigFuncs, name string) F {
	f, ok := sp.byName[name].(F)
	if !ok {
		panic(fmt.Sprintf("sprig's %s is a %T", name, sp.byName[name]))
	}
	return f
}

// hostByName asks the resolver only when the render allows it.
func hostByName(sp sprigFuncs) func(*Render, string) string {
	resolve := from[func(string) string](sp, "getHostByName")
	return func(r *Render, name string) string {
		if !r.enableDNS {
			return ""
		}
		return resolve(name)
	}
}
