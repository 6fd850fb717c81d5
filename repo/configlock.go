package repo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hchart/hchart/repo/internal/filelock"
)

// LockError is the lock of a file that another process holds for too long.
type LockError struct {
	Path string
	Err  error
}

func (e *LockError) Error() string {
	return fmt.Sprintf("cannot lock %s, which another process holds: %v", e.Path, e.Err)
}

func (e *LockError) Unwrap() error { return e.Err }

const (
	lockPatience = 30 * time.Second
	lockPause    = 20 * time.Millisecond
)

// lockPath is the file that is locked while another one is changed.
func lockPath(path string) string {
	if ext := filepath.Ext(path); ext != "" && len(ext) < len(path) {
		path = strings.TrimSuffix(path, ext)
	}
	return path + ".lock"
}

// lockFile locks a file, which stays when it is unlocked: another process may be about to
// lock it. The system unlocks it when this process ends, however it does.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		held, err := filelock.Try(f)
		switch {
		case err != nil:
			_ = f.Close() // nothing was written
			return nil, err
		case held:
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			_ = f.Close()
			return nil, &LockError{Path: path, Err: context.Cause(ctx)}
		case <-time.After(lockPause):
		}
	}
}
