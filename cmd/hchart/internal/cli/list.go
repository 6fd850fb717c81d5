package cli

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/release"
)

const listLong = `List releases: of each the last revision, if it is in one of the states that are
asked for, or in any.

  hchart list
  hchart list -A --failed --pending
  hchart list --filter '^web-' -o json
  hchart list -q

With -q no record is read, only the labels of the objects that hold them.`

type listOptions struct {
	short, noHeaders, byDate, reverse, allNamespaces        bool
	uninstalled, superseded, uninstalling, deployed, failed bool
	pending, all                                            bool
	timeFormat, filter, selector                            string
	max, offset                                             int
	output                                                  outputFlag
}

func newListCmd(f *factory) *cobra.Command {
	o := &listOptions{}
	cmd := &cobra.Command{
		Use:               "list",
		Aliases:           []string{"ls"},
		Short:             "list releases",
		Long:              listLong,
		Args:              noArgs,
		ValidArgsFunction: noMoreArgs,
		RunE:              func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), f) },
	}
	fs := cmd.Flags()
	fs.BoolVarP(&o.short, "short", "q", false, "print the names only")
	fs.BoolVar(&o.noHeaders, "no-headers", false, "leave the header out of the table")
	fs.StringVar(&o.timeFormat, "time-format", "", `format for times, in Go's notation: "2006-01-02 15:04:05Z0700"`)
	fs.BoolVarP(&o.byDate, "date", "d", false, "sort by the time of the last change")
	fs.BoolVarP(&o.reverse, "reverse", "r", false, "reverse the order")
	fs.BoolVar(&o.uninstalled, "uninstalled", false, "show releases that were uninstalled with their history kept")
	fs.BoolVar(&o.superseded, "superseded", false, "show superseded revisions")
	fs.BoolVar(&o.uninstalling, "uninstalling", false, "show releases that are being uninstalled")
	fs.BoolVar(&o.deployed, "deployed", false, "show deployed releases")
	fs.BoolVar(&o.failed, "failed", false, "show failed releases")
	fs.BoolVar(&o.pending, "pending", false, "show pending releases")
	fs.BoolVarP(&o.allNamespaces, "all-namespaces", "A", false, "list the releases of all namespaces")
	fs.IntVarP(&o.max, "max", "m", 256, "how many releases to show, all if it is 0")
	fs.IntVar(&o.offset, "offset", 0, "how many releases to leave out at the beginning")
	fs.StringVarP(&o.filter, "filter", "f", "", "regular expression that names have to match")
	fs.StringVarP(&o.selector, "selector", "l", "", "selector for the labels of records: key1=value1,key2!=value2")
	// Helm 3 had it; all states are shown where none is asked for.
	fs.BoolVarP(&o.all, "all", "a", false, "show releases in any state")
	fs.Lookup("all").Hidden = true
	o.output.add(cmd)
	return cmd
}

// states are those asked for, none for any.
func (o *listOptions) states() []release.Status {
	var s []release.Status
	add := func(wanted bool, states ...release.Status) {
		if wanted && !o.all {
			s = append(s, states...)
		}
	}
	add(o.deployed, release.Deployed)
	add(o.uninstalled, release.Uninstalled)
	add(o.uninstalling, release.Uninstalling)
	add(o.pending, release.PendingInstall, release.PendingRollback, release.PendingUpgrade)
	add(o.failed, release.Failed)
	add(o.superseded, release.Superseded)
	return s
}

func (o *listOptions) run(ctx context.Context, f *factory) error {
	client, err := f.client()
	if err != nil {
		return err
	}
	namespace := f.namespace()
	if o.allNamespaces {
		namespace = ""
	}
	store, err := f.store(ctx, client, namespace)
	if err != nil {
		return err
	}
	var filter *regexp.Regexp
	if o.filter != "" {
		if filter, err = regexp.Compile(o.filter); err != nil {
			return err
		}
	}
	selector, err := release.ParseSelector(o.selector)
	if err != nil {
		return err
	}
	entries, err := store.Entries(ctx, release.Query{})
	if err != nil {
		return err
	}
	entries = o.choose(entries, filter, selector)
	if o.short {
		return o.printNames(f, o.cut(o.sorted(entries, nil)))
	}
	releases, err := o.read(ctx, store, entries)
	if err != nil {
		return err
	}
	return o.print(f, o.cut(o.sorted(entries, releases)), releases)
}

