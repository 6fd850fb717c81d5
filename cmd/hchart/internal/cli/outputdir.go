package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/hchart/hchart/release/manifest"
)

// writeFiles writes every manifest into the file below --output-dir that has the
// path of its template, and prints what was written.
//
// The files of crds/ and the ordinary manifests come first, then the hooks, which
// is the order of the documents in a file that has several. Helm appends hooks to
// a file that an earlier run left behind; here a run starts every file anew.
func (o *templateOptions) writeFiles(f *factory, release string, set *manifest.Set, opts manifest.TextOptions) error {
	below := ""
	if o.useReleaseName {
		below = release
	}
	var out outputFiles
	for _, crd := range opts.CRDs {
		out.add("", crd) // --release-name is not for them in Helm either
	}
	for i := range set.Documents {
		out.add(below, set.Documents[i].Source())
	}
	for i := range set.Hooks {
		if opts.NoHooks || opts.SkipTests && set.Hooks[i].IsTest() {
			continue
		}
		out.add(below, set.Hooks[i].Source())
	}
	if err := out.write(f.path(o.outputDir)); err != nil {
		return err
	}
	var report strings.Builder
	for _, name := range out.log {
		fmt.Fprintf(&report, "wrote %s\n", o.displayPath(name))
	}
	return f.print(report.String())
}

// displayPath is the name of a written file as Helm prints it: the directory is
// cleaned only where a path was joined to it.
func (o *templateOptions) displayPath(name outputName) string {
	dir := o.outputDir
	if name.below != "" {
		dir = filepath.Join(dir, name.below)
	}
	return dir + string(filepath.Separator) + name.file
}

// outputName names a file below the output directory.
type outputName struct{ below, file string }

func (n outputName) path() string { return path.Join(n.below, n.file) }

// outputFiles collects the content of files before any is written.
type outputFiles struct {
	order   []outputName // files, in the order of their first document
	log     []outputName // one entry a document
	content map[outputName]*strings.Builder
}

func (o *outputFiles) add(below string, s manifest.Source) {
	name := outputName{below, s.Path}
	if o.content == nil {
		o.content = map[outputName]*strings.Builder{}
	}
	b, ok := o.content[name]
	if !ok {
		b = &strings.Builder{}
		o.content[name] = b
		o.order = append(o.order, name)
	}
	b.WriteString(s.String())
	o.log = append(o.log, name)
}

// write puts the files below dir, each at once: it is written beside its place
// and renamed. Nothing outside dir is touched, whatever names a chart has and
// whatever symbolic links dir holds.
func (o *outputFiles) write(dir string) error {
	if len(o.order) == 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range o.order {
		if err := replaceFile(root, filepath.FromSlash(name.path()), o.content[name].String()); err != nil {
			return fmt.Errorf("writing below %s: %w", dir, err)
		}
	}
	return nil
}

// replaceFile writes a file below root.
func replaceFile(root *os.Root, name, content string) error {
	dir := filepath.Dir(name)
	if err := root.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	beside := filepath.Join(dir, "."+filepath.Base(name)+"."+rand.Text()[:8])
	file, err := root.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.WriteString(content)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = root.Rename(beside, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(beside))
	}
	return nil
}
