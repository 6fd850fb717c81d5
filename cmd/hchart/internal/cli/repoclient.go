package cli

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hchart/hchart/repo"
)

// repoHome is where the files of repositories are.
func (f *factory) repoHome() repo.Home {
	return repo.Home{
		Config:  f.path(f.settings.repositoryConfig),
		Cache:   f.path(f.settings.repositoryCache),
		Content: f.path(f.settings.contentCache),
	}
}

// repoClient makes what finds and gets charts. A command makes one, for it remembers what
// it has read. quiet shows no progress.
func (f *factory) repoClient(quiet bool) *repo.Client { return repo.NewClient(f.repoOptions(quiet)) }

func (f *factory) repoOptions(quiet bool) repo.Options {
	opts := repo.Options{
		Home: f.repoHome(), Registry: f.registryClient(), Getters: f.pluginGetters(), UserAgent: "hchart/" + hchartVersion,
	}
	if !quiet && isTerminal(f.sys.Stderr) && f.settings.env.get("TERM") != "dumb" {
		d := &downloads{f: f, start: time.Now(), running: map[string]repo.Progress{}}
		opts.Progress = d.notify
	}
	return opts
}

// access is what the flags say of a repository.
func (t *transportFlags) access(f *factory, passAll bool) repo.Access {
	file := func(name string) string {
		if name == "" {
			return ""
		}
		return f.path(name)
	}
	return repo.Access{
		Username: t.username, Password: t.password, PassCredentials: passAll,
		CertFile: file(t.certFile), KeyFile: file(t.keyFile), CAFile: file(t.caFile),
		InsecureSkipTLSVerify: t.insecure, PlainHTTP: t.plainHTTP,
	}
}

// downloads shows on a terminal how long downloads go on, in one line.
type downloads struct {
	f     *factory
	start time.Time

	mu      sync.Mutex
	running map[string]repo.Progress
	drawn   time.Time // when the line was written; zero if there is none
}

const (
	// downloadSilence is how long a download may take without a word.
	downloadSilence = time.Second
	downloadRedraw  = 100 * time.Millisecond
)

func (d *downloads) notify(p repo.Progress) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.Ended {
		delete(d.running, p.URL)
	} else {
		if len(d.running) == 0 {
			d.start = time.Now()
		}
		d.running[p.URL] = p
	}
	switch {
	case len(d.running) == 0 && !d.drawn.IsZero():
		fmt.Fprint(d.f.sys.Stderr, "\r\x1b[K")
		d.drawn = time.Time{}
	case len(d.running) > 0 && time.Since(d.start) > downloadSilence && time.Since(d.drawn) > downloadRedraw:
		fmt.Fprintf(d.f.sys.Stderr, "\r\x1b[K%s", d.line())
		d.drawn = time.Now()
	}
}

// line is one line, whatever names there are.
func (d *downloads) line() string {
	var done, total int64
	name, known := "", true
	for url, p := range d.running {
		done += p.Done
		total += p.Total
		known = known && p.Total > 0
		if base := url[strings.LastIndexByte(url, '/')+1:]; name == "" || base < name {
			name = base
		}
	}
	if n := len(d.running); n > 1 {
		name = fmt.Sprintf("%s and %d more", name, n-1)
	}
	text := fmt.Sprintf("downloading %s: %s", name, megabytes(done))
	if known {
		text += " of " + megabytes(total)
	}
	return fit(text, min(textWidth(text), 78))
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