// choose returns the entries that are to be shown, by labels alone.
func (o *listOptions) choose(entries []release.Entry, filter *regexp.Regexp, selector release.Selector) []release.Entry {
	states := o.states()
	onlySuperseded := len(states) == 1 && states[0] == release.Superseded
	var chosen []release.Entry
	for i, e := range entries {
		// Entries come by name and revision: the last of a name is the newest.
		last := i == len(entries)-1 || entries[i+1].Name != e.Name || entries[i+1].Namespace != e.Namespace
		if !last && !onlySuperseded || filter != nil && !filter.MatchString(e.Name) ||
			len(states) > 0 && !slices.Contains(states, e.Status) || !selector.Matches(e.Labels) {
			continue
		}
		chosen = append(chosen, e)
	}
	return chosen
}

// entryKey tells records apart.
type entryKey struct {
	namespace, name string
	revision        int
}

func keyOf(e *release.Entry) entryKey { return entryKey{e.Namespace, e.Name, e.Revision} }

// read decodes the records of entries.
func (o *listOptions) read(ctx context.Context, store release.Store, entries []release.Entry) (map[entryKey]*release.Release, error) {
	wanted := map[entryKey]bool{}
	for i := range entries {
		wanted[keyOf(&entries[i])] = true
	}
	releases := map[entryKey]*release.Release{}
	if len(entries) == 0 {
		return releases, nil
	}
	var at release.Entry
	opts := release.RecordOptions{Summary: true, Want: func(e release.Entry) bool {
		at = e
		return wanted[keyOf(&e)]
	}}
	err := store.Records(ctx, release.Query{}, opts, func(r *release.Record) error {
		releases[entryKey{cmp.Or(r.Release.Namespace, at.Namespace), r.Release.Name, r.Release.Version}] = r.Release
		return nil
	})
	return releases, err
}

// sorted puts entries into the order asked for. Without the releases their times are
// those of their last write.
func (o *listOptions) sorted(entries []release.Entry, releases map[entryKey]*release.Release) []release.Entry {
	date := func(e *release.Entry) int64 {
		if r := releases[keyOf(e)]; r != nil {
			return r.Info.LastDeployed.UnixNano()
		}
		return e.Modified.UnixNano()
	}
	slices.SortStableFunc(entries, func(a, b release.Entry) int {
		c := cmp.Compare(a.Name, b.Name)
		if o.byDate {
			c = cmp.Compare(date(&a), date(&b))
		}
		if o.reverse {
			c = -c
		}
		return c
	})
	return entries
}

// cut applies --offset and --max.
func (o *listOptions) cut(entries []release.Entry) []release.Entry {
	entries = entries[min(max(o.offset, 0), len(entries)):]
	if o.max > 0 {
		entries = entries[:min(o.max, len(entries))]
	}
	return entries
}

func (o *listOptions) printNames(f *factory, entries []release.Entry) error {
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return o.output.write(f, names, func() (string, error) {
		var b strings.Builder
		for _, n := range names {
			b.WriteString(n + "\n")
		}
		return b.String(), nil
	})
}

// listRow is a release as Helm's JSON has it.
type listRow struct {
	Name       string `json:"name"`
	Namespace  string `json:"namespace"`
	Revision   string `json:"revision"`
	Updated    string `json:"updated"`
	Status     string `json:"status"`
	Chart      string `json:"chart"`
	AppVersion string `json:"app_version"`
}

func (o *listOptions) print(f *factory, entries []release.Entry, releases map[entryKey]*release.Release) error {
	rows := []listRow{}
	for i := range entries {
		r := releases[keyOf(&entries[i])]
		if r == nil { // deleted meanwhile
			continue
		}
		updated := "-"
		if t := r.Info.LastDeployed; !t.IsZero() {
			updated = t.String()
			if o.timeFormat != "" {
				updated = t.Format(o.timeFormat)
			}
		}
		rows = append(rows, listRow{
			Name: r.Name, Namespace: r.Namespace, Revision: strconv.Itoa(r.Version), Updated: updated,
			Status: string(r.Info.Status), Chart: chartName(r.Chart), AppVersion: appVersion(r.Chart),
		})
	}
	return o.output.write(f, rows, func() (string, error) { return o.table(f, rows), nil })
}

func (o *listOptions) table(f *factory, rows []listRow) string {
	t := newTable(0)
	t.rows = nil
	if !o.noHeaders {
		var header []string
		for _, h := range []string{"NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"} {
			header = append(header, f.paint(bold, h))
		}
		t.row(header...)
	}
	for _, r := range rows {
		t.row(r.Name, f.paint(cyan, r.Namespace), r.Revision, r.Updated, f.paintStatus(release.Status(r.Status)), r.Chart, r.AppVersion)
	}
	if len(t.rows) == 0 {
		return "\n"
	}
	return t.String() + "\n"
}
