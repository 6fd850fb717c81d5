package oci

import (
	"cmp"
	"net/http"
	"sync"
	"time"

	"github.com/hchart/hchart/repo"
)

// Media types of the parts of a chart.
const (
	ConfigMediaType     = "application/vnd.cncf.helm.config.v1+json"
	ChartMediaType      = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
	ProvenanceMediaType = "application/vnd.cncf.helm.chart.provenance.v1.prov"
	// LegacyChartMediaType is what the first versions of Helm gave to archives.
	LegacyChartMediaType = "application/tar+gzip"
)

// Options are what a Client works with. The zero value is anonymous.
type Options struct {
	// ConfigFile is where logins are kept, in the format of Docker's config.json
	// (HELM_REGISTRY_CONFIG). Login and Logout change it.
	ConfigFile string
	// Fallback is a file of the same format that is read if ConfigFile has nothing for a
	// host: Docker's own. It is never changed.
	Fallback string
	// UserAgent is what servers are told, "hchart" if it is empty.
	UserAgent string
	// Transport, where it is set, sends the requests. What an Access says of certificates
	// then has no effect; what it says of credentials has.
	Transport http.RoundTripper
	Limits    Limits
	// Retries is how often a request is sent again after a status of 408, 429 or 500 and
	// above, or a broken connection; 5 if it is 0, negative for never.
	Retries int
	// Wait is the pause before the first of them, which doubles each time up to three
	// seconds; 250 ms if it is 0.
	Wait time.Duration
}

// Limits bound what servers send. A zero field stands for its default.
type Limits struct {
	ManifestBytes   int64 // 4 MiB, also of a page of tags
	ConfigBytes     int64 // 4 MiB
	ArchiveBytes    int64 // 100 MiB
	ProvenanceBytes int64 // 1 MiB
	Tags            int   // 100,000
	TagPages        int   // 10,000
}

func (l Limits) withDefaults() Limits {
	l.ManifestBytes = cmp.Or(l.ManifestBytes, 4<<20)
	l.ConfigBytes = cmp.Or(l.ConfigBytes, 4<<20)
	l.ArchiveBytes = cmp.Or(l.ArchiveBytes, 100<<20)
	l.ProvenanceBytes = cmp.Or(l.ProvenanceBytes, 1<<20)
	l.Tags = cmp.Or(l.Tags, 100_000)
	l.TagPages = cmp.Or(l.TagPages, 10_000)
	return l
}

// Client talks to registries; it is a repo.Registry. Its methods may be called by several
// goroutines. It reads the files with logins once, and remembers tokens.
type Client struct {
	opts   Options
	logins logins

	mu       sync.Mutex
	sessions map[sessionKey]*session
}

// NewClient makes a Client. It does not look at files or servers yet.
func NewClient(opts Options) *Client {
	opts.Limits = opts.Limits.withDefaults()
	opts.UserAgent = cmp.Or(opts.UserAgent, "hchart")
	opts.Retries = cmp.Or(opts.Retries, 5)
	opts.Wait = cmp.Or(opts.Wait, 250*time.Millisecond)
	return &Client{
		opts:     opts,
		logins:   logins{files: [2]string{opts.ConfigFile, opts.Fallback}},
		sessions: map[sessionKey]*session{},
	}
}

var _ repo.Registry = (*Client)(nil)
