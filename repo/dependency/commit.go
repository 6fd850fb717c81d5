package dependency

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// plan is what is done to a chart once all files are in the stage. It is on the disk while
// that happens, in redoFile, and in undoFile from when something went wrong.
type plan struct {
	Put    []put    `json:"put"`
	Delete []string `json:"delete"`
}

// put is a file that comes out of the stage.
type put struct {
	Number int    `json:"number"`
	To     string `json:"to"`
	// Had tells whether there was a file before.
	Had bool `json:"had"`
}

// check refuses plans that no run of ours makes: the stage may have come with a chart
// from somebody else.
func (p *plan) check() error {
	for _, f := range p.Put {
		switch f.To {
		case "Chart.lock", "requirements.lock", sumsFile:
			continue
		}
		if dir, name := path.Split(f.To); dir != chartsDir+"/" || !isFileName(name) || f.Number < 0 {
			return fmt.Errorf("a plan that writes %q", f.To)
		}
	}
	for _, name := range p.Delete {
		if dir, base := path.Split(name); dir != chartsDir+"/" || base == "" || base == ".." || base == "." || strings.ContainsAny(base, `\:`) {
			return fmt.Errorf("a plan that deletes %q", name)
		}
	}
	return nil
}

// commit does what the plan says, or nothing.
func (s *stage) commit(p *plan) error {
	for i, f := range p.Put {
		info, err := s.root.Lstat(f.To)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case info.IsDir():
			return &ArchiveError{File: f.To, Reason: "is a directory, and an archive is to have that name"}
		case info.Mode()&fs.ModeSymlink != 0 && path.Dir(f.To) != chartsDir:
			target, _ := s.root.Readlink(f.To)
			return &LinkError{Path: f.To, Target: target}
		}
		p.Put[i].Had = true
	}
	if len(p.Put)+len(p.Delete) == 0 {
		s.committed = true
		return nil
	}
	if err := p.check(); err != nil {
		return err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := s.writeFile(redoFile+".part", data); err != nil {
		return err
	}
	if err := s.root.Rename(redoFile+".part", redoFile); err != nil {
		return err
	}
	s.sync(stageDir)
	if err := s.redo(p); err != nil {
		// From here on a killed run is to be undone.
		return errors.Join(err, s.root.Rename(redoFile, undoFile), s.undo(p), s.root.Remove(undoFile))
	}
	s.committed = true
	return s.root.Remove(redoFile)
}

// redo does what of the plan has not been done.
func (s *stage) redo(p *plan) error {
	for _, f := range p.Put {
		from := newDir + "/" + strconv.Itoa(f.Number)
		info, err := s.root.Lstat(from)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a file", from)
		}
		if f.Had {
			if err := s.keep(f.To, oldDir+"/"+strconv.Itoa(f.Number)); err != nil {
				return err
			}
		}
		if err := s.root.Rename(from, f.To); err != nil {
			return err
		}
	}
	for i, name := range p.Delete {
		err := s.root.Rename(name, oldDir+"/"+strconv.Itoa(-1-i))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	s.sync(chartsDir)
	s.sync(".")
	return nil
}

// keep gives a file a second name, or only that where file systems have no links.
func (s *stage) keep(name, as string) error {
	err := s.root.Link(name, as)
	if err == nil || errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return s.root.Rename(name, as)
}

// undo puts back what the plan replaced and deleted.
func (s *stage) undo(p *plan) error {
	var errs []error
	back := func(old, name string) {
		if err := s.root.Rename(old, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	for _, f := range p.Put {
		if f.Had {
			back(oldDir+"/"+strconv.Itoa(f.Number), f.To)
			continue
		}
		if _, err := s.root.Lstat(newDir + "/" + strconv.Itoa(f.Number)); !errors.Is(err, fs.ErrNotExist) {
			continue // it has not been put there
		}
		if err := s.root.Remove(f.To); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	for i, name := range p.Delete {
		back(oldDir+"/"+strconv.Itoa(-1-i), name)
	}
	return errors.Join(errs...)
}

// recover ends what a killed run began.
func (s *stage) recover() error {
	for _, r := range []struct {
		file string
		do   func(*plan) error
	}{{undoFile, s.undo}, {redoFile, s.redo}} {
		p, err := s.readPlan(r.file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := r.do(p); err != nil {
			return err
		}
		return s.root.Remove(r.file)
	}
	return nil
}

func (s *stage) readPlan(name string) (*plan, error) {
	f, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 16<<20))
	if err != nil {
		return nil, err
	}
	p := &plan{}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, p.check()
}

// sync makes the names in a directory last. Not all systems can, and none has to.
func (s *stage) sync(dir string) {
	if d, err := s.root.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
