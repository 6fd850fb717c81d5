package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/cmd/hchart/internal/plugin"
	"github.com/hchart/hchart/cmd/hchart/internal/postrender"
)

// postRenderer changes rendered files (path → text), hooks included.
type postRenderer interface {
	run(ctx context.Context, files map[string]string) (map[string]string, error)
}

// postRendererFlags are --post-renderer and --post-renderer-args.
type postRendererFlags struct {
	name string
	args []string
}

func (p *postRendererFlags) add(fs *pflag.FlagSet) {
	fs.Var((*postRendererName)(p), "post-renderer", "plugin, by its name, that the manifests are passed through")
	fs.Var((*postRendererArgs)(p), "post-renderer-args", "argument for the post-renderer (repeatable)")
}

// find returns the plugin, nil if none is wanted.
func (p *postRendererFlags) find(f *factory) (postRenderer, error) {
	if p.name == "" {
		return nil, nil
	}
	found, err := plugin.Find(f.pluginDirs(), p.name, plugin.PostRenderer, func(warning string) {
		f.logger().Warn(warning)
	})
	if err != nil {
		return nil, err
	}
	return &pluginRenderer{plugin: found, args: p.args, environ: f.processEnviron()}, nil
}

// pluginRenderer passes all files through a plugin as one YAML stream.
type pluginRenderer struct {
	plugin  *plugin.Plugin
	args    []string
	environ []string
}

func (r *pluginRenderer) run(ctx context.Context, files map[string]string) (map[string]string, error) {
	return postrender.Run(files, func(stream string) (string, error) {
		return r.plugin.Run(ctx, stream, r.args, r.environ)
	})
}

// postRendererName is the value of --post-renderer, which can be given once.
type postRendererName postRendererFlags

func (p *postRendererName) String() string { return p.name }
func (p *postRendererName) Type() string   { return "postRendererString" }

func (p *postRendererName) Set(s string) error {
	if s != "" && p.name != "" {
		return errors.New("cannot specify --post-renderer flag more than once")
	}
	p.name = s
	return nil
}

// postRendererArgs is the value of --post-renderer-args. An argument may be
// empty and is not split at commas.
type postRendererArgs postRendererFlags

func (p *postRendererArgs) String() string { return "[" + strings.Join(p.args, ",") + "]" }
func (p *postRendererArgs) Type() string   { return "postRendererArgsSlice" }

func (p *postRendererArgs) Set(s string) error {
	p.args = append(p.args, s)
	return nil
}
