package faults

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/hchart/hchart/test/cluster"
)

// every is how few of the cases the sample has. A prime, so that it meets all faults.
const every = 53

// TestSample plays a sample of the cases with hchart; `make faults` plays all.
func TestSample(t *testing.T) {
	c := cluster.Need(t)
	program := os.Getenv("HCHART_BIN")
	if program == "" {
		t.Skip("HCHART_BIN names no program: `make test-cluster` builds it")
	}
	results, err := Run(t.Context(), Options{
		Program: program, Helm: os.Getenv("HCHART_HELM"), Server: c.Server, Token: cluster.AdminToken,
		Every: every, Workers: 2 * runtime.NumCPU(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var table, details strings.Builder
	Write(&table, "hchart", results)
	WriteDetails(&details, results)
	t.Log("\n" + table.String())
	if details.Len() > 0 {
		t.Error("\n" + details.String())
	}
	for _, r := range results {
		if len(r.Cases) == 0 {
			t.Errorf("%s: no case was played", r.Scenario)
		}
	}
}
