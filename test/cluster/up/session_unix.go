//go:build unix

package main

import "syscall"

// session makes a process one that does not end with the terminal it was started from.
func session() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
