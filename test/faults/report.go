package faults

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Invariants are the columns of the table.
func Invariants() []string {
	return []string{"I1", "I2", "I3", "I4", "I5", "I6", "I7", "left"}
}

// Write writes a table of the results in Markdown: in how many cases of each scenario
// each invariant did not hold.
func Write(w io.Writer, program string, results []Result) {
	fmt.Fprintf(w, "| %s | requests | cases | missed | %s | any |\n", program, strings.Join(Invariants(), " | "))
	fmt.Fprintf(w, "|---|%s\n", strings.Repeat("---:|", len(Invariants())+4))
	total := make([]int, len(Invariants())+4)
	for _, r := range results {
		row := r.counts()
		for i, n := range row {
			total[i] += n
		}
		writeRow(w, r.Scenario, row)
	}
	if len(results) > 1 {
		writeRow(w, "all", total)
	}
}

func writeRow(w io.Writer, name string, row []int) {
	fmt.Fprintf(w, "| %s |", name)
	for _, n := range row {
		fmt.Fprintf(w, " %d |", n)
	}
	fmt.Fprintln(w)
}

// counts are the figures of a row.
func (r *Result) counts() []int {
	row := make([]int, len(Invariants())+4)
	row[0], row[1] = r.Requests, len(r.Cases)
	for _, c := range r.Cases {
		if c.Missed {
			row[2]++
		}
		for i, name := range Invariants() {
			if slices.ContainsFunc(c.Violations, func(v Violation) bool { return v.Invariant == name }) {
				row[3+i]++
			}
		}
		if len(c.Violations) > 0 {
			row[len(row)-1]++
		}
	}
	return row
}

// WriteDetails writes all that did not hold.
func WriteDetails(w io.Writer, results []Result) {
	for _, r := range results {
		r.WriteClean(w)
		for _, c := range r.Cases {
			c.Write(w)
		}
	}
}

// WriteClean writes what did not hold although nothing was disturbed.
func (r *Result) WriteClean(w io.Writer) {
	for _, v := range r.Clean {
		fmt.Fprintf(w, "%s, undisturbed: %s: %s\n", r.Scenario, v.Invariant, v.Text)
	}
}

// Write writes what did not hold in a case, nothing if all did.
func (c *Case) Write(w io.Writer) {
	if len(c.Violations) == 0 {
		return
	}
	fmt.Fprintf(w, "%s: %s at %s\n", c.Scenario, c.Fault, c.Key)
	for _, v := range c.Violations {
		fmt.Fprintf(w, "    %s: %s\n", v.Invariant, v.Text)
	}
	if c.Output != "" {
		fmt.Fprintf(w, "    it said: %s\n", strings.ReplaceAll(c.Output, "\n", "\n             "))
	}
}
