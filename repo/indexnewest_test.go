package repo

import (
	"errors"
	"testing"

	"github.com/Masterminds/semver/v3"
)

func TestNewest(t *testing.T) {
	x := parse(t, indexText(`
  web:
  - {apiVersion: v2, name: web, version: 1.2.0, urls: [a]}
  - {apiVersion: v2, name: web, version: 2.0.0, urls: []}
  - {apiVersion: v2, name: web, version: 1.10.0, urls: [b]}
  - {apiVersion: v2, name: web, version: not one, urls: [b]}
`))
	for _, tt := range []struct{ constraint, want string }{
		{"*", "1.10.0"}, {"<1.10", "1.2.0"}, {">=2", ""}, {"=1.2.0", "1.2.0"},
	} {
		c, err := semver.NewConstraint(tt.constraint)
		if err != nil {
			t.Fatal(err)
		}
		v, err := x.Newest("web", c.Check)
		if err != nil || (v == nil) != (tt.want == "") || v != nil && v.Version != tt.want {
			t.Errorf("%s: %v, %v", tt.constraint, v, err)
		}
	}
	var none *ChartNotFoundError
	if _, err := x.Newest("wep", func(*semver.Version) bool { return true }); !errors.As(err, &none) || len(none.Nearest) != 1 {
		t.Errorf("a chart that is not there: %v", err)
	}
}
