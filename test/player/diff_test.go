package player

import "testing"

func TestDiff(t *testing.T) {
	tests := []struct{ name, a, b, want string }{
		{"equal", "a\nb", "a\nb", ""},
		{"changed", "1\n2\n3\n4\n5\n6\n7", "1\n2\n3\nx\n5\n6\n7", "  …\n  2\n  3\n- 4\n+ x\n  5\n  6\n"},
		{"added at the end", "a", "a\nb", "  a\n+ b\n"},
		{"two places", "a\nb\nc\nd\ne\nf\ng\nh", "A\nb\nc\nd\ne\nf\ng\nH", "- a\n+ A\n  b\n  c\n  …\n  f\n  g\n- h\n+ H\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Diff(tt.a, tt.b); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestTimeless(t *testing.T) {
	tests := []struct{ text, want string }{
		{`"updated":"2026-11-24T10:05:06.123456789Z"`, `"updated":"TIME"`},
		{"2026-11-24 10:05:06.5 +0000 UTC deployed", "TIME deployed"},
		{"LAST DEPLOYED: Tue Nov 24 10:05:06 2026", "LAST DEPLOYED: TIME"},
		{`"deleted":"0001-01-01T00:00:00Z"`, `"deleted":"NONE"`},
	}
	for _, tt := range tests {
		if got := Timeless(tt.text); got != tt.want {
			t.Errorf("Timeless(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}
