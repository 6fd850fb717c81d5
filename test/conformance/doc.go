// Package conformance holds the tests that compare the hchart program with
// Helm, byte by byte, on charts of our own.
//
// The charts lie in testdata/charts, each about one subject in which a
// compatible engine easily goes wrong; the comment of its Chart.yaml says which.
// A chart is rendered as it is (the case "default"), with each of its
// ci/*-values.yaml, and with each line of arguments in testdata/cases/<chart>.txt.
// What Helm printed for a case is recorded in testdata/golden/<chart>/<case>.yaml,
// so the tests need no Helm:
//
//	go test ./test/conformance
//
// With the path of a Helm binary in HCHART_HELM both programs run and are
// compared with each other and with the recordings; -record writes these anew:
//
//	HCHART_HELM=/usr/local/bin/helm go test ./test/conformance
//	HCHART_HELM=/usr/local/bin/helm go test ./test/conformance -record
//
// The charts that test/bench/umbrella writes for the benchmarks are rendered too;
// of these testdata/generated.sha256 records checksums.
//
// The charts that Helm refuses are the archives in testdata/invalid; the
// comment of an archive names the error. Hostile charts, which Helm does not
// survive, are made by the tests.
//
// All tests run the program as users do: it is built once per test run, unless
// HCHART names a binary.
package conformance
