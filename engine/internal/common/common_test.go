package common

import (
	"strings"
	"testing"
)

func TestParseKubeVersion(t *testing.T) {
	tests := []struct{ in, full, short, major, minor string }{
		{"v1.33.4-gke.1245000", "v1.33.4-gke.1245000", "v1.33.4", "1", "33"},
		{"1.30.2-gke.1587003", "v1.30.2-gke.1587003", "v1.30.2", "1", "30"},
		{"v1.28+", "v1.28+", "v1.28", "1", "28"}, {"1.28+", "v1.28+", "v1.28", "1", "28"}, {"1.29", "v1.29", "v1.29", "1", "29"},
		{"1.05.2", "v1.05.2", "v1.5.2", "1", "5"}, {"1.2.3.4", "v1.2.3.4", "v1.2.3.4", "1", "2"}, {"1.2.", "v1.2.", "v1.2", "1", "2"}, {"1.2x", "v1.2x", "v1.2", "1", "2"},
	}
	for _, tt := range tests {
		kv, err := ParseKubeVersion(tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if kv.Version != tt.full || kv.GitVersion() != tt.full || kv.String() != tt.short || kv.Major != tt.major || kv.Minor != tt.minor {
			t.Errorf("%s: got %+v", tt.in, *kv)
		}
	}
	for _, in := range []string{"", "v", "1", "x1.2", "01.2", "v.1", "99999999999999999999999.1", "1.x"} {
		if kv, err := ParseKubeVersion(in); err == nil {
			t.Errorf("%q: got %+v, want an error", in, *kv)
		}
	}
}

func TestDefault(t *testing.T) {
	c := Default()
	if c.KubeVersion.String() != "v1.37.0" || !c.APIVersions.Has("apps/v1") || c.APIVersions.Has("apps/v3") || c.HelmVersion.Version == "" {
		t.Errorf("got %+v", c)
	}
	c.APIVersions[0] = "changed"
	if Default().APIVersions[0] != "v1" {
		t.Error("callers share one list")
	}
}

func TestValues(t *testing.T) {
	v := Values{"a": map[string]any{"b": 1, "c": Values{"d": "x"}}, "e": nil}
	if got, err := v.PathValue("a.b"); got != 1 || err != nil {
		t.Errorf("a.b: %v, %v", got, err)
	}
	if got, err := v.Table("a.c"); err != nil || got["d"] != "x" {
		t.Errorf("a.c: %v, %v", got, err)
	}
	for _, path := range []string{"", "a", "x", "a.x", "e.f", "a.b.c"} {
		if got, err := v.PathValue(path); err == nil {
			t.Errorf("%q: got %v", path, got)
		}
	}
	if _, err := v.Table("a.b"); err == nil {
		t.Error("a.b is no table")
	}
	if got, err := v.YAML(); err != nil || got != "a:\n  b: 1\n  c:\n    d: x\ne: null\n" {
		t.Errorf("%q, %v", got, err)
	}
	var b strings.Builder
	if err := v.Encode(&b); err != nil || !strings.HasPrefix(b.String(), "a:") {
		t.Errorf("%q, %v", b.String(), err)
	}
	if m := Values(nil).AsMap(); m == nil || len(m) != 0 {
		t.Errorf("AsMap of nil: %v", m)
	}
}
