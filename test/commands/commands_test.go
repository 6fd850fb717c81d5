package commands

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/test/cluster"
	"github.com/hchart/hchart/test/player"
)

// line is a line of a script.
type line struct {
	args []string
	// ownWords is whether the words of the error are ours.
	ownWords bool
}

// side is a program in its namespace.
type side struct {
	player    *player.Player
	namespace string
}

// TestCommands plays the scripts.
func TestCommands(t *testing.T) {
	running := cluster.Need(t)
	hchart, helm, _ := player.Find(t, running.Kubeconfig)
	c, err := player.Open(running.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txt"), func(t *testing.T) {
			t.Parallel()
			env, lines := readScript(t, script)
			var sides [2]side
			for i, p := range []*player.Player{helm, hchart} {
				own := *p
				own.Env = append(own.Env[:len(own.Env):len(own.Env)], env...)
				sides[i] = side{&own, "t-" + strings.ToLower(rand.Text()[:8])} // no script has it before it creates it
				t.Cleanup(func() { _ = c.DeleteNamespace(context.Background(), sides[i].namespace) })
			}
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
			defer cancel()
			for _, l := range lines {
				compare(ctx, t, sides, l)
			}
		})
	}
}

// readScript returns the variables that a script sets and its commands.
func readScript(t *testing.T, file string) (env []string, lines []line) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	chart, err := filepath.Abs(filepath.Join("testdata", "chart"))
	if err != nil {
		t.Fatal(err)
	}
	for s := range strings.Lines(string(text)) {
		if strings.HasPrefix(s, "#") {
			continue
		}
		if variable, ok := strings.CutPrefix(s, "env "); ok {
			env = append(env, strings.TrimSpace(variable))
			continue
		}
		s, ownWords := strings.CutPrefix(strings.TrimSpace(s), "~ ")
		l := line{args: strings.Fields(s), ownWords: ownWords}
		for i, arg := range l.args {
			if arg == "CHART" {
				l.args[i] = chart
			}
		}
		lines = append(lines, l)
	}
	return env, lines
}

// compare runs a command on both sides at the same time.
func compare(ctx context.Context, t *testing.T, sides [2]side, l line) {
	var results [2]player.Result
	var errs [2]error
	var wait sync.WaitGroup
	for i, s := range sides {
		wait.Go(func() {
			results[i], errs[i] = s.player.Run(ctx, append(l.args[:len(l.args):len(l.args)], "-n", s.namespace)...)
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	command := strings.Join(l.args, " ")
	helm, ours := results[0], results[1]
	if helm.Exit != ours.Exit {
		t.Errorf("%s: Helm ends with %d, hchart with %d\n%s\n%s", command, helm.Exit, ours.Exit, helm.Stderr, ours.Stderr)
	}
	want, got := plain(helm.Stdout, sides[0].namespace), plain(ours.Stdout, sides[1].namespace)
	if want != got {
		t.Errorf("%s: Helm and hchart print\n%s", command, player.Diff(want, got))
	}
	want, got = said(helm.Stderr, sides[0].namespace), said(ours.Stderr, sides[1].namespace)
	if !l.ownWords && !strings.HasPrefix(got, want) {
		t.Errorf("%s: Helm says\n%s\nand hchart\n%s", command, want, got)
	}
}

// plain is what a program printed without what differs from run to run.
func plain(text, namespace string) string {
	text = strings.ReplaceAll(text, namespace, "NS")
	for _, r := range []struct{ find, replace string }{
		{`(resourceVersion|uid)("?: ?"?)[0-9a-f-]+`, "$1$2ID"},
		{`(modifiedAt[":=]*\s?"?)\d+`, "${1}TIME"},
		{`\b10\.\d+\.\d+\.\d+`, "ADDRESS"},
		{`\b\d+m?\d*s\b`, "AGE"},
		{`(\S) {2,}`, "$1  "}, // columns are as wide as what is in them
		{`(?m)(\S) +(\t|$)`, "$1$2"},
	} {
		text = regexp.MustCompile(r.find).ReplaceAllString(player.Timeless(text), r.replace)
	}
	return sorted(text)
}

// sorted puts the tables of a release's objects in order: Helm leaves it to chance.
func sorted(text string) string {
	table := regexp.MustCompile(`(?m)^==> (.+\n)+\n?`)
	tables := table.FindAllString(text, -1)
	slices.Sort(tables)
	return table.ReplaceAllStringFunc(text, func(string) string {
		first := tables[0]
		tables = tables[1:]
		return first
	})
}

// said is what a program said to people: the first line of it, for what follows is how
// the command is used, or ours.
func said(text, namespace string) string {
	logs := regexp.MustCompile(`(?m)^(level=.*|[IWEF]\d{4} .*)\n`)
	text = plain(logs.ReplaceAllString(text, ""), namespace)
	text, _, _ = strings.Cut(text, "\n")
	return strings.ReplaceAll(text, `"helm `, `"hchart `)
}
