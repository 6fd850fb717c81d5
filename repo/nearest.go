package repo

import (
	"slices"
	"strings"
)

// maxNearest is how many similar names or versions an error shows.
const maxNearest = 5

// nearestNames returns the names that are spelled like one, the most similar first.
func nearestNames(names []string, name string) []string {
	type candidate struct {
		name     string
		distance int
	}
	lower := strings.ToLower(name)
	most := max(1, (len(name)+1)/3)
	var found []candidate
	for _, n := range names {
		isPart := len(name) > 2 && strings.Contains(n, lower)
		if !isPart && (len(n) > len(name)+most || len(n) < len(name)-most) {
			continue // there may be a million of them
		}
		if d := distance(lower, strings.ToLower(n)); isPart || d <= most {
			found = append(found, candidate{n, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var nearest []string
	for _, c := range found[:min(len(found), maxNearest)] {
		nearest = append(nearest, c.name)
	}
	return nearest
}

// distance counts the characters to add, to remove or to change to make a into b. It
// gives up on names that are too long to be one misspelled.
func distance(a, b string) int {
	const longest = 100
	if len(a) > longest || len(b) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// nearestVersions returns versions around the place of one, newest first, or the newest
// for what is no version.
func nearestVersions(entries []*indexEntry, version string) []string {
	from := 0
	if wanted, err := parseVersion(version); err == nil {
		older := slices.IndexFunc(entries, func(e *indexEntry) bool { return e.parsed.LessThan(wanted) })
		if older < 0 {
			older = len(entries)
		}
		from = max(0, min(older-maxNearest/2, len(entries)-maxNearest))
	}
	var nearest []string
	for _, e := range entries[from:min(len(entries), from+maxNearest)] {
		nearest = append(nearest, e.number())
	}
	return nearest
}
