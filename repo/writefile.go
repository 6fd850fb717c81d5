package repo

import "io/fs"

// writeFile makes a file what data says, as one step: whoever reads path meanwhile, or
// after the power went off, finds what was there before or all of it.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	if err = f.Chmod(mode); err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		// A name must not become that of a file whose content is yet to be written.
		err = f.Sync()
	}
	return finish(f, path, err)
}
