// Package kuberef compares release/kube with Kubernetes' own libraries. It is a module
// of its own, so that hchart depends on them nowhere else (docs/adr/0006):
//
//	cd test/kuberef && go test ./...
//
// HCHART_CASES sets how many random cases each comparison makes, HCHART_SEED where they
// start.
package kuberef
