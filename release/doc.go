// Package release knows what a release is: a chart that was installed under a name, in
// revisions, each with the record of what was rendered and what became of it.
//
// Records are Helm's, byte for byte (HELM.md of Helm's storage: a JSON text, gzipped and
// in base64): Helm reads what is written here and the other way round, Helm 3 included.
//
//	data, err := release.Encode(rel)
//	rel, err := release.Decode(data)
//
// A Store keeps them. Every write names the version it goes on from, so that of two
// writers one gets a *ConflictError and nothing is lost; Helm's last writer wins. The
// stores are release/secrets (the default), release/configmaps, release/sql and
// release/memory.
//
// History has the rules about several revisions of one release: which one is deployed,
// which to go on from, which may be pruned.
package release
