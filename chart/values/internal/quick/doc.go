// Package quick says of most values that they meet their JSON schema, in a
// hundredth of the time that it takes to compile the schema in full.
//
// It has two answers, "valid for certain" and "unsure". Certain means that the
// library in chart/values/internal/jsonschema would accept both the schema, which
// it holds against a metaschema, and the values, within the bounds of package
// values. All else is unsure and left to the library: values that are not valid,
// whose faults it words, and whatever is rare: identifiers and anchors, dynamic
// references, keywords about what others have not looked at, odd spellings.
//
//	s := quick.Read(text, limits)
//	if s != nil && s.Valid(vals) {
//		return nil // no need for the library
//	}
//
// The drafts are 4, 6, 7, 2019-09 and 2020-12. Where this package is silent about
// a rule it is because the drafts agree in it. The tests compare the two on
// random schemas and values, and check that no keyword of a metaschema is taken
// for an unknown one.
package quick
