package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/release/deploy"
)

// dryRunFlag is --dry-run of commands that change a cluster.
type dryRunFlag struct{ value string }

func (d *dryRunFlag) add(fs *pflag.FlagSet) {
	fs.StringVar(&d.value, "dry-run", "none", "change nothing: client asks no cluster, server lets the cluster check what would be done")
	fs.Lookup("dry-run").NoOptDefVal = dryRunUnset
}

// mode is what the flag means for package deploy.
func (d *dryRunFlag) mode(f *factory) (string, error) {
	switch d.value {
	case dryRunUnset:
		f.logger().Warn("--dry-run is deprecated and should be replaced with '--dry-run=client'")
		return deploy.DryRunClient, nil
	case "client":
		return deploy.DryRunClient, nil
	case "server":
		return deploy.DryRunServer, nil
	case "none":
		return deploy.DryRunNone, nil
	}
	b, err := strconv.ParseBool(d.value)
	if err != nil {
		return "", fmt.Errorf(`invalid dry-run value (%q). Must be "none", "server", or "client"`, d.value)
	}
	mode, name := deploy.DryRunNone, "none"
	if b {
		mode, name = deploy.DryRunClient, "client"
	}
	f.logger().Warn(fmt.Sprintf("boolean '--dry-run=%s' flag is deprecated and must be replaced with '--dry-run=%s'", d.value, name))
	return mode, nil
}
