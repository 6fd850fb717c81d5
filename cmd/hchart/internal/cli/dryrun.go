package cli

import (
	"fmt"
	"path/filepath"
	"strconv"
)

// dryRunUnset is the value of --dry-run without a value.
const dryRunUnset = "unset"

// asksServer reads --dry-run and --validate. A chart that is rendered is never
// installed, so what is left of the flag is whether to ask a server.
func (o *templateOptions) asksServer(f *factory) (bool, error) {
	server := o.validate
	switch o.dryRun {
	case dryRunUnset:
		f.logger().Warn("--dry-run is deprecated and should be replaced with '--dry-run=client'")
	case "client":
	case "server":
		server = true
	default:
		if b, err := strconv.ParseBool(o.dryRun); err != nil {
			return false, fmt.Errorf(`invalid dry-run value (%q). Must be "none", "server", or "client"`, o.dryRun)
		} else if !b {
			return false, fmt.Errorf(`invalid dry-run value (%q). Must be "server" or "client"`, o.dryRun)
		}
		f.warn([]string{fmt.Sprintf("boolean '--dry-run=%s' flag is deprecated and must be replaced with '--dry-run=client'", o.dryRun)})
	}
	return server, nil
}

// slashed gives paths the separator that paths in charts have.
func slashed(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.ToSlash(p)
	}
	return out
}
