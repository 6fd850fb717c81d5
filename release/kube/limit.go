package kube

import (
	"context"
	"sync"
	"time"
)

// limiter lets a number of requests through a second, and as many at once as have not
// been used. The zero limiter lets all through.
type limiter struct {
	mu    sync.Mutex
	every time.Duration
	burst int
	free  float64
	at    time.Time
}

func newLimiter(qps float32, burst int) *limiter {
	if qps <= 0 || burst <= 0 {
		return &limiter{}
	}
	return &limiter{every: time.Duration(float64(time.Second) / float64(qps)), burst: burst, free: float64(burst), at: time.Now()}
}

func (l *limiter) wait(ctx context.Context) error {
	if l.every == 0 {
		return ctx.Err()
	}
	l.mu.Lock()
	now := time.Now()
	l.free = min(float64(l.burst), l.free+float64(now.Sub(l.at))/float64(l.every))
	l.at = now
	l.free--
	delay := time.Duration(-l.free * float64(l.every))
	l.mu.Unlock()
	if delay > 0 {
		sleep(ctx, delay)
	}
	return ctx.Err()
}
