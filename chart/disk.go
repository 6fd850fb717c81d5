package chart

import (
	"io/fs"
	"os"
)

// disk is a directory of the machine. Its reader (disk_linux.go, disk_other.go)
// opens regular files in it without the calls that the os package makes to find
// out whether a file could block.
type disk struct {
	fsys   fs.FS
	root   *os.File // the directory
	follow bool     // links are followed wherever they lead
	guard  *os.Root // nil when links are followed
}

func openDisk(dir string, follow bool) (*disk, error) {
	if follow {
		root, err := os.Open(dir)
		if err != nil {
			return nil, err
		}
		return &disk{fsys: os.DirFS(dir), root: root, follow: true}, nil
	}
	// A root refuses what leaves it even when a link is changed between our
	// look at it and the opening of the file.
	guard, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	root, err := guard.Open(".")
	if err != nil {
		guard.Close()
		return nil, err
	}
	return &disk{fsys: guard.FS(), root: root, guard: guard}, nil
}

func (d *disk) close() {
	d.root.Close()
	if d.guard != nil {
		d.guard.Close()
	}
}
