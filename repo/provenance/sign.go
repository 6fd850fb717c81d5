package provenance

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
)

// separator stands between the metadata and the digests: "---", which YAML has for that,
// would be escaped in the signed text.
const separator = "\n...\n"

// sums is the second part of the signed text.
type sums struct {
	// Files are digests, "sha256:…", by the names of files.
	Files map[string]string `json:"files" yaml:"files"`
}

// SignOptions change how an archive is signed. The zero value works.
type SignOptions struct {
	// Metadata is the YAML that the signed text begins with. Nil stands for what
	// Chart.yaml of the archive says.
	Metadata []byte
	// Now returns the time of the signature. Nil is time.Now.
	Now func() time.Time
}

// Sign returns the provenance of an archive that will have the name file. The key must be
// unlocked. Errors are *[KeyError], and those of [chart.LoadArchive] for an archive that
// holds no chart.
func Sign(ctx context.Context, archive []byte, file string, key *Key, opts SignOptions) ([]byte, error) {
	now := opts.Now
	if now == nil {
		now = time.Now
	}
	if err := key.check(now()); err != nil {
		return nil, err
	}
	metadata := opts.Metadata
	if metadata == nil {
		var err error
		if metadata, err = chartMetadata(ctx, archive); err != nil {
			return nil, err
		}
	}
	text, err := message(archive, file, metadata)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := clearsign.Encode(&out, key.secret, &packet.Config{DefaultHash: crypto.SHA512, Time: now})
	if err != nil {
		return nil, signError(key, err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, signError(key, err)
	}
	if err := w.Close(); err != nil { // which is what signs
		return nil, signError(key, err)
	}
	return out.Bytes(), nil
}

func signError(key *Key, err error) error {
	return &KeyError{Name: key.name, Reason: "it cannot sign", Err: err}
}

// chartMetadata returns the metadata of the chart in an archive as YAML.
func chartMetadata(ctx context.Context, archive []byte) ([]byte, error) {
	c, err := chart.LoadArchive(ctx, bytes.NewReader(archive), chart.LoadOptions{})
	if err != nil {
		return nil, fmt.Errorf("the archive to sign: %w", err)
	}
	return yaml.Marshal(c.Metadata)
}

// message returns the text that is signed.
func message(archive []byte, file string, metadata []byte) ([]byte, error) {
	if bytes.Contains(metadata, []byte(separator)) {
		return nil, errors.New(`the metadata has a line "...", which ends it`)
	}
	digests, err := yaml.Marshal(sums{Files: map[string]string{file: digest(archive)}})
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{metadata, digests}, []byte(separator)), nil
}

// digest returns the digest of data as signed texts have it.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
