// Package dependency brings the charts that a Chart.yaml declares into charts/.
//
//	client := repo.NewClient(repo.Options{Home: home})
//	result, err := dependency.Update(ctx, "./mychart", dependency.Options{
//		Source:       client,
//		Repositories: config.Repositories,
//	})
//
// [Update] chooses versions, fetches them and writes Chart.lock. [Build] fetches what
// Chart.lock names, and refuses a lock that was made for another Chart.yaml. Where the
// charts come from is said by the repository of a dependency:
//
//	https://…            a repository, which repositories.yaml may know
//	@NAME, alias:NAME    a repository of repositories.yaml
//	oci://…              a registry
//	file://PATH          a directory, from the chart's own; what that chart itself
//	                     declares and lacks is put into the archive with it
//	""                   charts/NAME, which is only looked at
//
// Indexes and archives are fetched by several goroutines, each index and each archive
// once; archives have the digest that their index names.
//
// # All or nothing
//
// A verb that fails leaves charts/ and the lock as they were, and so does one that is
// killed: what it fetched lies in charts/.hchart-update, which neither hchart nor Helm
// takes for a chart. When all of it is there, a list of what is to be moved and deleted
// is written; from then on the next call would end what a killed one began.
//
// # Sums
//
// A lock names versions, and a repository may change the bytes behind a version. With
// Options.VerifyLock, the digests of the archives are kept in Chart.lock.sums beside the
// lock. Where that file is, an archive with other bytes is a *[ChangedError].
package dependency
