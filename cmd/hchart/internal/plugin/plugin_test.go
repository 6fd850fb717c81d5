package plugin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// write puts a plugin.yaml into a directory of its own below dir.
func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name, "plugin.yaml"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func postRenderer(name, command string) string {
	return fmt.Sprintf("apiVersion: v1\nname: %s\nversion: 1.0.0\ntype: postrenderer/v1\nruntime: subprocess\n"+
		"runtimeConfig:\n  platformCommand:\n    - command: %s\n", name, command)
}

func TestFind(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	write(t, first, "one", postRenderer("good", "a"))
	write(t, second, "two", postRenderer("good", "b"))
	write(t, second, "three", postRenderer("other", "c"))
	write(t, first, "old", "name: old\nversion: 1.0.0\ncommand: x\n")
	write(t, first, "notyaml", "name: [")
	write(t, first, "future", "apiVersion: v9\nname: future\n")
	write(t, first, "unknownfield", postRenderer("unknownfield", "a")+"nonsense: true\n")
	write(t, first, "badname", postRenderer("'../bad'", "a"))
	write(t, first, "badversion", strings.Replace(postRenderer("badversion", "a"), "1.0.0", "/../", 1))
	write(t, first, "wasm", strings.Replace(postRenderer("wasm", "a"), "subprocess", "extism/v1", 1))

	if err := os.WriteFile(filepath.Join(first, "wasm", "plugin.wasm"), nil, 0o644); err != nil {
		t.Fatal(err)
	}

	var warnings []string
	p, err := Find([]string{first, second}, "good", PostRenderer, func(w string) { warnings = append(warnings, w) })
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(first, "one"); p.Dir != want || p.Name() != "good" {
		t.Errorf("found %q in %s, want good in %s", p.Name(), p.Dir, want)
	}
	// Directories are read by name; those behind "one" are not looked at.
	for _, name := range []string{"badname", "badversion", "future", "notyaml"} {
		if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, filepath.Join(first, name)) }) {
			t.Errorf("no warning for %s in %q", name, warnings)
		}
	}
	if p, err = Find([]string{first, second}, "other", PostRenderer, nil); err != nil || p.Name() != "other" {
		t.Errorf("other: %v, %v", p, err)
	}
	var missing *NotFoundError
	for _, name := range []string{"absent", "old", "unknownfield", "badversion", "../bad"} {
		if _, err := Find([]string{first}, name, PostRenderer, nil); !errors.As(err, &missing) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	var unusable *LoadError
	if _, err := Find([]string{first}, "wasm", PostRenderer, nil); !errors.As(err, &unusable) {
		t.Errorf("wasm: got %v", err)
	}
}

func TestMatch(t *testing.T) {
	all := []platformCommand{
		{Command: "any"},
		{OperatingSystem: "linux", Command: "linux"},
		{OperatingSystem: "Linux", Architecture: "AMD64", Command: "linux-amd64"},
		{Architecture: "arm64", Command: "arm64 alone"},
		{Command: "any, again"},
		{OperatingSystem: "linux", Command: "linux, again"},
	}
	for _, c := range []struct {
		commands     []platformCommand
		system, arch string
		want         string
	}{
		{all, "linux", "amd64", "linux-amd64"},
		{all, "linux", "arm64", "linux"},
		{all, "darwin", "arm64", "any"},
		{all[3:4], "linux", "arm64", ""},
		{all[1:3], "windows", "amd64", ""},
		{nil, "linux", "amd64", ""},
	} {
		got := ""
		if m := match(c.commands, c.system, c.arch); m != nil {
			got = m.Command
		}
		if got != c.want {
			t.Errorf("%v for %s/%s: got %q, want %q", c.commands, c.system, c.arch, got, c.want)
		}
	}
}

// program is a plugin with commands.
func program(dir string, commands ...platformCommand) *Plugin {
	return &Plugin{Dir: dir, meta: metadata{Name: "p", RuntimeConfig: &processConfig{PlatformCommand: commands}}}
}

func TestRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are a shell's")
	}
	shell := func(script string) *Plugin {
		return program("/plugin/dir", platformCommand{Command: "/bin/sh -c", Args: []string{script, "sh"}})
	}
	env := []string{"PATH=" + os.Getenv("PATH"), "COLOR=blue"}
	ctx := context.Background()

	got, err := shell(`cat; echo "$1 $HELM_PLUGIN_NAME $HELM_PLUGIN_DIR ${COLOR}"`).Run(ctx, "in\n", []string{"$COLOR"}, env)
	if want := "in\n p /plugin/dir blue\n"; err != nil || got != want {
		// "$1" in the plugin's own arguments is expanded, to nothing.
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	got, err = program("", platformCommand{Command: "echo"}).Run(ctx, "", []string{"$COLOR", "", "a b"}, env)
	if want := "$COLOR  a b\n"; err != nil || got != want {
		t.Errorf("arguments of the user: got %q, %v, want %q", got, err, want)
	}

	var failed *RunError
	if _, err := shell("echo why >&2; exit 7").Run(ctx, "", nil, env); !errors.As(err, &failed) || failed.ExitCode != 7 || failed.Stderr != "why" {
		t.Errorf("got %v", err)
	}
	for name, p := range map[string]*Plugin{
		"no output":  shell("true"),
		"no command": program(""),
		"no program": program("", platformCommand{Command: "/absent/program"}),
		"no word":    program("", platformCommand{Command: "${NOTHING}"}),
	} {
		if out, err := p.Run(ctx, "in", nil, env); !errors.As(err, &failed) {
			t.Errorf("%s: got %q, %v", name, out, err)
		}
	}
}

func TestRunCancelled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the command is a shell's")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	p := program("", platformCommand{Command: "sleep", Args: []string{"60"}})
	start := time.Now()
	if _, err := p.Run(ctx, "", nil, os.Environ()); err == nil {
		t.Error("no error")
	}
	t.Logf("took %v", time.Since(start))
}

func TestBounded(t *testing.T) {
	kept := &bounded{max: 5, drop: true}
	fmt.Fprint(kept, "abc")
	if n, err := kept.Write([]byte("defg")); n != 4 || err != nil || kept.String() != "abcde" {
		t.Errorf("%d, %v, %q", n, err, kept.String())
	}
	if _, err := (&bounded{max: 5}).Write([]byte("abcdef")); err == nil {
		t.Error("no error for too much output")
	}
}
