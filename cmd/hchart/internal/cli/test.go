package cli

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release/deploy"
)

const testLong = `Run the tests of a release: the hooks of its chart for the event "test".

  hchart test web
  hchart test web --logs --filter name=web-connection
  hchart test web --filter '!name=web-load'`

type testOptions struct {
	timeout time.Duration
	logs    bool
	filter  []string
	output  outputFlag
	quiet   bool
}

func newTestCmd(f *factory) *cobra.Command {
	o := &testOptions{}
	cmd := &cobra.Command{
		Use:               "test RELEASE",
		Short:             "run the tests of a release",
		Long:              testLong,
		Args:              exactArgs(1),
		ValidArgsFunction: f.completeReleases(1),
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	fs.DurationVar(&o.timeout, "timeout", 5*time.Minute, "time to wait for one test")
	fs.BoolVar(&o.logs, "logs", false, "print the logs of the tests when all have run")
	fs.StringSliceVar(&o.filter, "filter", nil, "run only tests with these names, or without them: name=a,name=b or !name=a")
	addQuiet(fs, &o.quiet)
	return cmd
}

func (o *testOptions) run(ctx context.Context, f *factory, name string) error {
	opts := deploy.TestOptions{Timeout: o.timeout, Logs: o.logs}
	not := regexp.MustCompile(`^!\s?name=`)
	for _, text := range o.filter {
		if after, ok := strings.CutPrefix(text, "name="); ok {
			opts.Include = append(opts.Include, after)
		} else if not.MatchString(text) {
			opts.Exclude = append(opts.Exclude, not.ReplaceAllLiteralString(text, ""))
		}
	}
	if err := checkReleaseName(name); err != nil {
		return fmt.Errorf("releaseTest: Release name is invalid: %s", name)
	}
	p := f.progress(o.quiet)
	var logs strings.Builder
	p.hookLog = func(pod, container, text string) {
		fmt.Fprintf(&logs, "POD LOGS: %s (%s)\n%s\n", pod, container, text)
	}
	env, err := f.env(ctx, p)
	if err != nil {
		return err
	}
	rel, err := deploy.Test(ctx, env, name, opts)
	p.end()
	if rel == nil {
		return err
	}
	text := &releaseText{release: rel, debug: f.settings.debug, hideNotes: true}
	printErr := o.output.write(f, rel, func() (string, error) {
		shown, err := text.text(ctx, f)
		if o.logs {
			shown += "\n" + logs.String()
		}
		return shown, err
	})
	return errors.Join(err, printErr)
}
