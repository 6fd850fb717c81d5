package provenance

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"go.yaml.in/yaml/v3"
)

const (
	// maxProvenance bounds the text of a provenance. Its metadata is that of a Chart.yaml,
	// which archives may have up to 5 MiB of.
	maxProvenance = 8 << 20

	beginMessage   = "-----BEGIN PGP SIGNED MESSAGE-----"
	beginSignature = "-----BEGIN PGP SIGNATURE-----"
)

// VerifyOptions change how a signature is verified. The zero value works.
type VerifyOptions struct {
	// Now returns the time at which keys and signatures must not have expired. Nil is
	// time.Now.
	Now func() time.Time
}

// Verification is a signature that holds.
type Verification struct {
	// SignedBy are the names of the key's owner ("Name (Comment) <address>"), sorted.
	SignedBy []string
	// Fingerprint is that of the owner's primary key, in hexadecimal capitals.
	Fingerprint string
	// File is the name of the archive, Digest its digest, "sha256:…".
	File, Digest string
	// Time is when it was signed, as the signer says.
	Time time.Time
}

// Verify checks that the provenance is signed by a key of the ring and that it is for an
// archive of these bytes and this name. The error is a *[VerifyError].
func Verify(ctx context.Context, archive, provenance []byte, file string, ring *Keyring, opts VerifyOptions) (v *Verification, err error) {
	fail := func(why Reason, err error) (*Verification, error) {
		return nil, &VerifyError{File: file, Reason: why, Err: err}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(provenance)) == 0 {
		return fail(Missing, nil)
	}
	// The parsers are not ours and what they read is anybody's.
	defer func() {
		if p := recover(); p != nil {
			v, err = fail(Malformed, fmt.Errorf("%v", p))
		}
	}()
	block, err := decode(provenance)
	if err != nil {
		return fail(Malformed, err)
	}
	sig, signer, err := openpgp.VerifyDetachedSignature(ring.entities, bytes.NewReader(block.Bytes),
		block.ArmoredSignature.Body, &packet.Config{Time: opts.Now})
	if err != nil {
		return fail(reasonOf(err), err)
	}
	if sig.Hash == crypto.MD5 || sig.Hash == crypto.SHA1 || sig.Hash == crypto.RIPEMD160 {
		return fail(WeakSignature, nil)
	}
	signed, err := digests(block.Plaintext)
	if err != nil {
		return fail(Malformed, err)
	}
	want, got := signed[file], digest(archive)
	switch {
	case want == "":
		return fail(NotListed, nil)
	case want != got:
		return nil, &VerifyError{File: file, Reason: WrongDigest, Want: want, Got: got}
	}
	return &Verification{
		SignedBy:    identities(signer),
		Fingerprint: fmt.Sprintf("%X", signer.PrimaryKey.Fingerprint),
		File:        file,
		Digest:      got,
		Time:        sig.CreationTime,
	}, nil
}

// decode takes a signed text apart. Nothing but white space may stand around it.
func decode(provenance []byte) (*clearsign.Block, error) {
	if len(provenance) > maxProvenance {
		return nil, fmt.Errorf("it is larger than %d bytes", maxProvenance)
	}
	if !bytes.HasPrefix(bytes.TrimSpace(provenance), []byte(beginMessage)) {
		return nil, errors.New("it does not begin with " + beginMessage)
	}
	block, rest := clearsign.Decode(provenance)
	switch {
	case block == nil:
		return nil, errors.New("it is no text signed with OpenPGP")
	case block.ArmoredSignature.Type != "PGP SIGNATURE":
		return nil, errors.New("what follows the text is no " + beginSignature)
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errors.New("there is text behind the signature")
	}
	return block, nil
}

// reasonOf says what an error of the library means.
func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		return UnknownKey
	case errors.Is(err, pgperrors.ErrKeyExpired), errors.Is(err, pgperrors.ErrSignatureExpired):
		return Expired
	case errors.Is(err, pgperrors.ErrKeyRevoked):
		return Revoked
	}
	return BadSignature
}

// digests returns the digests that a signed text gives, by the names of files.
func digests(text []byte) (map[string]string, error) {
	parts := bytes.Split(text, []byte(separator))
	if len(parts) != 2 {
		return nil, fmt.Errorf(`it has %d parts divided by a line "...", not 2`, len(parts))
	}
	var s sums
	if err := yaml.Unmarshal(parts[1], &s); err != nil { // also for a key that is there twice
		return nil, err
	}
	return s.Files, nil
}

// Digests returns what a provenance says without asking who signed it: digests,
// "sha256:…", by the names of files. It is an error if the text has not the form that
// [Sign] writes.
func Digests(provenance []byte) (signed map[string]string, err error) {
	defer func() {
		if p := recover(); p != nil {
			signed, err = nil, fmt.Errorf("%v", p)
		}
	}()
	block, err := decode(provenance)
	if err != nil {
		return nil, err
	}
	return digests(block.Plaintext)
}
