package funcs

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// TestKeysMadeAhead: a certificate with a key from a supply is Sprig's own but
// for what is random in it.
func TestKeysMadeAhead(t *testing.T) {
	keys := NewKeySource(t.Context())
	defer keys.Close()
	r := NewRender(context.Background(), testConfig(), false)
	r.Keys = keys
	for _, body := range []string{
		"{{ $c := genCA `the ca` 30 }}",
		"{{ $c := genSelfSignedCert `cn` (list `1.2.3.4` `::1`) (list `a.b` `c.d`) 7 }}",
		"{{ $c := genSelfSignedCert `cn` nil nil -3 }}",
		"{{ $ca := genCA `the ca` 30 }}{{ $c := genSignedCert `cn` (list `1.2.3.4`) (list `a.b`) 365 $ca }}",
	} {
		text := body + "{{ $c.Cert }}{{ $c.Key }}"
		ours, err := execute(callable(New(testConfig()), r), text, nil)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := execute(sprig.TxtFuncMap(), text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := certificate(t, ours), certificate(t, theirs); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", body, got, want)
		}
	}
}

// certificate reads a certificate and its key, checks what is random in it and
// takes that out.
func certificate(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, rest := pem.Decode([]byte(text))
	keyBlock, rest := pem.Decode(rest)
	if block == nil || keyBlock == nil || len(rest) > 0 || block.Type != "CERTIFICATE" || keyBlock.Type != "RSA PRIVATE KEY" {
		t.Fatalf("not a certificate and a key: %s", text)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS1PrivateKey(keyBlock.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !key.PublicKey.Equal(c.PublicKey) || key.N.BitLen() != 2048 || c.PublicKey.(*rsa.PublicKey).E != 65537 || len(c.Signature) != 256 {
		t.Errorf("key of %d bits, signature of %d bytes", key.N.BitLen(), len(c.Signature))
	}
	if n := c.SerialNumber.BitLen(); n > 128 || n < 64 {
		t.Errorf("serial number of %d bits", n)
	}
	days := (c.NotAfter.Sub(c.NotBefore) + time.Hour).Truncate(24 * time.Hour)
	*c = x509.Certificate{
		SignatureAlgorithm: c.SignatureAlgorithm, PublicKeyAlgorithm: c.PublicKeyAlgorithm, Version: c.Version, Issuer: c.Issuer, Subject: c.Subject,
		KeyUsage: c.KeyUsage, ExtKeyUsage: c.ExtKeyUsage, BasicConstraintsValid: c.BasicConstraintsValid, IsCA: c.IsCA, MaxPathLen: c.MaxPathLen, MaxPathLenZero: c.MaxPathLenZero,
		Extensions: c.Extensions, DNSNames: c.DNSNames, IPAddresses: c.IPAddresses,
		// What is left of random fields is how long they are.
		SubjectKeyId: make([]byte, len(c.SubjectKeyId)), AuthorityKeyId: make([]byte, len(c.AuthorityKeyId)), NotAfter: time.Time{}.Add(days),
	}
	for i, e := range c.Extensions {
		if id := e.Id.String(); id == "2.5.29.14" || id == "2.5.29.35" { // key ids of subject and issuer
			c.Extensions[i].Value = make([]byte, len(e.Value))
		}
	}
	return c
}

func TestKeyMakers(t *testing.T) {
	fns := New(testConfig())
	for name := range fns {
		if _, ok := fns[name+"WithKey"]; ok != slices.Contains(KeyMakers(), name) {
			t.Errorf("%s: %v", name, !ok)
		}
	}
}

// slowKeys is a supply whose keys, all different, take the given times to make.
func slowKeys(ctx context.Context, times ...time.Duration) (*KeySource, *atomic.Int64) {
	s := NewKeySource(ctx)
	n := new(atomic.Int64)
	s.generate = func() rsaKey {
		i := int(n.Add(1))
		cost := times[min(i, len(times))-1]
		time.Sleep(cost)
		return rsaKey{strings.Repeat("k", i), cost}
	}
	return s, n
}

// closeKeys gives the goroutines of a supply the time they need to end;
// synctest complains about those that do not.
func closeKeys(keys *KeySource) {
	keys.Close()
	time.Sleep(24 * time.Hour)
}

func TestKeySource(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // with one processor there is one goroutine
	ctx := context.Background()
	const s = time.Second
	for _, tt := range []struct {
		name  string
		times []time.Duration
		waits []time.Duration
	}{
		{"the second is nearly finished", []time.Duration{4 * s, 5 * s}, []time.Duration{4 * s, 1 * s}},
		{"the second goroutine is faster", []time.Duration{9 * s, 2 * s, 60 * s}, []time.Duration{2 * s, 7 * s}},
		{"three in a row", []time.Duration{4 * s}, []time.Duration{4 * s, 0, 4 * s}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keys, _ := slowKeys(ctx, tt.times...)
				defer closeKeys(keys)
				seen := map[string]bool{}
				for i, want := range tt.waits {
					start := time.Now()
					k, err := keys.take(ctx)
					if got := time.Since(start); got != want || err != nil || seen[k.pem] {
						t.Errorf("key %d: waited %s, want %s; %v, %v", i, got, want, k, err)
					}
					seen[k.pem] = true
					synctest.Wait()
				}
			})
		})
	}
}

