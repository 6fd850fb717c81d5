package chart_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
)

// TestLinks loads web/, which lies beside secret.txt and db/, with one link in it.
func TestLinks(t *testing.T) {
	for _, tt := range []struct {
		name, link, target string
		want               string // describe; empty when the link is refused
		refused            string
		outside            bool // same with OutsideLinks
	}{
		{name: "file", link: "templates/b.yaml", target: "a.yaml",
			want: "web template templates/a.yaml\nweb template templates/b.yaml\n", outside: true},
		{name: "folder", link: "files", target: "templates",
			want: "web template templates/a.yaml\nweb file files/a.yaml\n", outside: true},
		{name: "up and down again", link: "templates/x", target: "../templates/../templates/a.yaml",
			want: "web template templates/a.yaml\nweb template templates/x\n", outside: true},
		{name: "out and in again", link: "templates/x", target: "../../web/templates/a.yaml", refused: "leaves the chart"},
		{name: "outside", link: "x", target: "../secret.txt", refused: "leaves the chart"},
		{name: "outside, hidden by a folder", link: "templates/x", target: "../../secret.txt", refused: "leaves the chart"},
		{name: "absolute", link: "x", target: "/etc/hostname", refused: "leaves the chart"},
		{name: "folder outside", link: "charts/db", target: "../../db", refused: "leaves the chart"},
		{name: "Chart.lock", link: "Chart.lock", target: "/etc/hostname", refused: "leaves the chart"},
		{name: ".helmignore", link: ".helmignore", target: "../secret.txt", refused: "leaves the chart"},
		{name: "nowhere", link: "x", target: "nowhere", refused: "leads to nothing", outside: true},
		{name: "itself", link: "x", target: "x", refused: "cannot be followed", outside: true},
		{name: "cycle", link: "templates/x", target: "..", refused: "leads back", outside: true},
		{name: "ignored, nowhere", link: "templates/.#a.yaml", target: "me@host.123",
			want: "web template templates/a.yaml\n", outside: true},
		{name: "ignored, outside", link: "templates/.x", target: "/etc/hostname",
			want: "web template templates/a.yaml\n", outside: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := files{
				"Chart.yaml", minimal, "templates/a.yaml", "",
				"../secret.txt", "secret", "../db/Chart.yaml", "name: db\nversion: 1.0.0\n", "../db/x", "",
			}.write(t)
			link := filepath.Join(dir, tt.link)
			if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(tt.target, link); err != nil {
				t.Skip(err)
			}
			c, err := chart.Load(context.Background(), dir, chart.LoadOptions{})
			checkLink(t, c, err, tt.want, tt.refused, tt.link)
			// The same rules hold for a file system that would follow the link.
			c, err = chart.LoadFS(context.Background(), os.DirFS(dir), chart.LoadOptions{})
			checkLink(t, c, err, tt.want, tt.refused, tt.link)
			if tt.outside {
				c, err = chart.Load(context.Background(), dir, chart.LoadOptions{OutsideLinks: true})
				checkLink(t, c, err, tt.want, tt.refused, tt.link)
			}
		})
	}
}

