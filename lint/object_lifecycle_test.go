package lint

import (
	"cmp"
	"slices"
	"strings"
	"testing"
)

func TestDeprecatedError(t *testing.T) {
	for _, tt := range []struct {
		err  DeprecatedError
		want string
	}{
		{DeprecatedError{"a/v1", "B", "v1.2+", "", ""}, "a/v1 B is deprecated in v1.2+"},
		{DeprecatedError{"a/v1", "B", "v1.2+", "v1.3+", ""}, "a/v1 B is deprecated in v1.2+, unavailable in v1.3+"},
		{DeprecatedError{"a/v1", "B", "v1.2+", "v1.3+", "c/v1 B"}, "a/v1 B is deprecated in v1.2+, unavailable in v1.3+; use c/v1 B"},
		{DeprecatedError{"a/v1", "B", "v1.2+", "", "c/v1 B"}, "a/v1 B is deprecated in v1.2+; use c/v1 B"},
	} {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestLifecycleTable(t *testing.T) {
	if len(lifecycleTable) < 100 {
		t.Fatalf("only %d APIs", len(lifecycleTable))
	}
	for _, api := range lifecycleTable {
		if api.deprecated == (release{}) || api.removed != (release{}) && api.deprecated.after(api.removed) {
			t.Errorf("%+v is out of order", api)
		}
	}
	sorted := slices.IsSortedFunc(lifecycleTable[:], func(a, b lifecycle) int {
		group := func(s string) string { g, _, _ := strings.Cut(s, "/"); return g }
		if !strings.Contains(a.apiVersion, "/") || !strings.Contains(b.apiVersion, "/") {
			return 0 // the group without a name
		}
		return cmp.Or(cmp.Compare(group(a.apiVersion), group(b.apiVersion)), cmp.Compare(a.apiVersion, b.apiVersion), cmp.Compare(a.kind, b.kind))
	})
	if !sorted {
		t.Error("the table is not sorted")
	}
}
