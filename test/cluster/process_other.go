//go:build !linux

package cluster

import "syscall"

func attributes() *syscall.SysProcAttr { return nil }

func newStarter(<-chan struct{}) func(func() error) error {
	return func(f func() error) error { return f() }
}
