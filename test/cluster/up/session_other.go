//go:build !unix

package main

import "syscall"

func session() *syscall.SysProcAttr { return nil }
