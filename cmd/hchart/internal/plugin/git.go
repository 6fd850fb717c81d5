package plugin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// GitError is a run of git that failed.
type GitError struct {
	// Doing is what was to be done. It holds no URL, which may have a password.
	Doing string
	// Output is what git said.
	Output string
	Err    error
}

func (e *GitError) Error() string {
	s := fmt.Sprintf("git could not %s: %v", e.Doing, e.Err)
	if e.Output != "" {
		s += "\n" + e.Output
	}
	return s
}

func (e *GitError) Unwrap() error { return e.Err }

// git runs git in a directory and returns what it printed.
func git(ctx context.Context, dir string, environ []string, doing string, args ...string) (string, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return "", &GitError{Doing: doing, Err: errors.New("there is no program git in PATH, which plugins from repositories need")}
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = dir, environ
	out := &bounded{max: 4 << 20, drop: true}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		return "", &GitError{Doing: doing, Output: withoutUserinfo(strings.TrimSpace(out.String())), Err: err}
	}
	return out.String(), nil
}

// withoutUserinfo takes what may be passwords out of URLs in a text.
func withoutUserinfo(text string) string {
	words := strings.Fields(text)
	for _, w := range words {
		trimmed := strings.Trim(w, `'"<>()[],;`)
		if !strings.Contains(trimmed, "://") || !strings.Contains(trimmed, "@") {
			continue
		}
		scheme, rest, _ := strings.Cut(trimmed, "://")
		if _, host, ok := strings.Cut(rest, "@"); ok {
			text = strings.ReplaceAll(text, trimmed, scheme+"://"+host)
		}
	}
	return text
}

// Clone installs the plugin in a git repository, with the repository. It is cloned into
// the directory cached first, or brought up to date there. version is a tag, branch or
// commit, or a constraint on tags that are versions, the default branch if it is empty.
func (d Directory) Clone(ctx context.Context, source, version, cached string, environ []string) (*Plugin, error) {
	if strings.HasPrefix(source, "-") || strings.HasPrefix(version, "-") {
		return nil, errors.New("neither a repository nor a version begins with a dash")
	}
	name := filepath.Base(source)
	if _, err := d.check(name); err != nil {
		return nil, err
	}
	if err := mirror(ctx, source, cached, environ); err != nil {
		return nil, err
	}
	if version == "" {
		if err := newest(ctx, cached, environ); err != nil {
			return nil, err
		}
	} else {
		ref, err := gitVersion(ctx, cached, version, environ)
		if err != nil {
			return nil, err
		}
		if err := checkout(ctx, cached, ref, environ); err != nil {
			return nil, err
		}
	}
	return d.place(name, func(beside string) (string, error) {
		folder := filepath.Join(beside, "clone")
		return folder, copyTree(ctx, cached, folder)
	}, func(*Plugin) error { return nil })
}

// mirror clones a repository, or updates its clone. What is there and is the clone of
// another one makes way: different addresses can have the same place.
func mirror(ctx context.Context, source, cached string, environ []string) error {
	if _, err := os.Stat(filepath.Join(cached, ".git")); err == nil {
		from, err := git(ctx, cached, environ, "look at the clone", "config", "--get", "remote.origin.url")
		if err == nil && strings.TrimSpace(from) == source {
			return pull(ctx, cached, environ)
		}
	}
	if err := os.MkdirAll(filepath.Dir(cached), 0o755); err != nil {
		return err
	}
	beside := filepath.Join(filepath.Dir(cached), ".clone-"+rand.Text()[:8])
	defer os.RemoveAll(beside)
	if _, err := git(ctx, "", environ, "clone the plugin", "clone", "--recursive", "--", source, beside); err != nil {
		return err
	}
	if err := os.RemoveAll(cached); err != nil {
		return err
	}
	return os.Rename(beside, cached)
}

// pull updates a clone. One that is at a version stays there.
func pull(ctx context.Context, dir string, environ []string) error {
	const doing = "update the plugin"
	if _, err := git(ctx, dir, environ, doing, "fetch", "--tags", "--", "origin"); err != nil {
		return err
	}
	if _, err := git(ctx, dir, environ, doing, "symbolic-ref", "-q", "HEAD"); err != nil {
		return nil
	}
	if _, err := git(ctx, dir, environ, doing, "pull"); err != nil {
		return err
	}
	return submodules(ctx, dir, environ)
}

