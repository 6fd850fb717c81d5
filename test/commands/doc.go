// Package commands gives scripts of commands to Helm and to hchart, each in a namespace
// of its own, and compares what they print and how they end.
//
//	make test-cluster PACKAGES=./test/commands
//
// It needs a cluster (test/cluster) and the programs (test/player), and is skipped
// without them. The scripts lie in testdata: a command a line, with CHART for the path of
// the chart beside them, and "env NAME=value" for all of them.
//
// Exit codes and standard output have to be the same, but for times, addresses and what
// else the cluster makes up. What hchart says on standard error has to begin with what
// Helm says, where Helm does more than log. A line that begins with "~" is one where the
// words of the error differ on purpose.
package commands
