package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// target is what a command has to reach; 0 is no target.
type target struct {
	command       string  // the beginning of its name
	requests      int     // at most as many
	requestsRatio float64 // at most this part of Helm's
	time, memory  float64
}

func targets() []target {
	return []target{
		{command: "install", requests: 300, time: 0.6},
		{command: "upgrade, nothing", requests: 40, time: 0.15},
		{command: "upgrade, ", requests: changed + 40},
		{command: "rollback", requestsRatio: 0.5},
		{command: "uninstall", requestsRatio: 0.5},
		{command: "list -q"},
		{command: "list", time: 0.25, memory: 0.25},
	}
}

// report writes the table and returns how many targets are missed.
func (b *bench) report(w io.Writer) int {
	fmt.Fprintln(w, "| command | requests, Helm | hchart | time, Helm | hchart | ratio | memory, Helm | hchart | ratio | target |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|")
	missed := 0
	for _, name := range b.names {
		if !b.run.MatchString(name) {
			continue
		}
		r := b.rows[name]
		slower, larger := median(ratios(r.times)), median(ratios(r.peaks))
		var says []string
		for _, t := range targets() {
			if strings.HasPrefix(name, t.command) {
				says = t.judge(r, slower, larger)
				break
			}
		}
		for _, s := range says {
			missed += strings.Count(s, "missed")
		}
		fmt.Fprintf(w, "| %s | %d | %d | %s | %s | %.2f | %d MB | %d MB | %.2f | %s |\n", name, r.requests[0], r.requests[1],
			milliseconds(median(r.times[0])), milliseconds(median(r.times[1])), slower,
			median(r.peaks[0])>>20, median(r.peaks[1])>>20, larger, strings.Join(says, ", "))
	}
	return missed
}

// judge says of each target whether it is met.
func (t target) judge(r *row, slower, larger float64) []string {
	var says []string
	say := func(met bool, format string, args ...any) {
		verdict := ": met"
		if !met {
			verdict = ": **missed**"
		}
		says = append(says, fmt.Sprintf(format, args...)+verdict)
	}
	if t.requests > 0 {
		say(r.requests[1] <= t.requests, "≤ %d requests", t.requests)
	}
	if t.requestsRatio > 0 {
		say(float64(r.requests[1]) <= t.requestsRatio*float64(r.requests[0]), "≤ %v of the requests", t.requestsRatio)
	}
	if t.time > 0 {
		say(slower <= t.time, "≤ %v of the time", t.time)
	}
	if t.memory > 0 {
		say(larger <= t.memory, "≤ %v of the memory", t.memory)
	}
	return says
}

func milliseconds(d time.Duration) string {
	return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
}
