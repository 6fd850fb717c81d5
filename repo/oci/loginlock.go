package oci

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/hchart/hchart/repo/internal/filelock"
	"github.com/hchart/hchart/repo/oci/internal/oras/registry/remote/credentials"
)

const (
	// lockPause is how long it takes to look for a lock again.
	lockPause = 20 * time.Millisecond
	// staleAfter is the age of files that writers of logins have left behind when they
	// were killed. They have passwords in them.
	staleAfter = time.Minute
)

// editLogins has f change the file with logins, as it is now: two programs that log in at
// the same time both find their login afterwards.
func (c *Client) editLogins(ctx context.Context, host string, f func(*credentials.DynamicStore) error) error {
	unlock, err := lockLogins(ctx, c.opts.ConfigFile)
	if err != nil {
		return err
	}
	defer unlock()
	store, err := openStore(c.opts.ConfigFile)
	if err != nil {
		return err
	}
	if err := f(store); err != nil {
		return credentialsError(ctx, c.opts.ConfigFile, host, err)
	}
	c.forget()
	return nil
}

// lockLogins locks the file beside the one with logins, until it is unlocked or the process
// ends. Where there can be no such file, nothing is locked: whether logins can be kept is
// for who keeps them to say.
func lockLogins(ctx context.Context, file string) (unlock func(), err error) {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return func() {}, nil
	}
	lock, err := os.OpenFile(file+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return func() {}, nil
	}
	for {
		if ok, err := filelock.Try(lock); ok || err != nil {
			removeStale(dir)
			return func() { lock.Close() }, nil
		}
		select {
		case <-ctx.Done():
			lock.Close()
			return nil, context.Cause(ctx)
		case <-time.After(lockPause):
		}
	}
}

// removeStale removes what killed writers have left.
func removeStale(dir string) {
	left, err := filepath.Glob(filepath.Join(dir, "oras_credstore_temp_*"))
	if err != nil {
		return
	}
	for _, file := range left {
		if info, err := os.Lstat(file); err == nil && time.Since(info.ModTime()) > staleAfter {
			_ = os.Remove(file) // somebody else did
		}
	}
}
