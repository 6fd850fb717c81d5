package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/repo/provenance"
)

// maxSigned bounds the archives that are signed and verified, which are held in memory.
const maxSigned = 512 << 20

// UnverifiableError is a path that no signature can be verified for.
type UnverifiableError struct{ Path, Reason string }

func (e *UnverifiableError) Error() string {
	return fmt.Sprintf("%s cannot be verified: %s", e.Path, e.Reason)
}

// verifier returns a check of signatures against a keyring, which is read at the first
// use. It may be called by several goroutines; done, which may be nil, is told of each
// signature that holds.
func (f *factory) verifier(ctx context.Context, keyring string, done func(*provenance.Verification)) func(archive, text []byte, file string) error {
	ring := sync.OnceValues(func() (*provenance.Keyring, error) { return provenance.ReadKeyring(f.path(keyring)) })
	return func(archive, text []byte, file string) error {
		keys, err := ring()
		if err != nil {
			return err
		}
		v, err := provenance.Verify(ctx, archive, text, file, keys, provenance.VerifyOptions{Now: f.sys.Now})
		if err == nil && done != nil {
			done(v)
		}
		return err
	}
}

// verifyArchive checks the signature of an archive on the disk, which lies in PATH.prov.
func (f *factory) verifyArchive(ctx context.Context, path, keyring string) (*provenance.Verification, error) {
	info, err := os.Stat(f.path(path))
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &UnverifiableError{path, "it is a directory, and only archives are signed"}
	case !strings.EqualFold(filepath.Ext(path), ".tgz"):
		return nil, &UnverifiableError{path, "the name of an archive ends in .tgz"}
	}
	return f.verifyFile(ctx, path, keyring)
}

// verifyFile is verifyArchive for files of any name.
func (f *factory) verifyFile(ctx context.Context, path, keyring string) (*provenance.Verification, error) {
	text, err := readBounded(f.path(path)+".prov", maxSigned)
	if err != nil {
		return nil, fmt.Errorf("could not load the provenance: %w", err)
	}
	archive, err := readBounded(f.path(path), maxSigned)
	if err != nil {
		return nil, err
	}
	var found *provenance.Verification
	check := f.verifier(ctx, keyring, func(v *provenance.Verification) { found = v })
	if err := check(archive, text, filepath.Base(path)); err != nil {
		return nil, err
	}
	return found, nil
}

// readBounded reads a file that must not be larger than max bytes.
func readBounded(path string, max int64) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", path)
	case info.Size() > max:
		return nil, fmt.Errorf("%s is larger than %d bytes", path, max)
	}
	return os.ReadFile(path)
}

// verified is what commands print of a signature of a chart or plugin.
func verified(what string, v *provenance.Verification) string {
	var b strings.Builder
	for _, name := range v.SignedBy {
		fmt.Fprintf(&b, "Signed by: %s\n", name)
	}
	fmt.Fprintf(&b, "Using Key With Fingerprint: %s\n%s Hash Verified: %s\n", v.Fingerprint, what, v.Digest)
	return b.String()
}

// signingFlags are the flags that say which key signs.
type signingFlags struct {
	key, keyring   string
	passphraseFile string
}

func (s *signingFlags) add(fs *pflag.FlagSet, env environment) {
	fs.StringVar(&s.key, "key", "", "name of the key to sign with")
	fs.StringVar(&s.keyring, "keyring", env.keyring(), "keyring that has the key")
	fs.StringVar(&s.passphraseFile, "passphrase-file", "", "file with the passphrase of the key, '-' for standard input")
}

// unlock returns the key, ready to sign. The text of the passphrase file goes through
// passphrase first.
func (s *signingFlags) unlock(f *factory, passphrase func([]byte) []byte) (*provenance.Key, error) {
	ring, err := provenance.ReadKeyring(f.path(s.keyring))
	if err != nil {
		return nil, err
	}
	key, err := ring.Key(s.key)
	if err != nil {
		return nil, err
	}
	var secret []byte
	switch {
	case s.passphraseFile != "":
		text, err := f.readSecret(s.passphraseFile)
		if err != nil {
			return nil, fmt.Errorf("--passphrase-file: %w", err)
		}
		secret = passphrase(text)
	case key.Locked():
		secret, err = f.askSecret(fmt.Sprintf("Passphrase for the key %q: ", key.Name()))
		if errors.Is(err, ErrNoTerminal) {
			err = fmt.Errorf("the key %q has a passphrase, and %w: give --passphrase-file", key.Name(), err)
		}
		if err != nil {
			return nil, err
		}
	}
	return key, key.Unlock(secret)
}

// signFile writes the provenance of an archive beside it and returns its path. Metadata
// is nil for charts.
func (f *factory) signFile(ctx context.Context, path string, key *provenance.Key, metadata []byte) (string, error) {
	archive, err := readBounded(path, maxSigned)
	if err != nil {
		return "", err
	}
	text, err := provenance.Sign(ctx, archive, filepath.Base(path), key, provenance.SignOptions{Metadata: metadata, Now: f.sys.Now})
	if err != nil {
		return "", err
	}
	return path + ".prov", putFile(path+".prov", text, 0o666)
}
