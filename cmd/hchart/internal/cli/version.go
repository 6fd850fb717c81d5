package cli

import (
	"fmt"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/engine"
)

// hchartVersion is the version of this program. The linker sets it:
//
//	go build -ldflags "-X github.com/hchart/hchart/cmd/hchart/internal/cli.hchartVersion=1.2.3"
var hchartVersion = "0.1.0"

const versionLong = `Print the version, in the form of Helm so that scripts can go on reading it:

  version.BuildInfo{Version:"v4.3", GitCommit:"", GitTreeState:"", GoVersion:"go1.26.0", KubeClientVersion:"v1.37", HchartVersion:"0.1.0"}

Version is that of the Helm which this program does the same as, HchartVersion is
its own. These are the names for --template, too:

  hchart version --template '{{.Version}} {{.KubeClientVersion}}'`

// buildInfo is what version prints. Its fields but for the last are Helm's.
type buildInfo struct {
	Version           string
	GitCommit         string
	GitTreeState      string
	GoVersion         string
	KubeClientVersion string
	HchartVersion     string
}

func currentBuild() buildInfo {
	helm := engine.DefaultCapabilities().HelmVersion
	return buildInfo{
		Version:           helm.Version,
		GitCommit:         helm.GitCommit,
		GitTreeState:      helm.GitTreeState,
		GoVersion:         helm.GoVersion,
		KubeClientVersion: helm.KubeClientVersion,
		HchartVersion:     hchartVersion,
	}
}

// String returns Helm's form, which is that of a Go value.
func (b buildInfo) String() string {
	return fmt.Sprintf("version.BuildInfo{Version:%q, GitCommit:%q, GitTreeState:%q, GoVersion:%q, KubeClientVersion:%q, HchartVersion:%q}",
		b.Version, b.GitCommit, b.GitTreeState, b.GoVersion, b.KubeClientVersion, b.HchartVersion)
}

// short returns the version of Helm with the first digits of its commit.
func (b buildInfo) short() string {
	if len(b.GitCommit) >= 7 {
		return b.Version + "+g" + b.GitCommit[:7]
	}
	return b.Version
}

type versionOptions struct {
	short    bool
	template string
}

func newVersionCmd(f *factory) *cobra.Command {
	o := &versionOptions{}
	cmd := &cobra.Command{
		Use:               "version",
		Short:             "print the version",
		Long:              versionLong,
		Args:              noArgs,
		ValidArgsFunction: noMoreArgs,
		RunE:              func(*cobra.Command, []string) error { return o.run(f) },
	}
	cmd.Flags().BoolVar(&o.short, "short", false, "print the number only")
	cmd.Flags().StringVar(&o.template, "template", "", "Go template to print the version with")
	return cmd
}

func (o *versionOptions) run(f *factory) error {
	build := currentBuild()
	if o.template != "" {
		t, err := template.New("_").Parse(o.template)
		if err != nil {
			return err
		}
		var b strings.Builder
		if err := t.Execute(&b, build); err != nil {
			return err
		}
		return f.print(b.String())
	}
	if o.short {
		return f.print(build.short() + "\n")
	}
	return f.print(build.String() + "\n")
}
