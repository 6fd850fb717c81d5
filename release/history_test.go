package release

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// history makes records of "deployed" written as "d", and so on, in revisions from 1 on;
// "-" leaves one out.
func history(statuses string) History {
	names := map[rune]Status{
		'd': Deployed, 's': Superseded, 'f': Failed, 'u': Uninstalled, 'n': Uninstalling,
		'i': PendingInstall, 'p': PendingUpgrade, 'r': PendingRollback,
	}
	var h History
	for i, c := range statuses {
		if c != '-' {
			h = append(h, &Record{Release: &Release{Name: "web", Version: i + 1, Info: &Info{Status: names[c]}}})
		}
	}
	return h
}

// revisions writes records as "1 2 3".
func revisions(records ...*Record) string {
	var out []string
	for _, r := range records {
		if r != nil {
			out = append(out, fmt.Sprint(r.Release.Version))
		}
	}
	return strings.Join(out, " ")
}

func TestHistory(t *testing.T) {
	for _, tt := range []struct {
		statuses                    string
		last, deployed, good, since string
	}{
		{"", "", "", "", ""},
		{"i", "1", "", "", "1"},
		{"f", "1", "", "", "1"},
		{"d", "1", "1", "1", "1"},
		{"sd", "2", "2", "2", "2"},
		{"sdf", "3", "2", "2", "2 3"},
		{"sdfp", "4", "2", "2", "2 3 4"},
		{"dd", "2", "2", "2", "2"},   // two programs at once
		{"ssp", "3", "", "2", "2 3"}, // Helm was killed in between
		{"sfffr", "5", "", "1", "1 2 3 4 5"},
		{"su", "2", "", "1", "1 2"},
		{"u", "1", "", "", "1"},
		{"--d-f", "5", "3", "3", "3 5"},
	} {
		h := history(tt.statuses)
		got := [4]string{revisions(h.Last()), revisions(h.LastDeployed()), revisions(h.LastGood()), revisions(h.Since()...)}
		if want := [4]string{tt.last, tt.deployed, tt.good, tt.since}; got != want {
			t.Errorf("%q: last, deployed, good, since are %q, want %q", tt.statuses, got, want)
		}
	}
}

func TestPrune(t *testing.T) {
	for _, tt := range []struct {
		statuses string
		keep     int
		want     string
	}{
		{"ssssd", 0, ""},
		{"ssssd", -1, ""},
		{"ssssd", 5, ""},
		{"ssssd", 3, "1 2"},
		{"ssssd", 1, "1 2 3 4"},
		{"sdfff", 3, "1 3"},
		{"sdfff", 1, "1 3 4"}, // the deployed one and the newest stay
		{"dffff", 2, "2 3 4"},
		{"ddd", 1, "1 2"},
		{"", 1, ""},
	} {
		h := history(tt.statuses)
		if got := revisions(h.Prune(tt.keep)...); got != tt.want {
			t.Errorf("%q, keep %d: drops %q, want %q", tt.statuses, tt.keep, got, tt.want)
		}
	}
}

func TestSortAndRevision(t *testing.T) {
	h := history("sssdf")
	slices.Reverse(h)
	h.Sort()
	if got := revisions(h...); got != "1 2 3 4 5" {
		t.Error(got)
	}
	if h.Revision(4).Release.Version != 4 || h.Revision(9) != nil {
		t.Error("Revision")
	}
}

func TestKey(t *testing.T) {
	for _, tt := range []struct {
		key      string
		name     string
		revision int
		ok       bool
	}{
		{"sh.helm.release.v1.web.v1", "web", 1, true},
		{"sh.helm.release.v1.a.v1.v12", "a.v1", 12, true},
		{"sh.helm.release.v1.web", "", 0, false},
		{"sh.helm.release.v1.web.vx", "", 0, false},
		{"web.v1", "", 0, false},
		{"", "", 0, false},
	} {
		name, revision, ok := ParseKey(tt.key)
		if ok != tt.ok || ok && (name != tt.name || revision != tt.revision || Key(name, revision) != tt.key) {
			t.Errorf("%q: %q, %d, %v", tt.key, name, revision, ok)
		}
	}
}
