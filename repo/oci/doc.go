// Package oci talks to registries that keep charts: it pulls and pushes them, lists
// their versions, and logs in and out. A [Client] is what a repo.Client needs to find
// oci:// references:
//
//	registry := oci.NewClient(oci.Options{ConfigFile: path})
//	client := repo.NewClient(repo.Options{Home: home, Registry: registry})
//
// By itself it pushes:
//
//	result, err := registry.Push(ctx, "registry.example.com/charts/demo", archive, nil, oci.PushOptions{})
//
// A chart is what Helm makes of it: a manifest whose configuration is the metadata of the
// chart as JSON, with a layer for the archive and one for the signature, if there is one.
// Tags are versions, with "_" in place of "+".
//
// Credentials are those of repo.Access, else those that the files of [Options] or the
// programs named there (Docker's credential helpers) have for the host and port. They go to
// that host and port, and to the token server that it names, as Docker does it: never to a
// token server without TLS for a registry with TLS, never to one on this machine or in
// the network of its cloud unless the registry is there as well, and never along a
// redirect to another place. No error holds them, not even where the server repeats them.
//
// What servers send is bounded ([Limits]), and checked against its digest.
package oci

//go:generate go -C ../../test/orascopy run .
