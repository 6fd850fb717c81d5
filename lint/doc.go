// Package lint examines a chart for faults and for breaches of convention.
//
//	summary, err := lint.RunAll(ctx, []string{"./mychart"}, userValues, lint.Options{})
//	fmt.Print(summary.Text())
//	fmt.Println(summary.Verdict())
//
// What it checks, how grave it holds each finding and how it words it are
// Helm's: scripts read those lines. Beside Helm's line every [Finding] has the
// identifier of its [Rule], which stays the same when a wording changes.
//
// # How a chart is examined
//
// Five stages look at a chart one after the other, each by its own means:
//
//  1. Chart.yaml, as it stands in the file (chart_*.go);
//  2. values.yaml and values.schema.json, with the user's values over the
//     defaults (values_*.go);
//  3. the templates: names of files, then what they render to, object by object
//     (template_*.go, object_*.go);
//  4. the declared and the present dependencies (dependencies.go);
//  5. the files of crds/ (crds.go).
//
// A stage that lacks what it needs reports that and ends; the others go on.
// While linting, the template functions required and fail do not fail: what
// they had to say is found in Report.Notices.
//
// # Adding a rule
//
// A rule is a function of what its stage looks at that returns an error or nil.
// Write it in a file of its own with its test beside it and enter it in the
// table of its stage: metadataChecks, objectChecks, dependencyChecks or
// crdChecks. The table gives it its identifier and its severity, and Rules
// lists it.
package lint
