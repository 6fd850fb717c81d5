package repo

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/hchart/hchart/repo/internal/filelock"
)

// partial is the file that a download grows in. It has the lock of the file that the next
// process will look for, or is nobody else's business.
type partial struct {
	f *os.File
	// noteFile has the validator for the next process. Its name is empty for a file that
	// nobody will look for.
	noteFile  string
	validator string
}

// openPartial opens the file that a download of that key left, or a new one.
func openPartial(dir, key string) (*partial, error) {
	name := filepath.Join(dir, key+".partial")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if locked, _ := filelock.Try(f); !locked || !isStill(f, name) {
		// Another process is at it, or has just renamed it to the place of its content.
		f.Close()
		f, err := createBeside(name)
		if err != nil {
			return nil, err
		}
		return &partial{f: f}, nil
	}
	p := &partial{f: f, noteFile: name + ".validator"}
	if v, err := os.ReadFile(p.noteFile); err == nil && len(v) < 1024 && !strings.ContainsAny(string(v), "\r\n") {
		p.validator = string(v)
	}
	return p, nil
}

// isStill reports whether name is the file that was opened by it.
func isStill(f *os.File, name string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(name)
	return err == nil && os.SameFile(a, b)
}

// reset empties the file and forgets the validator, in this order: a process that is
// killed in between leaves nothing that an old validator could vouch for.
func (p *partial) reset() error {
	if err := p.f.Truncate(0); err != nil {
		return err
	}
	if _, err := p.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	p.validator = ""
	if p.noteFile == "" {
		return nil
	}
	if err := os.Remove(p.noteFile); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// note remembers the validator of what will be written, with keep also for the next
// process.
func (p *partial) note(validator string, keep bool) error {
	p.validator = validator
	if p.noteFile == "" || validator == "" || !keep {
		return nil
	}
	return replaceFile(p.noteFile, []byte(validator))
}

// close ends the download. A file is kept if there is use for it: if what went wrong may go
// well later.
func (p *partial) close(err error) {
	defer p.f.Close()
	if p.noteFile != "" && err != nil && mayGoOn(err) && !p.empty() {
		return
	}
	// Under the lock, so that they are nobody else's yet. What remains is swept up later.
	if err != nil {
		os.Remove(p.f.Name()) //nolint:errcheck
	}
	if p.noteFile != "" {
		os.Remove(p.noteFile) //nolint:errcheck
	}
}

func (p *partial) empty() bool {
	info, err := p.f.Stat()
	return err == nil && info.Size() == 0
}

// mayGoOn reports whether the beginning of a download is of use after err.
func mayGoOn(err error) bool {
	var request *RequestError
	var status *StatusError
	return errors.As(err, &request) || errors.As(err, &status) || isContextError(err)
}
