package chart

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// WriteOptions change how a chart is written. The zero value works.
type WriteOptions struct {
	// ModTime, when it is not zero, is the time of every entry and of
	// Chart.lock, in UTC and whole seconds. SOURCE_DATE_EPOCH is meant for
	// it; this package does not read the environment.
	//
	// Otherwise entries have the times of the chart's files, and those
	// without one have 1980-01-01, so that a chart always gives the same bytes.
	ModTime time.Time
}

// gzipExtra is the extra field that Helm's archives begin with. An archive
// that is the same byte for byte has the same digest in an index or registry.
const gzipExtra = "rr\x28\x00aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo="

// unknownTime stands for times that are not known: the first that archive
// formats agree on.
var unknownTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Save writes the chart as NAME-VERSION.tgz into dir, which is made if need
// be, and returns the path. A file of that name is replaced at once when the
// archive is complete; a failure leaves it as it was.
//
// The chart must be valid ([Chart.Validate]); see [WriteArchive] for the
// content of the archive.
func Save(ctx context.Context, c *Chart, dir string, opts WriteOptions) (file string, err error) {
	if err := c.Validate(); err != nil {
		return "", fmt.Errorf("chart validation: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	file = filepath.Join(dir, c.Metadata.Name+"-"+c.Metadata.Version+".tgz")
	if filepath.Dir(file) != filepath.Clean(dir) {
		return "", invalidFileName(c)
	}
	// Not os.CreateTemp, whose files only their owner can read.
	partial := filepath.Join(dir, "."+filepath.Base(file)+"."+rand.Text()[:8])
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	err = WriteArchive(ctx, c, f, opts)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(partial, file)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(partial))
	}
	return file, nil
}

func invalidFileName(c *Chart) error {
	return &ValidationError{
		Field: "name", Value: c.Metadata.Name,
		Reason: fmt.Sprintf("chart name %q and version %q do not make a file name", c.Metadata.Name, c.Metadata.Version),
	}
}

// WriteArchive writes the chart as a gzipped tar, byte for byte as "helm
// package" does: Chart.yaml (written anew from the metadata, without the
// dependencies of a v1 chart, which are in requirements.yaml), Chart.lock,
// values.yaml as it was read, values.schema.json, the templates, the other
// files, then each subchart as a folder in charts/.
//
// Errors are those of w and ctx, *ValidationError, and *ParseError for a
// values.schema.json that is not JSON.
func WriteArchive(ctx context.Context, c *Chart, w io.Writer, opts WriteOptions) error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("chart validation: %w", err)
	}
	buffered := bufio.NewWriter(w)
	zipped := gzip.NewWriter(buffered)
	zipped.Extra = []byte(gzipExtra)
	zipped.Comment = "Helm"
	a := &archiveWriter{ctx: ctx, tar: tar.NewWriter(zipped)}
	if !opts.ModTime.IsZero() {
		a.modTime = opts.ModTime.UTC().Truncate(time.Second)
	}
	if err := a.chart(c, ""); err != nil {
		return err
	}
	if err := a.tar.Close(); err != nil {
		return err
	}
	if err := zipped.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

type archiveWriter struct {
	ctx     context.Context
	tar     *tar.Writer
	modTime time.Time // zero to keep the files' own
}

// chart writes c into the folder named as the chart below prefix.
func (a *archiveWriter) chart(c *Chart, prefix string) error {
	if c.Metadata == nil {
		return c.Validate()
	}
	if err := checkName(c.Metadata); err != nil {
		return err
	}
	if strings.ContainsRune(c.Name(), '\\') {
		return invalidFileName(c) // readers take it for a separator
	}
	base := path.Join(prefix, c.Name())
	if err := a.metadata(c, base); err != nil {
		return err
	}
	for _, f := range c.Raw {
		if f.Name == valuesFile {
			if err := a.file(base, f); err != nil {
				return err
			}
		}
	}
	if c.Schema != nil {
		if !json.Valid(c.Schema) {
			return &ParseError{File: path.Join(base, schemaFile), Err: errors.New("invalid JSON in " + schemaFile)}
		}
		if err := a.file(base, &File{Name: schemaFile, Data: c.Schema, ModTime: c.SchemaModTime}); err != nil {
			return err
		}
	}
	for _, files := range [][]*File{c.Templates, c.Files} {
		for _, f := range files {
			if err := a.file(base, f); err != nil {
				return err
			}
		}
	}
	for _, sub := range c.dependencies {
		if err := a.chart(sub, path.Join(base, chartsDir)); err != nil {
			return err
		}
	}
	return nil
}

// metadata writes Chart.yaml and Chart.lock.
func (a *archiveWriter) metadata(c *Chart, base string) error {
	m := *c.Metadata
	m.sanitize()
	if m.APIVersion == APIVersionV1 {
		m.Dependencies = nil
	}
	data, err := yaml.Marshal(&m)
	if err != nil {
		return err
	}
	if err := a.file(base, &File{Name: chartFile, Data: data, ModTime: c.ModTime}); err != nil {
		return err
	}
	if c.Lock == nil || m.APIVersion != APIVersionV2 {
		return nil
	}
	lock := *c.Lock
	if !a.modTime.IsZero() {
		lock.Generated = a.modTime
	}
	if data, err = yaml.Marshal(&lock); err != nil {
		return err
	}
	return a.file(base, &File{Name: lockFile, Data: data, ModTime: lock.Generated})
}

// file writes one file. Its name may come from a program rather than from the
// loader, so it is checked to stay in the chart's folder.
func (a *archiveWriter) file(base string, f *File) error {
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if !filepath.IsLocal(f.Name) || f.Name == "." {
		return &ValidationError{
			Field: "files", Value: f.Name,
			Reason: fmt.Sprintf("file name %q leaves the chart", f.Name),
		}
	}
	header := &tar.Header{
		Name:    path.Join(base, f.Name),
		Mode:    0o644,
		Size:    int64(len(f.Data)),
		ModTime: f.ModTime,
	}
	switch {
	case !a.modTime.IsZero():
		header.ModTime = a.modTime
	case f.ModTime.IsZero():
		header.ModTime = unknownTime
	}
	if err := a.tar.WriteHeader(header); err != nil {
		return err
	}
	_, err := a.tar.Write(f.Data)
	return err
}
