package provenance

import (
	"fmt"
	"strings"
)

// Reason is why an archive was not verified.
type Reason int

// The reasons. There is no zero reason.
const (
	// Missing: there is no provenance, or it is empty.
	Missing Reason = iota + 1
	// Malformed: the provenance has not the form that this package writes.
	Malformed
	// UnknownKey: the keyring has no key of the signature that may sign.
	UnknownKey
	// BadSignature: the signature is not of this text, or cannot be checked.
	BadSignature
	// WeakSignature: the signature is made with a hash function that is broken.
	WeakSignature
	// Expired: the key or the signature is.
	Expired
	// Revoked: the key was revoked.
	Revoked
	// NotListed: the signed text says nothing of a file of this name.
	NotListed
	// WrongDigest: the signed text is of other bytes.
	WrongDigest
)

// VerifyError says why an archive was not verified.
type VerifyError struct {
	// File is the name of the archive.
	File   string
	Reason Reason
	// Want and Got are the digests of WrongDigest, "sha256:…".
	Want, Got string
	// Err is what the OpenPGP library or the YAML parser said, if they did.
	Err error
}

func (e *VerifyError) Error() string {
	var s string
	switch e.Reason {
	case Missing:
		s = "there is no provenance for it"
	case Malformed:
		s = "its provenance is broken"
	case UnknownKey:
		s = "it is signed by a key that the keyring does not have, or that may not sign: import the key of its author if you trust it"
	case BadSignature:
		s = "its signature does not hold"
	case WeakSignature:
		s = "its signature is made with a hash function that is no longer safe"
	case Expired:
		s = "the key or the signature has expired"
	case Revoked:
		s = "the key was revoked"
	case NotListed:
		s = "its provenance is not for a file of this name"
	case WrongDigest:
		s = fmt.Sprintf("its digest is %s, signed was %s", e.Got, e.Want)
	default:
		s = "unknown reason"
	}
	s = fmt.Sprintf("%q is not verified: %s", e.File, s)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *VerifyError) Unwrap() error { return e.Err }

// KeyringError is a keyring that cannot be read.
type KeyringError struct {
	// Path is the file, empty where only bytes were given.
	Path string
	Err  error
}

func (e *KeyringError) Error() string {
	if e.Path == "" {
		return "keyring: " + e.Err.Error()
	}
	return fmt.Sprintf("keyring %s: %v", e.Path, e.Err)
}

func (e *KeyringError) Unwrap() error { return e.Err }

// KeyError is a key that cannot be used for signing.
type KeyError struct {
	// Name is what was asked for.
	Name string
	// Matches are the keys that fit where there are several, by the names of their owners.
	Matches []string
	// Reason says what is wrong, for one key.
	Reason string
	Err    error
}

func (e *KeyError) Error() string {
	var s string
	switch {
	case len(e.Matches) > 0:
		s = fmt.Sprintf("several keys have a name that contains %q: %s; give a whole name", e.Name, strings.Join(e.Matches, ", "))
	case e.Reason != "":
		s = fmt.Sprintf("key %q: %s", e.Name, e.Reason)
	default:
		s = fmt.Sprintf("no key of the keyring has a name that contains %q", e.Name)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *KeyError) Unwrap() error { return e.Err }
