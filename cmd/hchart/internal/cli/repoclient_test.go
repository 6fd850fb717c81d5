package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/repo"
)

// TestDownloads shows nothing of what is soon done, and takes the line away in the end.
func TestDownloads(t *testing.T) {
	f, _, stderr := newTestFactory("")
	d := &downloads{f: f, running: map[string]repo.Progress{}}
	a := repo.Progress{URL: "https://host/charts/a-1.0.0.tgz", Done: 1 << 20, Total: 3 << 20}
	d.notify(a)
	if stderr.Len() > 0 {
		t.Errorf("at once: %q", stderr)
	}
	d.start = time.Now().Add(-2 * downloadSilence)
	d.notify(a)
	if got := stderr.String(); !strings.Contains(got, "downloading a-1.0.0.tgz: 1.0 MB of 3.1 MB") || strings.Contains(got, "\n") {
		t.Errorf("got %q", got)
	}
	d.drawn = d.drawn.Add(-2 * downloadRedraw)
	d.notify(repo.Progress{URL: "https://host/b.tgz", Done: 5})
	if got := stderr.String(); !strings.Contains(got, "a-1.0.0.tgz and 1 more: 1.0 MB") {
		t.Errorf("got %q", got)
	}
	for _, url := range []string{"https://host/b.tgz", a.URL} {
		d.notify(repo.Progress{URL: url, Ended: true})
	}
	if got := stderr.String(); !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("got %q", got)
	}
	stderr.Reset()
	d.notify(a)
	if stderr.Len() > 0 {
		t.Errorf("the next one, at once: %q", stderr)
	}
}
