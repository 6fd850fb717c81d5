package cluster

import (
	"runtime"
	"syscall"
)

// attributes put a process into a group of its own, so that an interrupt from the
// terminal is for the tests, and let the kernel end it with the thread that started it:
// nothing stays behind when the tests are killed.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// newStarter returns a function that runs others on one thread, which lives until done
// is closed. The processes started there live no longer.
func newStarter(done <-chan struct{}) func(func() error) error {
	work, results := make(chan func() error), make(chan error)
	go func() {
		runtime.LockOSThread()
		for {
			select {
			case f := <-work:
				results <- f()
			case <-done:
				return
			}
		}
	}()
	return func(f func() error) error {
		work <- f
		return <-results
	}
}
