package plugin

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// entry is an entry of an archive.
type entry struct {
	name    string
	kind    byte // 0 for a file
	content string
	link    string
	mode    int64
}

func archiveOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	out := tar.NewWriter(zipped)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Linkname: e.link, Mode: e.mode, Size: int64(len(e.content))}
		if e.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if e.mode == 0 {
			h.Mode = 0o644
		}
		if e.kind == tar.TypeXGlobalHeader {
			h = &tar.Header{Typeflag: e.kind, PAXRecords: map[string]string{"comment": e.name}}
		}
		if err := out.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(e.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(out.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// good are the entries of a plugin.
func good(more ...entry) []entry {
	return append([]entry{
		{name: "p/", kind: tar.TypeDir, mode: 0o700},
		{name: "p/plugin.yaml", content: v1Head},
		{name: "p/bin/run.sh", content: "#!/bin/sh\n", mode: 0o4755},
	}, more...)
}

// hostile are archives that must be refused.
func hostile(t testing.TB) map[string]struct {
	data []byte
	want string
} {
	type bad = struct {
		data []byte
		want string
	}
	with := func(want string, e ...entry) bad { return bad{archiveOf(t, good(e...)...), want} }
	return map[string]bad{
		"parent":           with(`it has ".."`, entry{name: "p/../../evil"}),
		"parent, folder":   with(`it has ".."`, entry{name: "../evil/", kind: tar.TypeDir}),
		"parent, windows":  with(`it has ".."`, entry{name: `p\..\..\evil`}),
		"absolute":         with("it is absolute", entry{name: "/evil"}),
		"drive":            with("it has a colon", entry{name: `c:\evil`}),
		"link":             with("neither a file nor a directory", entry{name: "p/l", kind: tar.TypeSymlink, link: "/etc"}),
		"hard link":        with("neither a file nor a directory", entry{name: "p/l", kind: tar.TypeLink, link: "p/plugin.yaml"}),
		"device":           with("neither a file nor a directory", entry{name: "p/d", kind: tar.TypeChar}),
		"twice":            with("it is there twice", entry{name: "p/plugin.yaml", content: "name: q\n"}),
		"file as folder":   with("it cannot be written", entry{name: "p/plugin.yaml/x"}),
		"another folder":   {archiveOf(t, entry{name: "q/plugin.yaml", content: v1Head}), "there is no plugin.yaml"},
		"no folder":        {archiveOf(t, entry{name: "plugin.yaml", content: v1Head}), "there is no plugin.yaml"},
		"empty":            {archiveOf(t), "there is no plugin.yaml"},
		"version":          {archiveOf(t, entry{name: "p/plugin.yaml", content: "name: p\nversion: /../\n"}), "invalid version"},
		"name":             {archiveOf(t, entry{name: "p/plugin.yaml", content: "name: /../\n"}), "invalid name"},
		"a key twice":      {archiveOf(t, entry{name: "p/plugin.yaml", content: "name: p\nname: q\n"}), "already defined"},
		"no gzip":          {[]byte("nonsense"), "not compressed by gzip"},
		"cut off":          {archiveOf(t, good()...)[:60], "broken"},
		"two plugin.yaml":  {archiveOf(t, entry{name: "a/plugin.yaml", content: "name: a\n"}, entry{name: "p/plugin.yaml", content: "name: ../p\n"}), "invalid name"},
		"too many entries": {archiveOf(t, slices.Repeat([]entry{{name: "p/", kind: tar.TypeDir}}, maxEntries+1)...), "more than"},
	}
}

func TestUnpackRefuses(t *testing.T) {
	for name, bad := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			above := t.TempDir()
			dir := Directory(filepath.Join(above, "plugins"))
			p, err := dir.Unpack(context.Background(), Archive{Data: bad.data, Name: "p", Strict: true})
			if err == nil || !strings.Contains(err.Error(), bad.want) {
				t.Errorf("got %v, %v; want %q", p, err, bad.want)
			}
			var left []string
			_ = filepath.Walk(above, func(path string, info os.FileInfo, _ error) error {
				if path != above && path != string(dir) {
					left = append(left, path)
				}
				return nil
			})
			if len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
	dir := Directory(t.TempDir())
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "a:b", ".hidden"} {
		if _, err := dir.Unpack(context.Background(), Archive{Data: archiveOf(t, good()...), Name: name}); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
}

func TestUnpack(t *testing.T) {
	dir := Directory(filepath.Join(t.TempDir(), "plugins"))
	data := archiveOf(t, good(entry{name: "pax", kind: tar.TypeXGlobalHeader})...)
	p, err := dir.Unpack(context.Background(), Archive{Data: data, Provenance: []byte("signature"), Name: "p", Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if p.Dir != filepath.Join(string(dir), "p") || p.Name() != "p" || p.Signed() != "invalid provenance" {
		t.Errorf("got %s, %s, %s", p.Dir, p.Name(), p.Signed())
	}
	if info, err := os.Stat(filepath.Join(p.Dir, "bin", "run.sh")); err != nil || info.Mode()&(0o100|os.ModeSetuid) != 0o100 {
		t.Errorf("got %v, %v", info.Mode(), err)
	}
	if kept, err := os.ReadFile(filepath.Join(string(dir), "p-1.0.0.tgz")); err != nil || !bytes.Equal(kept, data) {
		t.Errorf("the archive is not kept: %v", err)
	}
	var exists *ExistsError
	if _, err := dir.Unpack(context.Background(), Archive{Data: data, Name: "p"}); !errors.As(err, &exists) {
		t.Errorf("got %v", err)
	}
	if err := p.Remove(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(string(dir)); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	// From servers, plugin.yaml may be in any folder.
	for name, e := range map[string]entry{
		"other": {name: "else/plugin.yaml", content: "name: p\n"},
		"root":  {name: "plugin.yaml", content: "name: q\n"},
	} {
		if p, err := dir.Unpack(context.Background(), Archive{Data: archiveOf(t, e), Name: name}); err != nil || filepath.Base(p.Dir) != name {
			t.Errorf("%s: got %v, %v", name, p, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := dir.Unpack(ctx, Archive{Data: data, Name: "late"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestSweep leaves behind what a killed installation leaves.
func TestSweep(t *testing.T) {
	dir := Directory(t.TempDir())
	old, recent := filepath.Join(string(dir), ".install-OLD"), filepath.Join(string(dir), ".remove-NEW")
	for _, left := range []string{old, recent} {
		write(t, filepath.Join(left, "files"), "p", v1Head)
	}
	if err := os.Chtimes(old, time.Now(), time.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := dir.Unpack(context.Background(), Archive{Data: archiveOf(t, good()...), Name: "p"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was left long ago is still there: %v", err)
	}
	if _, err := os.Stat(recent); err != nil {
		t.Errorf("somebody may be at work there: %v", err)
	}
	if all, err := All([]string{string(dir)}, "", nil); err != nil || len(all) != 1 {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestPack(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p", v1Head)
	script := filepath.Join(dir, "p", "run.sh")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := Load(filepath.Join(dir, "p"))
	if err != nil {
		t.Fatal(err)
	}
	pack := func() []byte {
		var b bytes.Buffer
		if err := p.Pack(context.Background(), &b, time.Unix(1700000000, 0), func(path string) bool { return filepath.Base(path) == "left.out" }); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	first := pack()
	if err := os.WriteFile(filepath.Join(dir, "p", "left.out"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(script, time.Now(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, pack()) {
		t.Error("the same files give another archive")
	}
	installed, err := Directory(filepath.Join(dir, "plugins")).Unpack(context.Background(), Archive{Data: first, Name: "p", Strict: true})
	if err != nil || installed.Version() != "1.0.0" {
		t.Errorf("got %v, %v", installed, err)
	}
	if err := os.Symlink("run.sh", filepath.Join(dir, "p", "link")); err != nil {
		t.Skip(err)
	}
	var link *LinkError
	if err := p.Pack(context.Background(), &bytes.Buffer{}, time.Time{}, func(string) bool { return false }); !errors.As(err, &link) {
		t.Errorf("got %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(archiveOf(f, good()...))
	for name, bad := range hostile(f) {
		if name != "too many entries" {
			f.Add(bad.data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		above := t.TempDir()
		_, err := Directory(filepath.Join(above, "plugins")).Unpack(context.Background(), Archive{Data: data, Name: "p"})
		entries, readErr := os.ReadDir(above)
		if readErr != nil || len(entries) > 1 {
			t.Errorf("written outside: %v, %v", entries, readErr)
		}
		if _, statErr := os.Stat(filepath.Join(above, "plugins", "p")); (statErr == nil) != (err == nil) {
			t.Errorf("got %v, %v", err, statErr)
		}
	})
}
