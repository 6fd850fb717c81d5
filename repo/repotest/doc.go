// Package repotest serves chart repositories and registries to tests.
//
//	srv := repotest.Start(t, repotest.Options{Username: "me", Password: "secret"})
//	srv.AddChart("nginx", "1.2.3")
//	c := repo.NewClient(repo.Options{Home: home})
//	_, err := c.Update(ctx, repo.Entry{Name: "test", URL: srv.URL})
//
// A [Server] holds its files in memory, makes the index from the charts that were added,
// and answers as good servers do: with validators, ranges, compressed indexes. [Server.Fault]
// has it answer as bad ones do.
//
// A [Registry] is the same for oci:// references, an http.Handler:
//
//	srv := httptest.NewServer(repotest.NewRegistry(repotest.RegistryOptions{}))
//	defer srv.Close()
//	ref := strings.TrimPrefix(srv.URL, "http://") + "/charts/demo"
package repotest
