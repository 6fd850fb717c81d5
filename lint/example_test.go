package lint_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hchart/hchart/lint"
)

func Example() {
	dir, err := os.MkdirTemp("", "lint")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	metadata := []byte("apiVersion: v2\nname: web\nversion: 1.0\n")
	if err := os.WriteFile(filepath.Join(dir, "Chart.yaml"), metadata, 0o644); err != nil {
		fmt.Println(err)
		return
	}
	report, err := lint.Run(context.Background(), dir, nil, lint.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, finding := range report.Findings {
		fmt.Printf("%s: %v\n", finding.Rule, finding)
	}
	fmt.Println(report.Failed(false))
	// Output:
	// chart-version-type: [ERROR] Chart.yaml: version should be of type string but it's of type float64
	// chart-icon: [INFO] Chart.yaml: icon is recommended
	// chart-version-semver2: [WARNING] Chart.yaml: version '1' is not a valid SemVerV2
	// values-exist: [INFO] values.yaml: file does not exist
	// templates-exist: [WARNING] templates/: directory does not exist
	// true
}
