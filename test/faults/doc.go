// Package faults interrupts a command that installs, upgrades, rolls back or uninstalls
// a release at each of its requests, in each of several ways, and looks at what the
// cluster then says. It runs programs: hchart, and Helm as the baseline.
//
// A proxy stands between the program and a real API server (package cluster). A first,
// undisturbed run of a command gives the list of its requests: verb, path, and which of
// several such it is. Then, for each of them and for each fault that it can have, a
// release of its own is brought to where the command begins, the command runs into the
// fault, it is run again, and the release is uninstalled. What must hold is
//
//	I1  each object that is created is named in a stored record first
//	I2  once a revision is deployed there is always one, until the release is uninstalled
//	I3  a command that was killed and is run again succeeds, in the state of one that was not
//	I4  no object stays that the last revision does not name
//	I5  a command that ends by itself leaves no revision pending, and success means done
//	I6  no hook of the command is left out
//	I7  each record can be read by Helm
//
// and that the uninstalled release leaves nothing that an undisturbed one does not leave.
// I1, I2 and I7 are checked by the proxy at each request, the others from the cluster.
//
// The namespace that --create-namespace makes is no violation of I1: the records are to
// lie in it. A command that a fault made fail, other than by a kill, is run again as a
// person would: an installation as `upgrade --install`.
//
// `make faults` runs everything and prints a table; the test of this package is a sample.
package faults
