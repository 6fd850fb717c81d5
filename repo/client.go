package repo

import (
	"net/http"
	"sync"
	"time"
)

// Options are what a Client works with. The zero value talks to servers, and fails where a
// directory of Home is needed.
type Options struct {
	Home Home
	// Registry is what oci:// references are found in; they are an error without it.
	Registry Registry
	// Getters get URLs of other schemes than http and https, by scheme.
	Getters map[string]Getter
	Limits  Limits
	Retry   Retry
	// UserAgent is what servers are told, "hchart" if it is empty.
	UserAgent string
	// Transport, where it is set, sends the requests. What an Access says of certificates
	// then has no effect; what it says of credentials has.
	Transport http.RoundTripper
	// Progress is told how downloads of archives and indexes go on, if it is set. It is
	// called often, and by several goroutines if the Client is used by several.
	Progress func(Progress)
}

// Limits bound what servers send. A zero field stands for its default.
type Limits struct {
	// IndexBytes bounds an index, uncompressed. 50 MiB.
	IndexBytes int64
	// ArchiveBytes bounds an archive as it is sent. 100 MiB.
	ArchiveBytes int64
	// ProvenanceBytes bounds a signature. 1 MiB.
	ProvenanceBytes int64
	// Idle is how long a server may be silent. One minute.
	Idle time.Duration
}

func (l Limits) withDefaults() Limits {
	l.IndexBytes = cmpOr(l.IndexBytes, 50<<20)
	l.ArchiveBytes = cmpOr(l.ArchiveBytes, 100<<20)
	l.ProvenanceBytes = cmpOr(l.ProvenanceBytes, 1<<20)
	l.Idle = cmpOr(l.Idle, time.Minute)
	return l
}

// cmpOr is cmp.Or that takes negative numbers for absent ones.
func cmpOr[T int | int64 | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}

// Retry says how often something is tried that may go well the next time: connections
// that break, and the statuses 429, 502, 503 and 504.
type Retry struct {
	// Attempts is how often a request is sent in all without anything having come of it. 4.
	Attempts int
	// Wait is the pause before the second attempt; it doubles each time. 250 ms.
	Wait time.Duration
	// MaxWait bounds the pause, also the one that a server asks for by Retry-After: one that
	// wants more is not asked again. 15 s.
	MaxWait time.Duration
}

func (r Retry) withDefaults() Retry {
	r.Attempts = cmpOr(r.Attempts, 4)
	r.Wait = cmpOr(r.Wait, 250*time.Millisecond)
	r.MaxWait = cmpOr(r.MaxWait, 15*time.Second)
	return r
}

// Progress is how far a download has come.
type Progress struct {
	// URL is what is downloaded, without credentials and query.
	URL string
	// Done and Total are bytes. Total is 0 if the server does not say.
	Done, Total int64
	// Ended says that this is the last call for the URL, whether it went well or not.
	Ended bool
}

// Client finds charts and gets them. Its methods may be called by several goroutines; what
// several of them want at the same time is asked for once. It reads repositories.yaml and
// each index once: a program that runs for long makes a Client for each piece of work.
type Client struct {
	opts Options

	mu         sync.Mutex
	transports map[tlsFiles]http.RoundTripper

	config  flights[*Config]
	indexes flights[*Index]
	updates flights[UpdateResult]
	fetches flights[*Archive]
	scans   flights[[]byte]

	sweep sync.Once
}

// NewClient makes a Client. It does not look at files or servers yet.
func NewClient(opts Options) *Client {
	opts.Limits = opts.Limits.withDefaults()
	opts.Retry = opts.Retry.withDefaults()
	if opts.UserAgent == "" {
		opts.UserAgent = "hchart"
	}
	return &Client{opts: opts, transports: map[tlsFiles]http.RoundTripper{}}
}

// progress tells Options.Progress.
func (c *Client) progress(p Progress) {
	if c.opts.Progress != nil {
		c.opts.Progress(p)
	}
}
