package values

import "reflect"

// facts are what is known of tables, by their addresses. All passes ask for the
// same tables, which are looked through once.
type facts map[uintptr]tableFacts

type tableFacts struct {
	table map[string]any // keeps the address from being used again
	// size is how many values are in the table and in all that is below it,
	// once for each place where they are.
	size int
	// nulls says that there are nulls in it or in tables below it, lists aside.
	nulls bool
}

// worthKeeping is the size from which on it takes longer to look through a table
// than to look it up.
const worthKeeping = 16

// of returns the facts of a table, which must not change any more, nor hold
// itself.
func (f facts) of(t map[string]any) tableFacts {
	id := reflect.ValueOf(t).Pointer()
	if known, ok := f[id]; ok {
		return known
	}
	out := tableFacts{table: t, size: len(t)}
	for _, v := range t {
		switch v := v.(type) {
		case nil:
			out.nulls = true
		case map[string]any:
			below := f.of(v)
			out.size += below.size
			out.nulls = out.nulls || below.nulls
		case []any:
			out.size += f.sizeOfList(v)
		}
	}
	out.size = min(out.size, 2*maxWork)
	if out.size >= worthKeeping {
		f[id] = out
	}
	return out
}

func (f facts) sizeOfList(l []any) int {
	size := len(l)
	for _, v := range l {
		switch v := v.(type) {
		case map[string]any:
			size += f.of(v).size
		case []any:
			size += f.sizeOfList(v)
		}
	}
	return size
}
