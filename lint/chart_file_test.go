package lint

import "testing"

// chartFileCase is a text of Chart.yaml and what the first stage finds in it.
type chartFileCase struct {
	name, text string
	want       []string
}

func chartFileCases() []chartFileCase {
	return []chartFileCase{
		{"broken YAML", "name: a: b\n", []string{
			"chart-parses [ERROR] Chart.yaml: unable to parse YAML\n\terror converting YAML to JSON: yaml: mapping values are not allowed in this context"}},
		{"wrong type", "name: [a]\n", []string{
			"chart-parses [ERROR] Chart.yaml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field Metadata.name of type string"}},
		{"wrong type of a maintainer", goodChart + "maintainers: [a]\n", []string{
			"chart-parses [ERROR] Chart.yaml: unable to parse YAML\n\terror unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field Metadata.maintainers of type v2.Maintainer"}},
		{"unknown field", goodChart + "nmae: b\n", []string{
			"chart-strict [WARNING] Chart.yaml: failed to strictly parse chart metadata file\n\terror unmarshaling JSON: while decoding JSON: json: unknown field \"nmae\""}},
		{"field twice", goodChart + "name: web\n", []string{
			"chart-strict [WARNING] Chart.yaml: failed to strictly parse chart metadata file\n\terror converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key \"name\" already set in map"}},
		{"no name", "apiVersion: v2\nversion: 1.2.3\nicon: https://x.io\n", []string{
			"chart-name [ERROR] Chart.yaml: name is required"}},
		{"name with a slash", "apiVersion: v2\nname: a/b\nversion: 1.2.3\nicon: https://x.io\n", []string{
			"chart-name [ERROR] Chart.yaml: chart name \"a/b\" is invalid"}},
		{"no apiVersion", "name: a\nversion: 1.2.3\nicon: https://x.io\n", []string{
			"chart-api-version [ERROR] Chart.yaml: apiVersion is required. The value must be either \"v1\" or \"v2\""}},
		{"apiVersion v3", "apiVersion: v3\nname: a\nversion: 1.2.3\nicon: https://x.io\n", []string{
			"chart-api-version [ERROR] Chart.yaml: apiVersion 'v3' is not valid. The value must be either \"v1\" or \"v2\""}},
		{"no version", "apiVersion: v2\nname: a\nicon: https://x.io\n", []string{
			"chart-version [ERROR] Chart.yaml: version is required",
			"chart-version-semver2 [WARNING] Chart.yaml: version '' is not a valid SemVerV2"}},
		{"version is a number", "apiVersion: v2\nname: a\nversion: 1.10\nappVersion: 2\nicon: https://x.io\n", []string{
			"chart-version-type [ERROR] Chart.yaml: version should be of type string but it's of type float64",
			"chart-app-version-type [ERROR] Chart.yaml: appVersion should be of type string but it's of type float64",
			"chart-version-semver2 [WARNING] Chart.yaml: version '1.1' is not a valid SemVerV2"}},
		{"appVersion is null", goodChart + "appVersion:\n", []string{
			"chart-app-version-type [ERROR] Chart.yaml: appVersion should be of type string but it's of type <nil>"}},
		{"not a version", "apiVersion: v2\nname: a\nversion: x\nicon: https://x.io\n", []string{
			"chart-version [ERROR] Chart.yaml: version 'x' is not a valid SemVer",
			"chart-version-semver2 [WARNING] Chart.yaml: version 'x' is not a valid SemVerV2"}},
		{"lowest version", "apiVersion: v2\nname: a\nversion: 0.0.0-0\nicon: https://x.io\n", []string{
			"chart-version [ERROR] Chart.yaml: version \"0.0.0-0\" is less than or equal to \"0.0.0-0\""}},
		{"loose version", "apiVersion: v2\nname: a\nversion: v1.2\nicon: https://x.io\n", []string{
			"chart-version-semver2 [WARNING] Chart.yaml: version 'v1.2' is not a valid SemVerV2"}},
		{"maintainers", goodChart + "maintainers: [{name: a, email: a@b.c, url: x.io}, {name: b, email: nobody}]\n", []string{
			"chart-maintainers [ERROR] Chart.yaml: invalid email 'nobody' for maintainer 'b'"}},
		{"maintainer's URL", goodChart + "maintainers: [{name: a, url: \"x y\"}]\n", []string{
			"chart-maintainers [ERROR] Chart.yaml: invalid url 'x y' for maintainer 'a'"}},
		{"maintainer without a name", goodChart + "maintainers: [{email: a@b.c}]\n", []string{
			"chart-maintainers [ERROR] Chart.yaml: each maintainer requires a name"}},
		{"empty maintainer", goodChart + "maintainers: [~]\n", []string{
			"chart-maintainers [ERROR] Chart.yaml: a maintainer entry is empty"}},
		{"sources", goodChart + "sources: [https://x.io, x.io]\n", []string{
			"chart-sources [ERROR] Chart.yaml: invalid source URL 'x.io'"}},
		{"no icon", "apiVersion: v2\nname: a\nversion: 1.2.3\n", []string{
			"chart-icon [INFO] Chart.yaml: icon is recommended"}},
		{"icon is no URL", "apiVersion: v2\nname: a\nversion: 1.2.3\nicon: i.png\n", []string{
			"chart-icon-url [ERROR] Chart.yaml: invalid icon URL 'i.png'"}},
		{"fields of v2 in v1", "apiVersion: v1\nname: a\nversion: 1.2.3\nicon: https://x.io\ntype: application\ndependencies: [{name: a}]\n", []string{
			"chart-type [ERROR] Chart.yaml: chart type is not valid in apiVersion 'v1'. It is valid in apiVersion 'v2'",
			"chart-dependencies [ERROR] Chart.yaml: dependencies are not valid in the Chart file with apiVersion 'v1'. They are valid in apiVersion 'v2'"}},
	}
}

func TestChartFile(t *testing.T) {
	for _, tt := range chartFileCases() {
		t.Run(tt.name, func(t *testing.T) {
			checkStage(t, map[string]string{"Chart.yaml": tt.text}, (*linter).chartfile, tt.want)
		})
	}
}
