package cli

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hchart/hchart/repo"
)

// chartArg completes the argument number n with charts, and no other.
func (f *factory) chartArg(n int, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) == n {
		return f.completeCharts(prefix, true)
	}
	return chartAt(n, args)
}

// completeCharts offers the charts of repositories, the beginnings of URLs, and with files
// what is in the directory, as Helm does.
func (f *factory) completeCharts(prefix string, files bool) ([]string, cobra.ShellCompDirective) {
	words, noSpace := f.repositoryWords(prefix)
	for _, scheme := range []string{"oci://\tChart OCI prefix", "https://\tChart URL prefix", "http://\tChart URL prefix", "file://\tChart local URL prefix"} {
		if strings.HasPrefix(scheme, prefix) {
			words = append(words, scheme)
			noSpace = true
		}
	}
	if files && len(words) > 0 && prefix != "" {
		entries, err := os.ReadDir(f.path("."))
		for _, e := range entries {
			if err == nil && strings.HasPrefix(e.Name(), prefix) {
				words = append(words, e.Name())
			}
		}
	}
	if files && prefix == "" {
		words = append(words, "./\tRelative path prefix to local chart", "/\tAbsolute path prefix to local chart")
	}
	directive := cobra.ShellCompDirectiveDefault
	if !files {
		directive |= cobra.ShellCompDirectiveNoFileComp
	}
	if noSpace {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return words, directive
}

// repositoryWords offers repositories, or the charts of the one that is there already.
func (f *factory) repositoryWords(prefix string) (words []string, noSpace bool) {
	config, err := repo.ReadConfig(f.repoHome().Config)
	if err != nil {
		return nil, false
	}
	for _, e := range config.Repositories {
		if strings.HasPrefix(prefix, e.Name+"/") {
			return append(words, f.chartWords(e.Name)...), false
		}
		if strings.HasPrefix(e.Name, prefix) {
			words = append(words, e.Name+"/\t"+repo.Redact(e.URL))
			noSpace = true
		}
	}
	return words, noSpace
}

// chartWords are the charts of a repository, from the short list if there is one.
func (f *factory) chartWords(repository string) []string {
	var names []string
	if data, err := os.ReadFile(f.repoHome().ChartsFile(repository)); err == nil {
		for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
			names = append(names, repository+"/"+lines.Text())
		}
		return names
	}
	index, err := f.repoClient(true).Index(context.Background(), repository)
	if err != nil {
		return nil
	}
	for _, name := range index.Names() {
		names = append(names, repository+"/"+name)
	}
	return names
}

// completeVersions offers the versions of the chart that the argument of that number names,
// when all arguments are there.
func (f *factory) completeVersions(cmd *cobra.Command, at func() int) {
	completeBy(cmd, "version", func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) != at()+1 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f.versionWords(cmd.Context(), args[at()]), cobra.ShellCompDirectiveNoFileComp
	})
}

// first and second are arguments for completeVersions.
func first() int  { return 0 }
func second() int { return 1 }

// versionWords are the versions of REPOSITORY/NAME with what helps to choose one, as Helm
// writes it.
func (f *factory) versionWords(ctx context.Context, ref string) []string {
	repository, name, ok := strings.Cut(ref, "/")
	if !ok || strings.Contains(name, "/") {
		return nil
	}
	index, err := f.repoClient(true).Index(ctx, repository)
	if err != nil {
		return nil
	}
	versions, err := index.Versions(name)
	if err != nil {
		return nil
	}
	var words []string
	for _, v := range versions {
		word := v.Version + "\t"
		if v.AppVersion != "" {
			word += "App: " + v.AppVersion + ", "
		}
		word += "Created: " + v.Created.Format("January 2, 2006") + " "
		if v.Deprecated {
			word += "(deprecated)"
		}
		words = append(words, word)
	}
	return words
}
