package cli

import (
	"path/filepath"

	"github.com/hchart/hchart/repo/oci"
)

// registryClient makes what talks to registries. It looks at no file before a registry
// wants a login.
func (f *factory) registryClient() *oci.Client {
	return oci.NewClient(f.registryOptions(0))
}

// registryOptions are those of a client whose archives have at most maxArchive bytes, 0 for
// the usual limit.
func (f *factory) registryOptions(maxArchive int64) oci.Options {
	return oci.Options{
		ConfigFile: f.path(f.settings.registryConfig),
		Fallback:   f.dockerConfig(),
		UserAgent:  "hchart/" + hchartVersion,
		Limits:     oci.Limits{ArchiveBytes: maxArchive},
	}
}

// dockerConfig is the file in which Docker keeps logins, empty if there is no home.
func (f *factory) dockerConfig() string {
	dir := f.settings.env.get("DOCKER_CONFIG")
	if dir == "" {
		home := f.settings.env.home()
		if home == "" {
			return ""
		}
		dir = filepath.Join(home, ".docker")
	}
	return filepath.Join(f.path(dir), "config.json")
}
