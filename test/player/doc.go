// Package player runs programs that play Helm, which are hchart and versions of Helm
// itself, against one cluster, and says what they did there: as objects and as release
// records, free of what differs from run to run.
//
// The tests that put them side by side (test/interop, test/lifecycle) and the benchmark
// (test/clusterbench) share it. The programs are found by
//
//	HCHART_BIN    our program, built when it is not set
//	HCHART_HELM   Helm 4
//	HCHART_HELM3  Helm 3
//
// Any of them may be another program that takes Helm's commands: with
// HCHART_BIN=$HCHART_HELM the tests compare Helm with itself, which tests the tests.
package player
