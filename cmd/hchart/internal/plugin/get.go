package plugin

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// maxGot bounds what a plugin of type Getter may deliver.
const maxGot = 256 << 20

// GetOptions say how a plugin of type Getter reaches a URL. The zero value works.
type GetOptions struct {
	Username, Password        string
	PassCredentials           bool
	CertFile, KeyFile, CAFile string
	// Stderr is where what the plugin writes to standard error goes, nowhere if it is nil.
	Stderr io.Writer
}

// Get returns what a plugin of type Getter gets for a URL.
func (p *Plugin) Get(ctx context.Context, href string, environ []string, opts GetOptions) ([]byte, error) {
	process, err := p.process()
	if err != nil {
		return nil, err
	}
	fail := func(err error) ([]byte, error) { return nil, &RunError{Plugin: p.Name(), ExitCode: -1, Err: err} }
	u, err := url.Parse(href)
	if err != nil {
		return fail(fmt.Errorf("invalid URL")) // without the URL, which may hold a password
	}
	i := slices.IndexFunc(process.ProtocolCommands, func(c protocolCommand) bool { return slices.Contains(c.Protocols, u.Scheme) })
	if i < 0 {
		return fail(fmt.Errorf("it has no command for the scheme %q", u.Scheme))
	}
	environ = append(p.environ(environ),
		"HELM_PLUGIN_USERNAME="+opts.Username,
		"HELM_PLUGIN_PASSWORD="+opts.Password,
		"HELM_PLUGIN_PASS_CREDENTIALS_ALL="+strconv.FormatBool(opts.PassCredentials))
	words, err := command(process.ProtocolCommands[i].PlatformCommand, false, environ)
	if err != nil {
		return fail(err)
	}
	out := &bounded{max: maxGot}
	args := append(words[1:], opts.CertFile, opts.KeyFile, opts.CAFile, href)
	if err := p.run(ctx, p.program(words[0]), args, environ, Streams{nil, out, opts.Stderr}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// program is the path of a getter's program. It lies in the directory of the plugin,
// whether it is written with a slash in front or not, or where it says.
func (p *Plugin) program(name string) string {
	inside := filepath.Join(p.Dir, name)
	if _, err := os.Stat(inside); err != nil && filepath.IsAbs(name) {
		return name
	}
	return inside
}
