package cli

import (
	"errors"
	"io/fs"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/dependency"
)

// dependencyOptions are the options that all commands share which bring dependencies.
func (f *factory) dependencyOptions(t *transportFlags, outsideLinks bool) (dependency.Options, error) {
	opts := dependency.Options{
		Source: f.repoClient(false), Access: t.access(f, false), Load: ownCharts(), Now: f.sys.Now,
	}
	opts.Load.OutsideLinks = outsideLinks
	modTime, err := f.sourceDateEpoch()
	if err != nil {
		return opts, err
	}
	opts.Write = chart.WriteOptions{ModTime: modTime}
	config, err := repo.ReadConfig(f.path(f.settings.repositoryConfig))
	if errors.Is(err, fs.ErrNotExist) {
		return opts, nil
	}
	if err == nil {
		opts.Repositories = config.Repositories
	}
	return opts, err
}
