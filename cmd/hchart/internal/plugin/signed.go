package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hchart/hchart/repo/provenance"
)

// maxProvenance bounds the signatures that are looked at.
const maxProvenance = 16 << 20

// Signed says in Helm's words whether an installed plugin has a signature:
//
//	local dev               it is a link to somebody's directory
//	unsigned                there is no signature beside it
//	invalid provenance      there is something that is none
//	mismatched provenance   the signature is for another archive
//	signed                  the signature is for the archive that was installed;
//	                        whether its key can be trusted is not looked at
//	unknown                 it cannot be told
func (p *Plugin) Signed() string {
	dirs := filepath.Dir(p.Dir)
	info, err := os.Lstat(filepath.Join(dirs, p.Name()))
	if err != nil {
		return "unknown"
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return "local dev"
	}
	archive := filepath.Join(dirs, p.FileName())
	if _, err := os.Stat(archive); err != nil {
		return "unsigned"
	}
	text, err := readProvenance(archive + ".prov")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "unsigned"
	case err != nil:
		return "unknown"
	}
	signed, err := provenance.Digests(text)
	if err != nil {
		return "invalid provenance"
	}
	digest, err := fileDigest(archive)
	if err != nil {
		return "mismatched provenance"
	}
	for name, want := range signed {
		if strings.Contains(name, filepath.Base(archive)) && want == digest {
			return "signed"
		}
	}
	return "mismatched provenance"
}

func readProvenance(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxProvenance {
		return nil, errors.New("it is too large")
	}
	return os.ReadFile(path)
}

// fileDigest returns the digest of a file as signatures have it.
func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