func checkLink(t *testing.T, c *chart.Chart, err error, want, refused, link string) {
	t.Helper()
	if refused != "" {
		check(t, "link", err, refused, as[*chart.LinkError])
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	if got := describe(c); got != want {
		t.Errorf("files\n%swant\n%s", got, want)
	}
	if strings.Contains(want, filepath.Base(link)) && len(c.Warnings) != 1 {
		t.Errorf("warnings %q", c.Warnings)
	}
}

// A link within a linked folder counts from where the folder lies, not from
// where it appears.
func TestLinkInLinkedFolder(t *testing.T) {
	dir := files{"Chart.yaml", minimal, ".helmignore", "/real\n", "real/x", "", "../secret.txt", "secret"}.write(t)
	for target, link := range map[string]string{"../../secret.txt": "real/out", "../../real": "a/b/c"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, link)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	_, err := chart.Load(context.Background(), dir, chart.LoadOptions{})
	var link *chart.LinkError
	if !errors.As(err, &link) || link.Path != "a/b/c/out" {
		t.Errorf("error %v", err)
	}
}

func TestOutsideLinks(t *testing.T) {
	dir := files{"Chart.yaml", minimal, "charts/.keep", "", "../db/Chart.yaml", "name: db\nversion: 1.0.0\n", "../db/x", ""}.write(t)
	if err := os.Symlink("../../db", filepath.Join(dir, "charts/db")); err != nil {
		t.Skip(err)
	}
	c := load(t, dir, chart.LoadOptions{OutsideLinks: true})
	if got := describe(c); got != "web/charts/db file x\n" {
		t.Errorf("files %s", got)
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "charts/db -> ../../db") {
		t.Errorf("warnings %q", c.Warnings)
	}
}

// TestLinkedCharts: links into other charts are followed, others are not.
func TestLinkedCharts(t *testing.T) {
	for _, tt := range []struct {
		link, target string
		ok           bool
	}{
		{"charts/db", "../../db", true},
		{"crd.yaml", "../db/crds/crd.yaml", true},
		{"inner", "files/a", true},
		{"secret", "../secret", false},
		{"hostname", "/etc/hostname", false},
		{"up", "..", false},
	} {
		dir := files{"Chart.yaml", minimal, "charts/.keep", "", "files/a", "", "../db/Chart.yaml", "name: db\nversion: 1.0.0\n", "../db/crds/crd.yaml", "", "../secret", "s"}.write(t)
		if err := os.Symlink(tt.target, filepath.Join(dir, tt.link)); err != nil {
			t.Skip(err)
		}
		t.Chdir(dir)
		for _, path := range []string{dir, "."} {
			_, err := chart.Load(context.Background(), path, chart.LoadOptions{LinkedCharts: true})
			var le *chart.LinkError
			if tt.ok && err != nil || !tt.ok && !errors.As(err, &le) {
				t.Errorf("%s: %s -> %s: %v", path, tt.link, tt.target, err)
			}
		}
	}
}

func TestDirectoryLimits(t *testing.T) {
	f := files{"Chart.yaml", minimal, "a", strings.Repeat("x", 1000), "b", strings.Repeat("x", 1000)}
	for _, tt := range []struct {
		limits chart.Limits
		want   string
	}{
		{chart.Limits{FileBytes: 999}, "FileBytes"},
		{chart.Limits{ArchiveBytes: 1500}, "ArchiveBytes"},
		{chart.Limits{Files: 2}, "Files"},
		{chart.Limits{FileBytes: 1000, ArchiveBytes: 2000 + int64(len(minimal)), Files: 3}, ""},
	} {
		for _, outside := range []bool{false, true} {
			_, err := chart.Load(context.Background(), f.write(t), chart.LoadOptions{Limits: tt.limits, OutsideLinks: outside})
			var limit *chart.LimitError
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("%+v: %v", tt.limits, err)
			case tt.want != "" && (!errors.As(err, &limit) || limit.Limit != tt.want):
				t.Errorf("%+v: error %v, want %s", tt.limits, err, tt.want)
			}
		}
	}
}

// A file that grows after it was looked at cannot pass the limit.
func TestGrowingFile(t *testing.T) {
	fsys := growingFS{files{"Chart.yaml", minimal, "x", strings.Repeat("x", 2000)}.mapFS()}
	_, err := chart.LoadFS(context.Background(), fsys, chart.LoadOptions{Limits: chart.Limits{FileBytes: 1000}})
	if !as[*chart.LimitError](err) {
		t.Errorf("error %v", err)
	}
}

// growingFS claims that files are smaller than they are.
type growingFS struct{ fstest.MapFS }

func (g growingFS) Open(name string) (fs.File, error) {
	f, err := g.MapFS.Open(name)
	if err != nil || name == "." {
		return f, err
	}
	return growingFile{f}, nil
}

type growingFile struct{ fs.File }

func (g growingFile) Stat() (fs.FileInfo, error) {
	info, err := g.File.Stat()
	return smallInfo{info}, err
}

type smallInfo struct{ fs.FileInfo }

func (smallInfo) Size() int64 { return 1 }
