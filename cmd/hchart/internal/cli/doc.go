// Package cli is the command line of hchart: it reads flags and the
// environment, calls the packages of the module, prints what they return and
// maps errors to exit codes. Nothing else in the module prints.
//
// # How a command is made
//
// Each command is one file: a constructor newXCmd, which binds flags to an
// options struct, and the struct's run method, which does the work and knows
// nothing of cobra:
//
//	func newEnvCmd(f *factory) *cobra.Command
//	func (o *envOptions) run() error
//
// The [factory] carries everything a command may touch of the outside world: the
// streams, the environment, the working directory, the clock ([System]) and the
// settings that the global flags and the HELM_ variables make. A test makes a
// System of its own and runs a command in the test's process.
//
// Constructors only build; a command that is not run costs a few microseconds.
// Whatever takes time (reading a kubeconfig, making a function map) happens when
// its result is first needed.
//
// # Compatibility
//
// Commands, flags, defaults, the text on standard output, the exit codes and the
// split between the two streams are those of Helm v4.3.1. Messages on standard
// error are ours, except for their first words where scripts may look for them.
// The flag set is compared with testdata/inventory.tsv by a test, the outputs
// with those of Helm itself where it is installed.
package cli
