package dependency

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
)

// fetch gets the archive that was found for a want, and checks that it is what Chart.lock.sums
// and its index say and that it is a chart.
func (j *job) fetch(ctx context.Context, w *want) (data []byte, digest string, err error) {
	if j.opts.Source == nil {
		return nil, "", errNoSource
	}
	archive, err := j.opts.Source.Fetch(ctx, w.found, repo.FetchOptions{Verify: j.opts.Verify})
	if err != nil {
		return nil, "", err
	}
	if data, err = os.ReadFile(archive.Path); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(data)
	digest = hex.EncodeToString(sum[:])
	if archive.Digest != "" && archive.Digest != digest {
		return nil, "", &ArchiveError{File: w.found.File, Reason: "was changed in the cache: remove " + archive.Path}
	}
	if err := j.sums.check(sumKey{w.Repository, w.Name, w.version}, digest); err != nil {
		return nil, "", err
	}
	if _, err := chart.LoadArchive(ctx, bytes.NewReader(data), chart.LoadOptions{}); err != nil {
		return nil, "", &ArchiveError{File: w.found.File, Reason: "is no chart", Err: err}
	}
	return data, digest, nil
}

// archive is the archive of a dependency that is a directory. It fills in the item.
func (j *job) archive(ctx context.Context, it *item) ([]byte, error) {
	ch, err := j.local(ctx, it.want, nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := chart.WriteArchive(ctx, ch, &b, j.opts.Write); err != nil {
		return nil, err
	}
	it.file = ch.Metadata.Name + "-" + ch.Metadata.Version + ".tgz"
	sum := sha256.Sum256(b.Bytes())
	it.version, it.digest = ch.Metadata.Version, hex.EncodeToString(sum[:])
	return b.Bytes(), nil
}
