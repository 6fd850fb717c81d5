// Package repo finds charts in repositories and gets them: over HTTP, from registries
// (package repo/oci) and by way of plugins.
//
// A [Client] does all of it. It is made once, is safe for use by several goroutines,
// reads each index at most once, and keeps what it downloads in the cache that it shares
// with Helm:
//
//	c := repo.NewClient(repo.Options{Home: home})
//	found, err := c.Resolve(ctx, repo.Ref{Name: "bitnami/nginx", Version: "^18"})
//	archive, err := c.Fetch(ctx, found, repo.FetchOptions{})
//	ch, err := chart.Load(ctx, archive.Path, chart.LoadOptions{})
//
// Its files are Helm's: repositories.yaml ([ReadConfig], [EditConfig]), an index for each
// repository, and archives by their digest ([Home]). Every file is written beside its
// place and renamed, so that a process may be killed at any point.
//
// Credentials go to the scheme, host and port that they were given for and to no other,
// also where a server redirects, unless Access.PassCredentials says so; no error names
// them. What servers send is bounded ([Limits]).
//
// Packages below: repo/dependency brings the charts that a Chart.yaml names into charts/,
// repo/provenance signs and verifies, repo/repotest serves repositories to tests.
package repo
