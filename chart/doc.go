// Package chart reads and writes Helm charts.
//
// A chart is a folder of files, or the same folder as a gzipped tar:
//
//	Chart.yaml           name, version, dependencies: Metadata
//	Chart.lock           the versions that dependencies were resolved to: Lock
//	values.yaml          defaults: Values, read by [ReadValues]
//	values.schema.json   what values must look like: Schema
//	templates/           Templates
//	charts/              subcharts, as folders or archives: Dependencies
//	crds/, anything else Files
//
// [Load] takes a path, [LoadArchive] a stream and [LoadFS] any [io/fs.FS]. All
// give the same *[Chart], which is not changed any more once it is loaded and
// may be shared by goroutines. [Save] and [WriteArchive] go the other way.
//
// # Whose rules
//
// Which files count, what they mean and which metadata is valid follow Helm
// v4.3.1, and so do the order of the files (that of the archive, or of a sorted
// walk through the directory) and the bytes of a written archive. Subcharts,
// which Helm loads in random order, come sorted by their names in charts/.
//
// Charts are data from strangers. Reading one is bounded in bytes, files and
// nesting by [Limits], over all archives inside archives together; names that
// lead out of an archive are errors, and so is a symbolic link that leads out
// of a directory, unless [LoadOptions] allow it.
//
// # Errors
//
// Every fault of a chart is a type that says where it is, to be found with
// [errors.As]: [*ParseError] with file and line, [*ValidationError] with the
// field, [*LimitError] with the limit, [*ArchiveError], [*LinkError] and
// [*UnsupportedError]. Each level of charts/ puts a [*SubchartError] around it.
// What does not stop the loader is in [Chart.Warnings] of the root.
package chart
