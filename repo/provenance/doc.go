// Package provenance signs archives of charts and plugins and verifies such signatures,
// with OpenPGP keys and in the form of Helm's provenance files.
//
// A provenance file lies beside the archive, ARCHIVE.prov. It is a text that is signed in
// the clear: the metadata of what the archive holds as YAML, a line "...", and the SHA-256
// of the archive by its file name:
//
//	-----BEGIN PGP SIGNED MESSAGE-----
//	Hash: SHA512
//
//	apiVersion: v2
//	name: mychart
//	version: 0.1.0
//
//	...
//	files:
//	  mychart-0.1.0.tgz: sha256:ca978112…
//	-----BEGIN PGP SIGNATURE-----
//	…
//
// Signing takes a secret key, verifying a keyring of public ones; [ReadKeyring] reads
// both, binary, armored or as GnuPG's keybox:
//
//	ring, err := provenance.ReadKeyring("secring.gpg")
//	key, err := ring.Key("me@example.com")
//	text, err := provenance.Sign(ctx, archive, "mychart-0.1.0.tgz", key, provenance.SignOptions{})
//
//	ring, err := provenance.ReadKeyring("pubring.gpg")
//	who, err := provenance.Verify(ctx, archive, text, "mychart-0.1.0.tgz", ring, provenance.VerifyOptions{})
//
// Verifying fails closed: what is missing, empty, broken, not understood or not certain is
// an error. Text outside of what is signed is refused, for it would pass for signed.
package provenance
