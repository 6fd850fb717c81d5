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

// TestKill kills updates at points that are spread over the time that one takes. All files
// are whole then, and the next update does all of its work.
func TestKill(t *testing.T) {
	server := repotest.Start(t, repotest.Options{})
	files := "-- app/Chart.yaml --\napiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n"
	const n = 12
	for i := range n {
		name := fmt.Sprintf("dep%d", i)
		server.AddChart(name, "1.0.0")
		server.AddChart(name, "2.0.0")
		files += "- {name: " + name + ", version: '*', repository: '" + server.URL + "'}\n"
	}
	files += "-- app/Chart.lock --\ndependencies: []\ndigest: old\n"
	prepare := func() string {
		dir := write(t, files)
		if err := os.MkdirAll(filepath.Join(dir, "app", "charts"), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			name := fmt.Sprintf("dep%d", i)
			for _, v := range []string{"1.0.0", "2.0.0"} { // one to delete, one to replace
				file := filepath.Join(dir, "app", "charts", name+"-"+v+".tgz")
				if err := os.WriteFile(file, archiveOf(t, name, v), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		return dir
	}
	run := func(dir string, after time.Duration) (time.Duration, bool) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "HCHART_TEST_UPDATE="+dir, "HCHART_TEST_URL="+server.URL)
		cmd.Stderr = os.Stderr
		start := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		return time.Since(start), err == nil
	}
	whole := prepare()
	took, ok := run(whole, time.Minute)
	if !ok {
		t.Fatal("an update that nobody killed fails")
	}
	want := tree(t, filepath.Join(whole, "app"))
	killed := 0
	points := 24
	if testing.Short() {
		points = 8
	}
	for i := range points {
		dir := prepare()
		app := filepath.Join(dir, "app")
		old := tree(t, app)
		if _, ended := run(dir, took*time.Duration(i+1)/time.Duration(points)); !ended {
			killed++
		}
		for name, content := range tree(t, app) {
			if strings.HasPrefix(name, filepath.FromSlash(stageDir)) || content == "DIR" {
				continue
			}
			if content != old[name] && content != want[name] {
				t.Fatalf("point %d: %s is neither what it was nor what it will be", i, name)
			}
		}
		if _, err := chart.Load(t.Context(), app, chart.LoadOptions{}); err != nil {
			t.Fatalf("point %d: the chart cannot be loaded: %v", i, err)
		}
		wholeHome(t, filepath.Join(dir, "home"))
		if err := updateForKill(t.Context(), dir, server.URL); err != nil {
			t.Fatalf("point %d: the next update: %v", i, err)
		}
		if got := tree(t, app); !reflect.DeepEqual(got, want) {
			t.Fatalf("point %d: the next update leaves %v", i, got)
		}
	}
	t.Logf("%d of %d were killed, in %v", killed, points, took)
	if killed == 0 {
		t.Error("none was killed")
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