// TestKeySourceLazy: one key too many is made at most.
func TestKeySourceLazy(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	synctest.Test(t, func(t *testing.T) {
		keys, made := slowKeys(context.Background(), time.Second)
		for n := range int64(5) {
			if _, err := keys.take(context.Background()); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Hour)
			if got := made.Load(); got != n/2*2+2 {
				t.Errorf("%d keys made for %d", got, n+1)
			}
		}
		closeKeys(keys)
	})
}

// TestKeySourceEnd: nobody asks, and nothing is made; after the end functions make
// their own.
func TestKeySourceEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		keys, made := slowKeys(ctx, time.Second)
		time.Sleep(time.Hour)
		if made.Load() != 0 {
			t.Errorf("%d keys that nobody asked for", made.Load())
		}
		cancel()
		time.Sleep(time.Hour)
		for range 3 {
			if k, err := keys.take(context.Background()); err != nil || k.pem == "" {
				t.Errorf("after the end: %v, %v", k, err)
			}
		}
		closeKeys(keys)
		closeKeys(keys)
	})
}

func TestKeySourceCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, _ := slowKeys(context.Background(), time.Hour)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := keys.take(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		closeKeys(keys) // while two keys are being made
	})
}

func TestKeySourceShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys, _ := slowKeys(context.Background(), time.Second)
		taken := make(chan string)
		for range 20 {
			go func() {
				k, err := keys.take(context.Background())
				if err != nil {
					t.Error(err)
				}
				taken <- k.pem
			}()
		}
		seen := map[string]bool{}
		for range 20 {
			seen[<-taken] = true
		}
		if len(seen) != 20 {
			t.Errorf("%d keys for 20 renders", len(seen))
		}
		closeKeys(keys)
	})
}

// TestKeyBudget: a key counts with the time it took, whoever waited for it.
func TestKeyBudget(t *testing.T) {
	for _, pause := range []time.Duration{0, time.Minute, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			keys, _ := slowKeys(context.Background(), 40*time.Second)
			defer closeKeys(keys)
			cfg := testConfig()
			cfg.CryptoTime = 60 * time.Second
			r := NewRender(context.Background(), cfg, false)
			r.Keys = keys
			for i, left := range []time.Duration{20 * time.Second, -20 * time.Second} {
				k, err := timed(r, r.key)
				if got := time.Duration(r.crypto.Load()); k == "" || err != nil || got > left {
					t.Errorf("key %d: %v, %s left, want %s", i, err, got, left)
				}
				time.Sleep(pause) // the second key has been made meanwhile, or not
			}
			var limit *LimitError
			if _, err := timed(r, r.key); !errors.As(err, &limit) {
				t.Errorf("after %s: %v", pause, err)
			}
		})
	}
}

// TestKeyNotMade: Sprig's function says what is wrong when no key can be made.
func TestKeyNotMade(t *testing.T) {
	keys := NewKeySource(context.Background())
	keys.generate = func() rsaKey { return rsaKey{} }
	defer keys.Close()
	r := NewRender(context.Background(), testConfig(), false)
	r.Keys = keys
	out, err := execute(callable(New(testConfig()), r), "{{ (genCA `ca` 1).Key }}", nil)
	if err != nil || !strings.Contains(out, "RSA PRIVATE KEY") {
		t.Errorf("%q, %v", out, err)
	}
}
