package dependency

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/hchart/hchart/repo/internal/filelock"
)

// Names below the directory of a chart. What begins with a dot in charts/ is no chart for
// hchart and for Helm, so that what a killed run leaves harms nobody.
const (
	chartsDir = "charts"
	stageDir  = chartsDir + "/.hchart-update"
	stageLock = stageDir + "/lock"
	newDir    = stageDir + "/new" // files by number
	oldDir    = stageDir + "/old" // what they replace, by the same numbers
	redoFile  = stageDir + "/redo"
	undoFile  = stageDir + "/undo"
)

// stage is where a run puts files until it has all of them. One process at a time has
// that of a chart. Paths are taken below the chart's directory and cannot lead out of it.
type stage struct {
	root       *os.Root
	lock       *os.File
	madeCharts bool
	committed  bool
}

// openStage waits for other processes, and ends or undoes what a killed one left.
func openStage(ctx context.Context, dir string) (*stage, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &stage{root: root}
	if err := s.makeCharts(dir); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	if err := s.acquire(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	err = s.recover()
	if err == nil {
		err = s.clear()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("what an earlier run left in %s: %w", stageDir, err), s.close())
	}
	return s, nil
}

// makeCharts sees to it that charts/ is a directory of the chart.
func (s *stage) makeCharts(dir string) error {
	info, err := s.root.Stat(chartsDir)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.root.Mkdir(chartsDir, 0o755); err == nil {
			s.madeCharts = true
			return nil
		}
	}
	if link, linkErr := s.root.Lstat(chartsDir); err != nil && linkErr == nil && link.Mode()&fs.ModeSymlink != 0 {
		target, _ := s.root.Readlink(chartsDir)
		return &LinkError{Path: path.Join(dir, chartsDir), Target: target}
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%q is not a directory", path.Join(dir, chartsDir))
	}
	return err
}

// acquire takes the lock of the stage. Who has it may remove its file with the directory,
// so that the one that was locked need not be the one that is there.
func (s *stage) acquire(ctx context.Context) error {
	for {
		err := s.root.Mkdir(stageDir, 0o755)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if info, err := s.root.Lstat(stageDir); err == nil && !info.IsDir() {
			return fmt.Errorf("%s is not a directory: remove it", stageDir)
		}
		f, err := s.root.OpenFile(stageLock, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil {
			held, err := filelock.Try(f)
			if err == nil && held && s.isThere(f) {
				s.lock = f
				return nil
			}
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for another process that updates the same chart: %w", context.Cause(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *stage) isThere(f *os.File) bool {
	locked, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := s.root.Lstat(stageLock)
	return err == nil && os.SameFile(locked, there)
}

// clear empties the stage, and removes those that were being removed.
func (s *stage) clear() error {
	left, err := fs.ReadDir(s.root.FS(), stageDir)
	if err != nil {
		return err
	}
	for _, e := range left {
		if name := stageDir + "/" + e.Name(); name != stageLock {
			if err := s.root.RemoveAll(name); err != nil {
				return err
			}
		}
	}
	entries, err := fs.ReadDir(s.root.FS(), chartsDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), path.Base(stageDir)+".") {
			_ = s.root.RemoveAll(chartsDir + "/" + e.Name()) // perhaps by two of us
		}
	}
	for _, dir := range []string{newDir, oldDir} {
		if err := s.root.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// write puts a file into the stage, to the disk.
func (s *stage) write(number int, data []byte) error {
	return s.writeFile(newDir+"/"+strconv.Itoa(number), data)
}

func (s *stage) writeFile(name string, data []byte) error {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// close removes the stage and lets the next process have it. It goes under another name
// first: nobody may find half of it.
func (s *stage) close() error {
	var err error
	if s.lock != nil {
		gone := stageDir + "." + rand.Text()[:8]
		if err = s.root.Rename(stageDir, gone); err == nil {
			err = s.root.RemoveAll(gone)
		}
		err = errors.Join(err, s.lock.Close())
	}
	if s.madeCharts && !s.committed {
		_ = s.root.Remove(chartsDir) // unless there is something in it by now
	}
	return errors.Join(err, s.root.Close())
}