// newest brings a clone that is at a version, for somebody asked for that earlier, back to
// the default branch.
func newest(ctx context.Context, dir string, environ []string) error {
	const doing = "find the default branch"
	if _, err := git(ctx, dir, environ, doing, "symbolic-ref", "-q", "HEAD"); err == nil {
		return nil
	}
	head, err := git(ctx, dir, environ, doing, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
	if err != nil {
		return err
	}
	branch := strings.TrimPrefix(strings.TrimSpace(head), "origin/")
	if err := checkout(ctx, dir, branch, environ); err != nil {
		return err
	}
	return pull(ctx, dir, environ)
}

func checkout(ctx context.Context, dir, ref string, environ []string) error {
	if _, err := git(ctx, dir, environ, "check the version out", "checkout", ref, "--"); err != nil {
		return err
	}
	return submodules(ctx, dir, environ)
}

// submodules brings submodules to what the commit wants, and removes what no commit knows.
func submodules(ctx context.Context, dir string, environ []string) error {
	steps := [][]string{{"clean", "-x", "-d", "-f", "-f"}}
	if _, err := os.Stat(filepath.Join(dir, ".gitmodules")); err == nil {
		steps = [][]string{
			{"submodule", "update", "--init", "--recursive"},
			steps[0],
			{"submodule", "foreach", "--recursive", "git clean -x -d -f -f"},
		}
	}
	for _, args := range steps {
		if _, err := git(ctx, dir, environ, "bring submodules up to date", args...); err != nil {
			return err
		}
	}
	return nil
}

// gitVersion returns the reference that a version means.
func gitVersion(ctx context.Context, dir, version string, environ []string) (string, error) {
	const doing = "find the version"
	if _, err := git(ctx, dir, environ, doing, "rev-parse", "--verify", "--quiet", version); err == nil {
		return version, nil
	}
	if _, err := git(ctx, dir, environ, doing, "show-ref", "--", version); err == nil {
		return version, nil
	}
	constraint, err := semver.NewConstraint(version)
	if err != nil {
		return "", fmt.Errorf("version %q is neither in the repository nor a constraint: %w", version, err)
	}
	out, err := git(ctx, dir, environ, doing, "tag", "--list")
	if err != nil {
		return "", err
	}
	var best *semver.Version
	for tag := range strings.Lines(out) {
		v, err := semver.NewVersion(strings.TrimSpace(tag))
		if err == nil && constraint.Check(v) && (best == nil || v.GreaterThan(best)) {
			best = v
		}
	}
	if best == nil {
		return "", fmt.Errorf("the repository has no version that fits %q", version)
	}
	return best.Original(), nil
}

// Pull updates a plugin that is a clone, or a link to one. The error is a
// *[NoRepositoryError] for others.
func (p *Plugin) Pull(ctx context.Context, environ []string) (*Plugin, error) {
	dir, err := filepath.EvalSymlinks(p.Dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		return nil, &NoRepositoryError{Plugin: p.Name()}
	}
	changes, err := git(ctx, dir, environ, "look for changes", "diff")
	if err != nil {
		return nil, err
	}
	if changes != "" {
		return nil, fmt.Errorf("files in %s were changed: undo that, or install the plugin anew", dir)
	}
	if err := pull(ctx, dir, environ); err != nil {
		return nil, err
	}
	return Load(p.Dir)
}

// NoRepositoryError is a plugin that cannot be updated, for it is no clone.
type NoRepositoryError struct{ Plugin string }

func (e *NoRepositoryError) Error() string {
	return fmt.Sprintf("plugin %q is not the clone of a repository: uninstall it and install the new version", e.Plugin)
}

// CacheKey is the name that the clone of a repository has in the cache, which hchart and
// Helm share. It has no password.
func CacheKey(source string) (string, error) {
	u, err := url.Parse(source)
	if user, host, path, ok := scpAddress(source); ok {
		u, err = &url.URL{User: url.User(user), Host: host, Path: "/" + path}, nil
	}
	if err != nil {
		return "", errors.New("invalid URL of a repository")
	}
	var key string
	if u.Scheme != "" {
		key = u.Scheme + "-"
	}
	if name := u.User.Username(); name != "" {
		key += name + "-"
	}
	key += u.Host + strings.ReplaceAll(u.Path, "/", "-")
	key = strings.ReplaceAll(key, ":", "-")
	if strings.Trim(key, ".") == "" || strings.ContainsAny(key, `/\`) {
		return "", errors.New("invalid URL of a repository")
	}
	return key, nil
}

// scpAddress takes addresses apart that are no URLs: USER@HOST:PATH.
func scpAddress(source string) (user, host, path string, ok bool) {
	user, rest, ok := strings.Cut(source, "@")
	if !ok {
		return "", "", "", false
	}
	host, path, ok = strings.Cut(rest, ":")
	isWord := func(more string) func(rune) bool {
		return func(r rune) bool {
			return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(more, r)
		}
	}
	all := func(s string, is func(rune) bool) bool {
		return s != "" && !slices.ContainsFunc([]rune(s), func(r rune) bool { return !is(r) })
	}
	if !ok || !all(user, isWord("_")) || !all(host, isWord("._-")) {
		return "", "", "", false
	}
	return user, host, path, true
}

// copyTree copies a directory. Links are kept where they stay inside.
func copyTree(ctx context.Context, from, to string) error {
	return filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			return copyLink(name, file, target)
		case !d.Type().IsRegular():
			return &LinkError{Path: name}
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, info.Mode().Perm())
	})
}

// copyLink copies a link of the name below the directory that is copied.
func copyLink(name, file, target string) error {
	link, err := os.Readlink(file)
	if err != nil {
		return err
	}
	if filepath.IsAbs(link) || !filepath.IsLocal(filepath.Join(filepath.Dir(name), link)) {
		return &ArchiveError{Entry: name, Reason: "it is a link that leaves the plugin"}
	}
	return os.Symlink(link, target)
}
