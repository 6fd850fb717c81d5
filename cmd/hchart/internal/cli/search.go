package cli

import "github.com/spf13/cobra"

const searchLong = `Look for charts: in the repositories that were added, in a registry, or in Artifact Hub.`

func newSearchCmd(f *factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search",
		Short: "look for charts",
		Long:  searchLong,
	}
	cmd.AddCommand(newSearchHubCmd(f), newSearchRepoCmd(f))
	return cmd
}

// noResultsError is what --fail-on-no-result makes of a search that found nothing.
type noResultsError struct{}

func (noResultsError) Error() string { return "no results found" }

// searchFlags are those of all searches.
type searchFlags struct {
	maxColumnWidth uint
	failIfNone     bool
	output         outputFlag
}

func (s *searchFlags) add(cmd *cobra.Command) {
	cmd.Flags().UintVar(&s.maxColumnWidth, "max-col-width", 50, "widest column of the table, 0 for as wide as it has to be")
	cmd.Flags().BoolVar(&s.failIfNone, "fail-on-no-result", false, "fail if nothing was found")
	s.output.add(cmd)
}

// write prints what was found, n things: as JSON or YAML elements, or in rows below a
// header.
func (s *searchFlags) write(f *factory, n int, elements any, header []string, row func(i int) []string) error {
	if n == 0 && s.failIfNone {
		return noResultsError{}
	}
	return s.output.write(f, elements, func() (string, error) {
		if n == 0 {
			return "No results found\n", nil
		}
		t := newTable(int(s.maxColumnWidth), header...)
		for i := range n {
			t.row(row(i)...)
		}
		return t.String() + "\n", nil
	})
}
