package release

import "testing"

func TestSelector(t *testing.T) {
	labels := map[string]string{"team": "blue", "tier": "1", "empty": "", "example.com/x": "y"}
	for _, tt := range []struct {
		text      string
		want, bad bool
	}{
		{text: "", want: true},
		{text: " ", want: true},
		{text: "team=blue", want: true},
		{text: "team==blue", want: true},
		{text: " team = blue , tier = 1 ", want: true},
		{text: "team=red"},
		{text: "team=blue,tier=2"},
		{text: "team!=blue"},
		{text: "team!=red", want: true},
		{text: "none!=red", want: true},
		{text: "none=red"},
		{text: "team", want: true},
		{text: "none"},
		{text: "!none", want: true},
		{text: "! none", want: true},
		{text: "!team"},
		{text: "empty=", want: true},
		{text: "none="},
		{text: "example.com/x=y", want: true},
		{text: "team in (red,blue)", want: true},
		{text: "team in (red, blue ),tier in (1)", want: true},
		{text: "team in (red)"},
		{text: "none in (red)"},
		{text: "team notin (red,green)", want: true},
		{text: "team notin (blue)"},
		{text: "none notin (blue)", want: true},
		{text: "a=b=c", bad: true},
		{text: "=b", bad: true},
		{text: "team in red", bad: true},
		{text: "team in (red", bad: true},
		{text: "team on (red)", bad: true},
		{text: "a b", bad: true},
		{text: "a,,b", bad: true},
		{text: ",", bad: true},
		{text: "team=blue,", bad: true},
	} {
		s, err := ParseSelector(tt.text)
		if (err != nil) != tt.bad {
			t.Errorf("%q: error %v, want one is %v", tt.text, err, tt.bad)
		}
		if err == nil && s.Matches(labels) != tt.want {
			t.Errorf("%q matches is %v", tt.text, !tt.want)
		}
	}
}

// FuzzParseSelector looks for texts that make the parser panic, or the selector match
// and not match.
func FuzzParseSelector(f *testing.F) {
	for _, text := range []string{"", "a=b", "a in (b,c),!d", "a notin (", "))((,", "a!=b=c", "="} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSelector(text)
		if err != nil {
			return
		}
		negated, err := ParseSelector("!" + text)
		labels := map[string]string{"a": "b"}
		if len(s.terms) == 1 && s.terms[0].exists && !s.terms[0].negate && err == nil && s.Matches(labels) == negated.Matches(labels) {
			t.Errorf("%q and its opposite both match, or neither does", text)
		}
	})
}
