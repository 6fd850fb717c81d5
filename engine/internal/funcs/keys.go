package funcs

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// keyBits is the size of the keys that Sprig's functions for certificates make.
// genPrivateKey makes larger ones.
const keyBits = 2048

// MakesKeys reports whether the function of that name makes a key that can be
// made ahead, in a KeySource.
func MakesKeys(name string) bool {
	switch name {
	case "genCA", "genSelfSignedCert", "genSignedCert":
		return true
	}
	return false
}

// KeySource is a supply of RSA keys for the functions that MakesKeys names. One
// key takes tens of milliseconds, as much as rendering a large chart; a supply
// has it made while a chart is compiled and other files are rendered. It holds
// no more than two keys that nobody has asked for, and is used by any number of
// renders at a time, each key by one of them.
type KeySource struct {
	generate func() rsaKey
	ready    chan rsaKey
	started  sync.Once
	helping  atomic.Bool   // a second goroutine makes a key
	done     chan struct{} // closed when no more keys are to be made
	closed   sync.Once
	detach   func() bool // from the context
}

// rsaKey is a private key in PEM, "" when it could not be made, with the time
// that was spent on it.
type rsaKey struct {
	pem  string
	cost time.Duration
}

// NewKeySource returns a supply that ends with ctx or when it is closed. It makes
// nothing before Start is called or the first key is asked for.
func NewKeySource(ctx context.Context) *KeySource {
	// The goroutine that makes keys holds the second of the two.
	s := &KeySource{generate: makeKey, ready: make(chan rsaKey, 1), done: make(chan struct{})}
	s.detach = context.AfterFunc(ctx, s.end)
	return s
}

// Start has keys made from now on. It may be called more than once.
func (s *KeySource) Start() { s.started.Do(func() { go s.run() }) }

// Close ends the making of keys. It does not wait for the key being made, which
// cannot be given up; the goroutine ends with it. Functions that use the
// supply afterwards make their keys themselves.
func (s *KeySource) Close() {
	s.detach()
	s.end()
}

func (s *KeySource) end() { s.closed.Do(func() { close(s.done) }) }

func (s *KeySource) run() {
	for !s.over() {
		k := s.generate()
		select {
		case s.ready <- k:
		case <-s.done:
			return
		}
	}
}

func (s *KeySource) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// take returns a key, and waits for one if it must.
func (s *KeySource) take(ctx context.Context) (rsaKey, error) {
	select {
	case k := <-s.ready:
		return k, nil
	default:
	}
	if s.over() {
		return s.generate(), nil
	}
	s.Start()
	s.help()
	select {
	case k := <-s.ready:
		return k, nil
	case <-s.done:
		return s.generate(), nil
	case <-ctx.Done():
		return rsaKey{}, ctx.Err()
	}
}

// help makes one more key beside the one that is being made. How long the search
// for primes takes is a matter of luck: the first of two comes sooner than one,
// and the other is there when the next is asked for.
func (s *KeySource) help() {
	if runtime.GOMAXPROCS(0) < 2 || !s.helping.CompareAndSwap(false, true) {
		return
	}
	go func() {
		defer s.helping.Store(false)
		k := s.generate()
		select {
		case s.ready <- k:
		default: // nobody waits any more
		}
	}()
}

func makeKey() rsaKey {
	start := time.Now()
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return rsaKey{cost: time.Since(start)}
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return rsaKey{string(text), time.Since(start)}
}

// key takes a key from the render's supply, "" when there is none. The budget
// counts the time it took to make, or to wait for if that was longer; timed sees
// the waiting.
func (r *Render) key() (string, error) {
	if r.Keys == nil {
		return "", nil
	}
	start := time.Now()
	k, err := r.Keys.take(r.ctx)
	if ahead := k.cost - time.Since(start); ahead > 0 {
		r.crypto.Add(-int64(ahead))
	}
	return k.pem, err
}
