package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release"
)

const historyLong = `Show the revisions of a release, the oldest first.

  hchart history web
  hchart history web --max 3 -o json`

type historyOptions struct {
	max      int
	rollback bool
	output   outputFlag
}

func newHistoryCmd(f *factory) *cobra.Command {
	o := &historyOptions{}
	cmd := &cobra.Command{
		Use:               "history RELEASE",
		Aliases:           []string{"hist"},
		Short:             "show the revisions of a release",
		Long:              historyLong,
		Args:              exactArgs(1),
		ValidArgsFunction: f.completeReleases(1),
		RunE:              func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), f, args[0]) },
	}
	fs := cmd.Flags()
	fs.IntVar(&o.max, "max", 256, "how many revisions to show, the newest ones")
	fs.BoolVar(&o.rollback, "show-rollback-revision", false, "show which revision was rolled back to, in the table")
	o.output.add(cmd)
	return cmd
}

// revisionRow is a revision as Helm's JSON has it.
type revisionRow struct {
	Revision    int        `json:"revision"`
	Updated     *time.Time `json:"updated,omitempty"`
	Status      string     `json:"status"`
	Chart       string     `json:"chart"`
	AppVersion  string     `json:"app_version"`
	Rollback    int        `json:"rollback_revision,omitempty"`
	Description string     `json:"description"`
}

func (o *historyOptions) run(ctx context.Context, f *factory, name string) error {
	client, err := f.client()
	if err != nil {
		return err
	}
	store, err := f.store(ctx, client, f.namespace())
	if err != nil {
		return err
	}
	if err := checkReleaseName(name); err != nil {
		return fmt.Errorf("release name is invalid: %s", name)
	}
	var h release.History
	err = store.Records(ctx, release.Query{Name: name}, release.RecordOptions{Summary: true}, func(r *release.Record) error {
		h = append(h, r)
		return nil
	})
	if err != nil {
		return err
	}
	if len(h) == 0 {
		return &release.NotFoundError{Name: name}
	}
	h.Sort()
	rows := []revisionRow{}
	for _, rec := range h[max(0, len(h)-max(o.max, 0)):] {
		r := rec.Release
		row := revisionRow{
			Revision: r.Version, Status: string(r.Info.Status), Chart: chartName(r.Chart), AppVersion: appVersion(r.Chart),
			Rollback: r.Info.RollbackRevision, Description: r.Info.Description,
		}
		if !r.Info.LastDeployed.IsZero() {
			row.Updated = &r.Info.LastDeployed
		}
		rows = append(rows, row)
	}
	return o.output.write(f, rows, func() (string, error) { return o.table(rows), nil })
}

func (o *historyOptions) table(rows []revisionRow) string {
	header := []string{"REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "DESCRIPTION"}
	if o.rollback {
		header = []string{"REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "ROLLBACK", "DESCRIPTION"}
	}
	t := newTable(0, header...)
	for _, r := range rows {
		updated := time.Time{}
		if r.Updated != nil {
			updated = *r.Updated
		}
		cells := []string{strconv.Itoa(r.Revision), updated.Format(time.ANSIC), r.Status, r.Chart, r.AppVersion}
		if o.rollback {
			to := ""
			if r.Rollback > 0 {
				to = strconv.Itoa(r.Rollback)
			}
			cells = append(cells, to)
		}
		t.row(append(cells, r.Description)...)
	}
	return t.String() + "\n"
}
