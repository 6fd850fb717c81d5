package repo

import (
	"context"
	"io"
)

// Ref is what a user names a chart by.
type Ref struct {
	// Name is one of
	//
	//	NAME               in the repository at the URL Repo
	//	REPOSITORY/NAME    in a repository of repositories.yaml
	//	https://…/x.tgz    an archive
	//	oci://HOST/PATH/NAME[:TAG][@sha256:…]
	//	SCHEME://…         what a plugin gets
	Name string
	// Repo is the URL of a repository that need not be in repositories.yaml.
	Repo string
	// Version is a version or a constraint, the newest stable one if it is empty.
	Version string
	// Access is for Repo, or for the host of a URL. What repositories.yaml says of a
	// repository comes before it.
	Access Access
}

// Resolved is a chart that was found: one archive of one version.
type Resolved struct {
	// Name and Version are of the chart. They are empty where only the archive tells.
	Name, Version string
	// URL is absolute.
	URL string
	// File is the name of the archive, NAME-VERSION.tgz.
	File string
	// Digest is the SHA-256 that the archive must have, 64 hexadecimal digits, empty if
	// nobody said.
	Digest string
	// Registry is what a registry says of the chart; nil if it is not in one.
	Registry *RegistryChart
	// Access is for Owner, the URL of the repository that the chart was found in; it is
	// empty if there is none.
	Access Access
	Owner  string

	repository string // its name, for errors
}

// Archive is the archive of a chart on the disk.
type Archive struct {
	// Path is in the content cache. The file is complete and must not be changed.
	Path string
	// Digest is its SHA-256, 64 hexadecimal digits.
	Digest string
	// Provenance is the text of the signature, nil if none was asked for or none is there.
	Provenance []byte
	// NoProvenance says why Provenance is nil although it was asked for.
	NoProvenance error

	oldProvenance bool // it is from the cache
}

// Registry is what a Client needs of a registry; *oci.Client is one. References are
// HOST/PATH/NAME, without scheme.
type Registry interface {
	// Tags returns the versions of a chart, newest first. Tags that are no versions are
	// left out; a tag's "_" stands for "+".
	Tags(ctx context.Context, ref string, access Access) ([]string, error)
	// Resolve returns what a tag or digest ("sha256:…") stands for.
	Resolve(ctx context.Context, ref, tagOrDigest string, access Access) (*RegistryChart, error)
	// Pull writes the archive of what was resolved to w, and returns its provenance if
	// there is one and it is wanted. What it wrote has the digest that was promised, or it
	// is an error.
	Pull(ctx context.Context, c *RegistryChart, w io.Writer, provenance bool, access Access) ([]byte, error)
}

// RegistryChart is a chart in a registry: all that Pull needs of its manifest.
type RegistryChart struct {
	Ref            string // HOST/PATH/NAME
	Name, Version  string // of the chart's configuration
	AppVersion     string // the same
	Description    string // the same
	ManifestDigest string // "sha256:…"
	ArchiveDigest  string // SHA-256 of the archive, 64 hexadecimal digits
	Size           int64  // of the archive, bytes
	// MediaType is that of the archive. Charts that the first versions of Helm pushed
	// have "application/tar+gzip", which Helm warns of.
	MediaType string
	// ProvenanceDigest ("sha256:…") and ProvenanceSize are of the signature; empty if
	// there is none.
	ProvenanceDigest string
	ProvenanceSize   int64
}

// Getter gets what URLs of other schemes name, as Helm's plugins do.
type Getter interface {
	// Get returns the content, which the caller bounds.
	Get(ctx context.Context, url string, access Access) ([]byte, error)
}
