package dependency

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"
)

// prepareStage makes a chart with two archives and a stage that is to replace one, add one,
// delete one and write the lock.
func prepareStage(t *testing.T) (dir string, s *stage, p *plan) {
	t.Helper()
	dir = write(t, "-- charts/a-1.tgz --\nold a\n-- charts/b-1.tgz --\nold b\n-- Chart.lock --\nold lock\n")
	s, err := openStage(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	p = &plan{Delete: []string{"charts/b-1.tgz"}}
	for i, to := range []string{"charts/a-1.tgz", "charts/c-1.tgz", "Chart.lock"} {
		if err := s.write(i, []byte("new")); err != nil {
			t.Fatal(err)
		}
		p.Put = append(p.Put, put{Number: i, To: to, Had: i != 1})
	}
	return dir, s, p
}

func stageBefore() map[string]string {
	return map[string]string{"charts": "DIR", "charts/a-1.tgz": "old a\n", "charts/b-1.tgz": "old b\n", "Chart.lock": "old lock\n"}
}

func stageAfter() map[string]string {
	return map[string]string{"charts": "DIR", "charts/a-1.tgz": "new", "charts/c-1.tgz": "new", "Chart.lock": "new"}
}

// killed leaves the stage as a process does that is no more.
func (s *stage) killed() {
	s.lock.Close()
	s.root.Close()
}

// TestKilled ends a commit after each of its steps, and looks at what the next run makes
// of it: all of it if the plan was on the disk, nothing if it was not or was being undone.
func TestKilled(t *testing.T) {
	for _, file := range []string{"", redoFile, undoFile} {
		for steps := 0; steps <= 4; steps++ {
			t.Run(fmt.Sprintf("%s %d", filepath.Base(file), steps), func(t *testing.T) {
				dir, s, p := prepareStage(t)
				if file != "" {
					data, err := json.Marshal(p)
					if err != nil {
						t.Fatal(err)
					}
					if err := s.writeFile(file, data); err != nil {
						t.Fatal(err)
					}
					part := &plan{Put: p.Put[:min(steps, 3)]}
					if steps == 4 {
						part.Delete = p.Delete
					}
					if err := s.redo(part); err != nil {
						t.Fatal(err)
					}
				}
				s.killed()
				if s, err := openStage(t.Context(), dir); err != nil {
					t.Fatal(err)
				} else if err := s.close(); err != nil {
					t.Fatal(err)
				}
				want := stageBefore()
				if file == redoFile {
					want = stageAfter()
				}
				if got := tree(t, dir); !reflect.DeepEqual(got, want) {
					t.Errorf("there is %v, want %v", got, want)
				}
			})
		}
	}
}

// TestUndo has a commit fail at its last step.
func TestUndo(t *testing.T) {
	dir, s, p := prepareStage(t)
	p.Put = append(p.Put, put{Number: 9, To: "charts/d-1.tgz"})
	if err := s.root.Mkdir(newDir+"/9", 0o755); err != nil { // no file, which redo sees
		t.Fatal(err)
	}
	if err := s.commit(p); err == nil {
		t.Error("there was no error")
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !reflect.DeepEqual(got, stageBefore()) {
		t.Errorf("there is %v", got)
	}
}

func TestCommit(t *testing.T) {
	dir, s, p := prepareStage(t)
	if err := s.commit(p); err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !reflect.DeepEqual(got, stageAfter()) {
		t.Errorf("there is %v", got)
	}
}

// TestTwo has two runs on one chart: the second waits for the first, or for its own end.
func TestTwo(t *testing.T) {
	dir, first, _ := prepareStage(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := openStage(ctx, dir); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("the second has the stage: %v", err)
	}
	got := make(chan error)
	go func() {
		second, err := openStage(t.Context(), dir)
		if err == nil {
			err = second.close()
		}
		got <- err
	}()
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if got := charts(t, dir); !slices.Equal(got, []string{"a-1.tgz", "b-1.tgz"}) {
		t.Errorf("charts/ has %v", got)
	}
}

// TestNoCharts makes charts/ only if there is something to put there.
func TestNoCharts(t *testing.T) {
	dir := t.TempDir()
	s, err := openStage(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, chartsDir)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("charts/ was left: %v", err)
	}
}

func FuzzPlan(f *testing.F) {
	f.Add(`{"put":[{"number":1,"to":"charts/a.tgz","had":true}],"delete":["charts/b.tgz"]}`)
	f.Add(`{"put":[{"number":-1,"to":"charts/../a.tgz"}],"delete":["charts//"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p := &plan{}
		if json.Unmarshal([]byte(text), p) != nil || p.check() != nil {
			return
		}
		for _, name := range append(p.Delete, func() (to []string) {
			for _, f := range p.Put {
				to = append(to, f.To)
			}
			return
		}()...) {
			if !filepath.IsLocal(name) || filepath.Dir(filepath.Dir(name)) != "." {
				t.Errorf("a plan with %q is let through", name)
			}
		}
	})
}
