package chart

import (
	"io"
	"io/fs"
	"strings"
	"syscall"
	"time"
)

// diskReader opens files of a disk for one goroutine. It keeps the directory of
// the last one open.
type diskReader struct {
	root   int
	follow bool
	dir    string // "" for root
	fd     int
}

// diskFile is an open regular file.
type diskFile struct {
	fd      int
	size    int64
	modTime time.Time
}

func (d *disk) reader() *diskReader {
	root := int(d.root.Fd())
	return &diskReader{root: root, follow: d.follow, fd: root}
}

func (r *diskReader) close() {
	if r.fd != r.root {
		syscall.Close(r.fd)
	}
}

// open opens a regular file; ok is false for whatever reason it cannot. Where
// links are not followed there are none in a path that the walk gives: one that
// has come since is refused, and so no path leads out of the root.
func (r *diskReader) open(real string) (f diskFile, ok bool) {
	dir, base := "", real
	if i := strings.LastIndexByte(real, '/'); i >= 0 {
		dir, base = real[:i], real[i+1:]
	}
	if dir != r.dir && !r.enter(dir) {
		return f, false
	}
	fd, err := syscall.Openat(r.fd, base, syscall.O_RDONLY|syscall.O_CLOEXEC|r.noFollow(), 0)
	if err != nil {
		return f, false
	}
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		syscall.Close(fd)
		return f, false
	}
	return diskFile{fd, st.Size, time.Unix(st.Mtim.Unix())}, true
}

func (r *diskReader) noFollow() int {
	if r.follow {
		return 0
	}
	return syscall.O_NOFOLLOW
}

// enter makes dir the directory that stays open.
func (r *diskReader) enter(dir string) bool {
	r.close()
	r.fd, r.dir = r.root, ""
	elems := []string{dir}
	if !r.follow {
		elems = strings.Split(dir, "/") // O_NOFOLLOW is about the last element
	}
	for _, elem := range elems {
		if elem == "" {
			break
		}
		fd, err := syscall.Openat(r.fd, elem, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC|r.noFollow(), 0)
		r.close()
		r.fd = r.root
		if err != nil {
			return false
		}
		r.fd = fd
	}
	r.dir = dir
	return true
}

func (f diskFile) Read(p []byte) (int, error) {
	for {
		n, err := syscall.Read(f.fd, p)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return 0, &fs.PathError{Op: "read", Err: err}
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

func (f diskFile) close() { syscall.Close(f.fd) }
