// Package lifecycle plays the life of public charts on a real control plane: install,
// upgrade with a changed value, rollback to the first revision, uninstall, each with
// --wait, first by Helm and then by hchart. After each step both must have left the same
// objects, in the namespace and outside, set by the same managers, and the same records.
// In the end nothing may be left that Helm does not leave: what its hooks made and no
// delete policy names, claims of StatefulSets, CRDs.
//
//	make lifecycle
//
// It needs a cluster (test/cluster), the programs (test/player) and the corpus of public
// charts, whose folder is in HCHART_CORPUS. Without them it is skipped.
package lifecycle
