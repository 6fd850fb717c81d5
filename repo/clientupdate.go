package repo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// UpdateResult is what became of an update.
type UpdateResult struct {
	// Unchanged says that the server has nothing newer than the cache.
	Unchanged bool
	// Bytes is the size of the index.
	Bytes int64
}

// Update gets the index of a repository into the cache, where [Client.Index] finds
// it. An index that the server says is still the same is not sent again; what
// is no index changes nothing.
//
// Errors are *[NotARepositoryError] around what went wrong.
func (c *Client) Update(ctx context.Context, e Entry) (UpdateResult, error) {
	return c.updates.do(ctx, e.Name+"\x00"+e.URL, false, func() (UpdateResult, error) {
		r, err := c.update(ctx, e)
		return r, notARepository(e.URL, err)
	})
}

// notARepository says which repository an error is about.
func notARepository(url string, err error) error {
	if err == nil || isContextError(err) {
		return err
	}
	return &NotARepositoryError{URL: Redact(url), Err: err}
}

func (c *Client) update(ctx context.Context, e Entry) (UpdateResult, error) {
	if c.opts.Home.Cache == "" {
		return UpdateResult{}, ErrNoHome
	}
	home := c.opts.Home
	file := home.IndexFile(e.Name)
	if e.Name == "" || !filepath.IsLocal(e.Name+"-index.yaml") {
		return UpdateResult{}, fmt.Errorf("the name %q of a repository makes no name of a file", e.Name)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return UpdateResult{}, err
	}
	known := readValidators(home.ValidatorFile(e.Name), file)
	src := &indexSource{client: c, entry: e, known: known}
	var err error
	if src.url, err = ResolveURL(e.URL, "index.yaml"); err != nil {
		return UpdateResult{}, err
	}
	f, err := createBeside(file)
	if err != nil {
		return UpdateResult{}, err
	}
	err = src.get(ctx, f)
	if err == nil && !src.unchanged {
		err = c.install(f, src)
		return UpdateResult{Bytes: src.size}, err
	}
	f.Close()
	if err := errors.Join(err, os.Remove(f.Name())); err != nil {
		return UpdateResult{}, err
	}
	return UpdateResult{Unchanged: true, Bytes: known.Size}, nil
}

// install puts an index that was downloaded in its place, if it is one, and the files that
// go with it.
func (c *Client) install(f *os.File, src *indexSource) error {
	home, name := c.opts.Home, src.entry.Name
	index, err := ReadIndex(f.Name(), c.indexOptions())
	var bad *IndexError
	if errors.As(err, &bad) {
		bad.Path = "" // of a file that is about to go
	}
	if err == nil {
		err = replaceFile(home.ChartsFile(name), chartsText(index))
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	if err := finish(f, home.IndexFile(name), err); err != nil {
		return err
	}
	// Who wants it next need not read it again.
	c.indexes.keep(indexKey(name), index)
	src.got.Size, src.got.ModTime = info.Size(), info.ModTime()
	if src.got.ETag == "" && src.got.LastModified == "" {
		return nil // what is there belongs to another index, and says so
	}
	data, err := json.Marshal(src.got)
	if err != nil {
		return err
	}
	return replaceFile(home.ValidatorFile(name), data)
}

func (c *Client) indexOptions() IndexOptions {
	return IndexOptions{MaxBytes: c.opts.Limits.IndexBytes}
}

// chartsText is the list of charts for the shell's completion.
func chartsText(x *Index) []byte {
	var b bytes.Buffer
	for _, name := range x.Names() {
		b.WriteString(name)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// validators are what the server said of an index, and what the index looked like. They
// count as long as it looks so: Helm writes indexes, too.
type validators struct {
	// Source is a hash of URL and user.
	Source       string    `json:"source"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"lastModified,omitempty"`
	Size         int64     `json:"size"`
	ModTime      time.Time `json:"modTime"`
}

// readValidators returns the validators of an index, nothing if they are of another one.
func readValidators(file, index string) validators {
	data, err := readBounded(file, 16<<10)
	if err != nil {
		return validators{}
	}
	var v validators
	info, err := os.Stat(index)
	if err != nil || json.Unmarshal(data, &v) != nil || info.Size() != v.Size || !info.ModTime().Equal(v.ModTime) {
		return validators{}
	}
	return v
}
