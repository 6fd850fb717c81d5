package cli

import (
	"path/filepath"

	"github.com/hchart/hchart/repo/oci"
)

// registryClient makes what talks to registries. It looks at no file before a registry
// wants a login.
func (f *factory) registryClient() *oci.Client {
	return oci.NewClient(oci.Options{
		ConfigFile: f.path(f.settings.registryConfig),
		Fallback:   f.dockerConfig(),
		UserAgent:  "hchart/" + hchartVersion,
	})
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
