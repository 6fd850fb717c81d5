// The command hchart renders, checks and packages Helm charts.
package main

import (
	"os"

	"github.com/hchart/hchart/cmd/hchart/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.Process()))
}
