// Package registry starts the registry of the distribution project, with TLS and
// passwords and without, and has Helm and hchart use it in turn: what one pushes the other
// one pulls, byte for byte, and the login of one lets the other one in.
//
//	make test-registry
//
// It needs the programs, and is skipped without them:
//
//	HCHART_REGISTRY  the registry
//	HCHART_HELM      Helm 4
//	HCHART_BIN       hchart, built if it is not named
package registry
