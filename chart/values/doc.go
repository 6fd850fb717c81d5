// Package values composes the values a chart is rendered with.
//
// Read merges what a user gives, files and the --set family of flags, into one
// tree. Compose lays that tree over the defaults of the chart and of its
// subcharts, decides by tags and conditions which subcharts are enabled, applies
// aliases and import-values, spreads globals, and validates the result against
// the charts' JSON schemas. Neither changes what it is given, so one chart may
// be composed by many goroutines at once.
//
// # What null means
//
// In the user's values a null deletes the chart's default under the same key. A
// null among a chart's own defaults means that there is no default. Both follow
// Helm v4 (pkg/chart/common/util/coalesce.go), including the cases in which a
// null survives: where neither the chart nor a subchart has a default for it.
package values
