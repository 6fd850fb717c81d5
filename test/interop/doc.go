// Package interop tests that hchart and Helm share releases.
//
// Taking turns: Helm 4, Helm 3 and hchart work on one release, in an order drawn from a
// seed. At the same time, in another namespace, the same steps are done with Helm 4 in
// the place of hchart. After each step both namespaces must hold the same objects, set
// by the same managers, and the same records, and all programs must say the same of the
// release. After the last, nothing may be left.
//
//	make interop CYCLES=100 SEED=1
//
// Races: two commands of one program start at nearly the same time on one release. Each
// command that succeeds must be in the history, the objects must be those of the
// revision that is deployed, and a command that fails must say why.
//
//	make races SCHEDULES=20
//
// Both need a cluster (test/cluster) and the programs (test/player). Without them they
// are skipped.
package interop
