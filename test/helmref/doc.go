// Package helmref compares hchart with Helm, used as a library. It is a module
// of its own, so that hchart depends on Helm nowhere else:
//
//	cd test/helmref && go test ./...
//
// HCHART_CASES sets how many random cases each comparison makes, HCHART_SEED
// where they start. The package rerender below it compares speed.
package helmref
