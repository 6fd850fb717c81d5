package dependency

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
	"github.com/hchart/hchart/repo/repotest"
)

// TestMain is also the process that TestKill kills.
func TestMain(m *testing.M) {
	dir := os.Getenv("HCHART_TEST_UPDATE")
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := updateForKill(context.Background(), dir, os.Getenv("HCHART_TEST_URL")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func updateForKill(ctx context.Context, dir, url string) error {
	home := filepath.Join(dir, "home")
	client := repo.NewClient(repo.Options{Home: repo.Home{
		Config: filepath.Join(home, "repositories.yaml"), Cache: filepath.Join(home, "repository"), Content: filepath.Join(home, "content"),
	}})
	_, err := Update(ctx, filepath.Join(dir, "app"), Options{
		Source: client, Repositories: []repo.Entry{{Name: "main", URL: url}}, VerifyLock: true, Now: fixedNow,
	})
	return err
}

// killWorld is a repository and a chart that depends on it, with other archives in charts/
// than it needs.
type killWorld struct {
	server *repotest.Server
	files  string
	names  []string
	want   map[string]string // of the chart when it is done
}

func newKillWorld(t *testing.T, n int) *killWorld {
	w := &killWorld{
		server: repotest.Start(t, repotest.Options{}),
		files:  "-- app/Chart.yaml --\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n",
	}
	for i := range n {
		name := fmt.Sprintf("dep%d", i)
		w.names = append(w.names, name)
		w.server.AddChart(name, "1.0.0")
		w.server.AddChart(name, "2.0.0")
		w.files += "- {name: " + name + ", version: '*', repository: '" + w.server.URL + "'}\n"
	}
	w.files += "-- app/Chart.lock --\ndependencies: []\ndigest: old\n"
	return w
}

// prepare makes the chart, with an archive to replace and one to delete for each.
func (w *killWorld) prepare(t *testing.T) (dir string) {
	t.Helper()
	dir = write(t, w.files)
	if err := os.MkdirAll(filepath.Join(dir, "app", "charts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range w.names {
		for _, v := range []string{"1.0.0", "2.0.0"} {
			file := filepath.Join(dir, "app", "charts", name+"-"+v+".tgz")
			if err := os.WriteFile(file, archiveOf(t, name, v), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// command is an update in a process of its own, under the program of prefix if there is one.
func (w *killWorld) command(dir string, prefix ...string) *exec.Cmd {
	args := append(prefix, os.Args[0])
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0", "HCHART_TEST_UPDATE="+dir, "HCHART_TEST_URL="+w.server.URL)
	cmd.Stderr = os.Stderr
	return cmd
}

// learn has an update that nobody kills say what there is in the end.
func (w *killWorld) learn(t *testing.T) time.Duration {
	t.Helper()
	dir := w.prepare(t)
	start := time.Now()
	if err := w.command(dir).Run(); err != nil {
		t.Fatal("an update that nobody killed: ", err)
	}
	w.want = tree(t, filepath.Join(dir, "app"))
	return time.Since(start)
}

// check looks at what a killed update left: all files are whole, and the next update does
// all of its work.
func (w *killWorld) check(t *testing.T, dir, point string, old map[string]string) {
	t.Helper()
	app := filepath.Join(dir, "app")
	for name, content := range tree(t, app) {
		if strings.HasPrefix(name, filepath.FromSlash(stageDir)) || content == "DIR" {
			continue
		}
		if content != old[name] && content != w.want[name] {
			t.Fatalf("%s: %s is neither what it was nor what it will be", point, name)
		}
	}
	if _, err := chart.Load(t.Context(), app, chart.LoadOptions{}); err != nil {
		t.Fatalf("%s: the chart cannot be loaded: %v", point, err)
	}
	wholeHome(t, filepath.Join(dir, "home"))
	if err := updateForKill(t.Context(), dir, w.server.URL); err != nil {
		t.Fatalf("%s: the next update: %v", point, err)
	}
	if got := tree(t, app); !reflect.DeepEqual(got, w.want) {
		t.Fatalf("%s: the next update leaves %v", point, got)
	}
}

// TestKill kills updates at points that are spread over the time that one takes.
func TestKill(t *testing.T) {
	w := newKillWorld(t, 12)
	took := w.learn(t)
	killed, points := 0, 24
	if testing.Short() {
		points = 8
	}
	for i := range points {
		dir := w.prepare(t)
		old := tree(t, filepath.Join(dir, "app"))
		cmd := w.command(dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(took*time.Duration(i+1)/time.Duration(points), func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		timer.Stop()
		w.check(t, dir, fmt.Sprint("point ", i), old)
	}
	t.Logf("%d of %d were killed, in %v", killed, points, took)
	if killed == 0 {
		t.Error("none was killed")
	}
}

// TestKillAtCalls kills updates at their system calls, one after the other, where strace is
// there to do it.
func TestKillAtCalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil || testing.Short() {
		t.Skip("it takes strace and some time")
	}
	w := newKillWorld(t, 3)
	w.learn(t)
	if err := w.command(w.prepare(t), strace, "-f", "-qq", "-o", os.DevNull).Run(); err != nil {
		t.Skip("strace does not work here: ", err)
	}
	for _, calls := range []string{"renameat", "linkat", "unlinkat", "mkdirat", "fsync", "write", "flock"} {
		points := 0
		for n := 1; n < 300; n++ {
			dir := w.prepare(t)
			old := tree(t, filepath.Join(dir, "app"))
			cmd := w.command(dir, strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace="+calls, "-e", fmt.Sprintf("inject=%s:signal=SIGKILL:when=%d", calls, n))
			killed := cmd.Run() != nil
			w.check(t, dir, fmt.Sprint(calls, " ", n), old)
			if !killed {
				break
			}
			points++
		}
		t.Logf("%s: killed at %d", calls, points)
	}
}

// wholeHome looks at what is cached: an index that can be read, archives with the digests
// that they are called by.
func wholeHome(t *testing.T, home string) {
	t.Helper()
	index := filepath.Join(home, "repository", "main-index.yaml")
	if _, err := os.Stat(index); err == nil {
		if _, err := repo.ReadIndex(index, repo.IndexOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	archives, err := filepath.Glob(filepath.Join(home, "content", "*", "*.chart"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archives {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if digestOfBytes(data)+".chart" != filepath.Base(file) {
			t.Fatalf("%s has another content", file)
		}
	}
}
