package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// bench is one run of the benchmark.
type bench struct {
	options
	ctx      context.Context // of the run, as the whole of this program has one
	world    *world
	programs [2]*program
	rows     []row
}

// row is a line of the report.
type row struct {
	what         string
	runs         [2][]usage
	time, memory float64 // targets: the greatest ratio; 0 if there is none
}

func (b *bench) wanted(what string) bool { return b.run.MatchString(what) }

func (b *bench) tell(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// dependencies times update and build. Helm's runs are minutes long and keep nothing that
// would make the next one shorter: there is one of each, for cold and warm.
func (b *bench) dependencies() error {
	if !b.wanted("dependency update") && !b.wanted("dependency build") {
		return nil
	}
	helm, ours := b.programs[0], b.programs[1]
	for _, verb := range []string{"update", "build"} {
		if verb == "build" && !b.wanted("dependency build") {
			continue
		}
		b.tell("helm dependency %s", verb)
		if err := b.cold(helm, verb); err != nil {
			return err
		}
		theirs, err := b.measure(helm, "dependency", verb, "large")
		if err != nil {
			return err
		}
		b.tell("  %v", theirs.Wall)
		cold := row{what: "dependency " + verb + ", cold", time: 1.0 / 50, runs: [2][]usage{{theirs}}}
		warm := row{what: "dependency " + verb + ", warm", time: 1.0 / 200, runs: [2][]usage{{theirs}}}
		for range b.pairs {
			for _, r := range []*row{&cold, &warm} {
				prepare := b.cold
				if r == &warm {
					prepare = b.warm
				}
				if err := prepare(ours, verb); err != nil {
					return err
				}
				u, err := b.measure(ours, "dependency", verb, "large")
				if err != nil {
					return err
				}
				r.runs[1] = append(r.runs[1], u)
				if err := b.sameCharts(); err != nil {
					return err
				}
			}
		}
		b.rows = append(b.rows, cold, warm)
	}
	return nil
}

// warm takes away what the verb makes, cold also what is cached.
func (b *bench) warm(p *program, verb string) error {
	if verb == "update" {
		if err := p.remove("Chart.lock"); err != nil {
			return err
		}
	}
	return p.remove("charts")
}

func (b *bench) cold(p *program, verb string) error {
	if err := p.forget("cache"); err != nil {
		return err
	}
	return b.warm(p, verb)
}

// sameCharts compares what the two programs have made of the chart.
func (b *bench) sameCharts() error {
	theirs, err := b.chartFiles(b.programs[0])
	if err != nil {
		return err
	}
	ours, err := b.chartFiles(b.programs[1])
	if err != nil {
		return err
	}
	if len(theirs) != b.options.dependencies+2 || !maps.Equal(theirs, ours) {
		return fmt.Errorf("the charts differ: Helm's has %v, ours %v",
			slices.Sorted(maps.Keys(theirs)), slices.Sorted(maps.Keys(ours)))
	}
	return nil
}

func (b *bench) chartFiles(p *program) (map[string]string, error) {
	generated := regexp.MustCompile(`(?m)^generated: .*$`)
	files := map[string]string{}
	for _, pattern := range []string{"*", "charts/*"} {
		paths, err := filepath.Glob(filepath.Join(p.chart(), pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
					continue
				}
				return nil, err
			}
			name, err := filepath.Rel(p.chart(), path)
			if err != nil {
				return nil, err
			}
			files[name] = generated.ReplaceAllString(string(data), "generated")
		}
	}
	return files, nil
}

// pairsOf measures a command in turn, after before.
func (b *bench) pairsOf(r row, before func(*program) error, args ...string) error {
	b.tell("%s", r.what)
	for range b.pairs {
		for i, p := range b.programs {
			if err := before(p); err != nil {
				return err
			}
			u, err := b.measure(p, args...)
			if err != nil {
				return err
			}
			r.runs[i] = append(r.runs[i], u)
		}
	}
	b.rows = append(b.rows, r)
	return nil
}

func (b *bench) repoUpdates() error {
	if !b.wanted("repo update") {
		return nil
	}
	nothing := func(*program) error { return nil }
	// Whoever runs changes the index for the other one as well: both get a new one.
	change := func(*program) error { b.world.change(); return nil }
	if err := b.pairsOf(row{what: "repo update, changed", time: 1.0 / 4}, change, "repo", "update"); err != nil {
		return err
	}
	for _, p := range b.programs {
		if _, err := b.output(p, "repo", "update"); err != nil {
			return err
		}
	}
	if err := b.sameIndex(); err != nil {
		return err
	}
	return b.pairsOf(row{what: "repo update, unchanged", time: 1.0 / 20}, nothing, "repo", "update")
}

func (b *bench) sameIndex() error {
	var texts [2]string
	for i, p := range b.programs {
		data, err := os.ReadFile(p.home("cache", "repository", "large-index.yaml"))
		if err != nil {
			return err
		}
		texts[i] = string(data)
	}
	if texts[0] != texts[1] {
		return fmt.Errorf("the cached indexes differ")
	}
	return nil
}

func (b *bench) searches() error {
	if !b.wanted("search repo") {
		return nil
	}
	nothing := func(*program) error { return nil }
	for _, s := range []struct {
		what string
		args []string
	}{
		{"search repo", []string{"search", "repo"}},
		{"search repo redis", []string{"search", "repo", "redis"}},
		{"search repo redis --versions", []string{"search", "repo", "redis", "--versions"}},
	} {
		var texts [2]string
		for i, p := range b.programs {
			var err error
			if texts[i], err = b.output(p, "repo", "update"); err != nil {
				return err
			}
			if texts[i], err = b.output(p, s.args...); err != nil {
				return err
			}
		}
		if texts[0] != texts[1] {
			return fmt.Errorf("%s prints something else", s.what)
		}
		if err := b.pairsOf(row{what: s.what, time: 1.0 / 10, memory: 1.0 / 10}, nothing, s.args...); err != nil {
			return err
		}
	}
	return nil
}
