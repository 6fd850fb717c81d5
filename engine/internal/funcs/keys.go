package funcs

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"runtime"
	"slices"
	"sync"
	"time"
)

// keyBits is the size of the keys that Sprig's functions for certificates make.
// genPrivateKey makes larger ones.
const keyBits = 2048

// KeyMakers names the functions that take their keys from a KeySource.
func KeyMakers() []string { return []string{"genCA", "genSelfSignedCert", "genSignedCert"} }

// keyWorkers bounds the goroutines that make keys.
const keyWorkers = 2

// KeySource is a supply of RSA keys for the functions that KeyMakers names. One
// key takes tens of milliseconds, as much as rendering a large chart, and charts
// mostly need two: one for a CA, one for what it signs. A supply makes two at a
// time when somebody waits. How long the search for primes takes is a matter of
// luck: the first of two comes sooner than one, and the other is there when the
// next is asked for.
//
// It makes nothing before the first key is asked for, since most charts that name
// such a function do not call it. Nor does it make more keys than were waited for
// but one, and it has no goroutine when that one is made. It serves any number of
// renders at a time.
type KeySource struct {
	generate func() rsaKey
	done     chan struct{} // closed when no more keys are to be made
	closed   sync.Once
	detach   func() bool // from the context

	mu      sync.Mutex
	workers int
	stock   []rsaKey
	waiting []chan rsaKey // each takes one key, without blocking who gives it
}

// rsaKey is a private key in PEM, "" when it could not be made, with the time
// that was spent on it.
type rsaKey struct {
	pem  string
	cost time.Duration
}

// NewKeySource returns a supply that ends with ctx or when it is closed.
func NewKeySource(ctx context.Context) *KeySource {
	s := &KeySource{generate: makeKey, done: make(chan struct{})}
	s.detach = context.AfterFunc(ctx, s.end)
	return s
}

// Close ends the making of keys. It does not wait for those being made, which
// cannot be given up; their goroutines end with them. Functions that use the
// supply afterwards make their keys themselves.
func (s *KeySource) Close() {
	s.detach()
	s.end()
}

func (s *KeySource) end() { s.closed.Do(func() { close(s.done) }) }

func (s *KeySource) over() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// hire sees to it that as many goroutines as may make keys, as long as somebody
// waits for one.
func (s *KeySource) hire() {
	for s.workers < min(keyWorkers, runtime.GOMAXPROCS(0)) && s.wanted() {
		s.workers++
		go s.work()
	}
}

func (s *KeySource) wanted() bool { return !s.over() && len(s.waiting) > 0 }

// work makes keys until no more are wanted.
func (s *KeySource) work() {
	for more := true; more; {
		k := s.generate()
		s.mu.Lock()
		s.give(k)
		if more = s.wanted(); !more {
			s.workers--
		}
		s.mu.Unlock()
	}
}

// give hands a key to who has waited longest, or keeps it.
func (s *KeySource) give(k rsaKey) {
	if len(s.waiting) > 0 {
		s.waiting[0] <- k
		s.waiting = s.waiting[1:]
	} else {
		s.stock = append(s.stock, k)
	}
}

// take returns a key, and waits for one if it must.
func (s *KeySource) take(ctx context.Context) (rsaKey, error) {
	s.mu.Lock()
	if n := len(s.stock); n > 0 {
		k := s.stock[n-1]
		s.stock = s.stock[:n-1]
		s.mu.Unlock()
		return k, nil
	}
	if s.over() {
		s.mu.Unlock()
		return s.generate(), nil
	}
	place := make(chan rsaKey, 1)
	s.waiting = append(s.waiting, place)
	s.hire()
	s.mu.Unlock()
	select {
	case k := <-place:
		return k, nil
	case <-s.done:
		s.leave(place)
		return s.generate(), nil
	case <-ctx.Done():
		s.leave(place)
		return rsaKey{}, ctx.Err()
	}
}

// leave gives up a place in the queue, and the key that has just come to it.
func (s *KeySource) leave(place chan rsaKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.waiting, place); i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	select {
	case k := <-place:
		s.give(k)
	default:
	}
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
