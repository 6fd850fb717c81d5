package repo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/yaml"
)

// EncodeOptions change how an index is written. The zero value works.
type EncodeOptions struct {
	// JSON writes JSON in place of YAML, into a file that is called index.yaml still.
	JSON bool
}

// Encode returns the index as Helm writes it, versions sorted, newest first.
func (x *Index) Encode(opts EncodeOptions) ([]byte, error) {
	wire, err := x.wire()
	if err != nil {
		return nil, err
	}
	if opts.JSON {
		return json.MarshalIndent(wire, "", "  ")
	}
	// By way of a tree, which is written much faster than structs are.
	text, err := json.Marshal(wire)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	s, err := yaml.Encode(tree)
	return []byte(s), err
}

// WriteFile writes the index to a file in one step.
func (x *Index) WriteFile(path string, opts EncodeOptions) error {
	data, err := x.Encode(opts)
	if err != nil {
		return err
	}
	return writeFile(path, data, 0o644)
}

// IndexDirectoryOptions change how the index of a directory is made. The zero value
// works.
type IndexDirectoryOptions struct {
	// URL is where the directory will be. Without one, URLs in the index are relative to
	// the index.
	URL string
	// Now is the time that is written down, the current one if it is zero.
	Now time.Time
}

// IndexDirectory makes an index of the archives in a directory and in the directories
// right below it. Archives that are no charts are left out; it is an error if one of a
// chart cannot be read or has metadata that an index must not have.
func IndexDirectory(ctx context.Context, dir string, opts IndexDirectoryOptions) (*Index, error) {
	archives, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil {
		return nil, err
	}
	below, err := filepath.Glob(filepath.Join(dir, "*", "*.tgz"))
	if err != nil {
		return nil, err
	}
	archives = append(archives, below...)

	found, err := readArchives(ctx, archives)
	if err != nil {
		return nil, err
	}
	x := NewIndex()
	if !opts.Now.IsZero() {
		x.Generated = opts.Now
	}
	for i, v := range found {
		if v == nil {
			continue
		}
		name, err := filepath.Rel(dir, archives[i])
		if err != nil {
			return nil, err
		}
		v.URLs, v.Created = []string{archiveURL(opts.URL, name)}, x.Generated
		if opts.Now.IsZero() {
			v.Created = time.Now()
		}
		if err := x.Add(v); err != nil {
			return nil, fmt.Errorf("cannot put %s into the index: %w", archives[i], err)
		}
	}
	return x, nil
}

// readArchives reads archives, several at a time. What is no chart is nil.
func readArchives(ctx context.Context, archives []string) ([]*ChartVersion, error) {
	found, errs := make([]*ChartVersion, len(archives)), make([]error, len(archives))
	running := make(chan struct{}, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for i, archive := range archives {
		running <- struct{}{}
		all.Go(func() {
			defer func() { <-running }()
			found[i], errs[i] = readArchive(ctx, archive)
		})
	}
	all.Wait()
	return found, errors.Join(errs...)
}

func readArchive(ctx context.Context, archive string) (*ChartVersion, error) {
	ch, err := chart.Load(ctx, archive, chart.LoadOptions{})
	if err != nil {
		return nil, ctx.Err()
	}
	digest, err := digestOf(archive)
	if err != nil {
		return nil, err
	}
	return &ChartVersion{Metadata: *ch.Metadata, Digest: digest}, nil
}

// archiveURL returns where the file name of an indexed directory will be. Without base it
// is the name, of which what stands before the last slash becomes a URL, as in Helm.
func archiveURL(base, name string) string {
	folder, file := filepath.Split(name)
	base = joinURL(base, filepath.Clean("/" + filepath.ToSlash(folder))[1:])
	if base == "" {
		return file
	}
	return joinURL(base, file)
}

// joinURL puts elements behind the path of a URL, or behind what is none.
func joinURL(base, elem string) string {
	u, err := url.Parse(base)
	if err != nil {
		return path.Join(base, elem)
	}
	u.Path = path.Join(u.Path, elem)
	return u.String()
}
