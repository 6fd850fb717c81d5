// Package values makes the values that a chart is rendered with.
//
// [Read] merges what a user gives, files and the --set family of flags, into
// one tree. [Compose] puts that tree over the defaults of a chart and its
// subcharts and returns a [Composition]: the values of all charts, and the tree
// of those that are enabled. Neither changes what it is given, so that one
// loaded chart may be composed by many goroutines at once.
//
//	user, err := values.Read(ctx, values.Sources{Files: []string{"prod.yaml"}, Set: []string{"replicas=3"}})
//	comp, err := values.Compose(ctx, ch, user, values.ComposeOptions{})
//
// # Whose rules
//
// All results are those of Helm v4.3.1, byte for byte; test/helmref compares
// the two on random charts, values, expressions and schemas. Compose does what
// Helm does in three steps, in its order:
//
//  1. Enabling. Each chart with declared dependencies gets a copy of a subchart
//     for each declaration, under its alias; tags and then conditions disable
//     some. They look at the user's values over all defaults.
//  2. Importing. The values of each such chart become its defaults with those
//     of its subcharts below them and with what import-values names.
//  3. Coalescing. The user's values go over these, globals go down to the
//     subcharts, and the schemas are checked.
//
// # What null means
//
// A null of the user's deletes the default under the same key, in subcharts
// and globals too, and stays where there is no default. A null among a chart's
// defaults means that there is none. A null in a parent's values for a subchart
// deletes the subchart's default if the user gives values for that subchart, and
// nothing otherwise. Nulls in lists are values.
//
// # What it costs
//
// Tables that nothing changes are shared with the chart and the user's values:
// the time is that of looking at each value and grows with the size of the
// tree, where Helm's grows with its square. Import-values copy the values of
// the chart that has them. [Copy] makes what a render may change. Schemas are read
// once each; compiling one in full is left for values that may not meet it.
//
// Charts come from strangers: the depth and number of subcharts, the size of
// what aliases and imports make of a few lines, and the size, the references
// and the steps of schemas are bounded. Each fault is a type of error; none
// shows a string that the user gave as a value.
package values
