package cli

import (
	"context"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
	"github.com/hchart/hchart/repo"
)

// pluginGetters are the plugins that get what URLs of other schemes name, by scheme. The
// first plugin of a scheme counts, and none for what we get ourselves.
func (f *factory) pluginGetters() map[string]repo.Getter {
	found, err := f.plugins(plugin.Getter)
	if err != nil {
		f.logger().Warn("plugins that get charts are left out", "error", err.Error())
		return nil
	}
	getters := map[string]repo.Getter{}
	for _, p := range found {
		for _, scheme := range p.Schemes() {
			if _, taken := getters[scheme]; !taken && scheme != "http" && scheme != "https" && scheme != "oci" && scheme != "file" {
				getters[scheme] = &pluginGetter{f: f, plugin: p}
			}
		}
	}
	return getters
}

// pluginGetter is a plugin that gets what URLs name.
type pluginGetter struct {
	f      *factory
	plugin *plugin.Plugin
}

func (g *pluginGetter) Get(ctx context.Context, url string, access repo.Access) ([]byte, error) {
	return g.plugin.Get(ctx, url, g.f.pluginEnviron(), plugin.GetOptions{
		Username: access.Username, Password: access.Password, PassCredentials: access.PassCredentials,
		CertFile: access.CertFile, KeyFile: access.KeyFile, CAFile: access.CAFile,
		Stderr: g.f.sys.Stderr,
	})
}
