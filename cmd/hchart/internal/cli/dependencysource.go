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
	opts := dependency.Options{Load: ownCharts(), Now: f.sys.Now, Access: repo.Access{
		Username: t.username, Password: t.password, CertFile: t.certFile, KeyFile: t.keyFile, CAFile: t.caFile,
		InsecureSkipTLSVerify: t.insecure, PlainHTTP: t.plainHTTP,
	}}
	opts.Load.OutsideLinks = outsideLinks
	modTime, err := f.sourceDateEpoch()
	if err != nil {
		return opts, err
	}
	opts.Write = chart.WriteOptions{ModTime: modTime}
	s := f.settings
	config, err := repo.ReadConfig(f.path(s.repositoryConfig))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return opts, err
	default:
		opts.Repositories = config.Repositories
	}
	opts.Source = repo.NewClient(repo.Options{Home: repo.Home{
		Config: f.path(s.repositoryConfig), Cache: f.path(s.repositoryCache), Content: f.path(s.contentCache),
	}})
	return opts, nil
}
