package funcs

import "fmt"

// merging are Sprig's functions that merge maps. mergo descends where both sides
// hold a map under one key, and only there, so a map that holds itself is no
// danger as long as it does not meet another one: charts do merge plain settings
// into a copy of their whole scope that was stored in itself.
func merging(sp sprigFuncs) map[string]any {
	fns := map[string]any{}
	for _, name := range []string{"merge", "mergeOverwrite"} {
		f := from[func(map[string]any, ...map[string]any) any](sp, name)
		fns[name] = func(dst map[string]any, srcs ...map[string]any) (any, error) {
			if err := checkMerge(dst, srcs); err != nil {
				return nil, err
			}
			return f(dst, srcs...), nil
		}
	}
	for _, name := range []string{"mustMerge", "mustMergeOverwrite"} {
		f := from[func(map[string]any, ...map[string]any) (any, error)](sp, name)
		fns[name] = func(dst map[string]any, srcs ...map[string]any) (any, error) {
			if err := checkMerge(dst, srcs); err != nil {
				return nil, err
			}
			return f(dst, srcs...)
		}
	}
	return fns
}

// checkMerge looks at each pair of maps that would be merged. What an earlier
// source adds to dst is a part of that source, so sources are checked against
// one another too.
func checkMerge(dst map[string]any, srcs []map[string]any) error {
	all := append([]map[string]any{dst}, srcs...)
	var w pairWalker
	for i, src := range all {
		for _, into := range all[:i] {
			if err := w.walk(into, src, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// pairWalker goes where mergo would go.
type pairWalker struct{ pairs int }

func (w *pairWalker) walk(dst, src map[string]any, depth int) error {
	if w.pairs++; depth > maxDepth || w.pairs > maxNodes {
		return &CycleError{fmt.Sprintf("meets another one that holds itself, in more than %d maps", min(depth, w.pairs))}
	}
	for key, s := range src {
		in, ok := s.(map[string]any)
		if !ok {
			continue
		}
		if into, ok := dst[key].(map[string]any); ok {
			if err := w.walk(into, in, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}
