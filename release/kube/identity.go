package kube

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// identity says who holds a lease: host, boot, process namespace, process and when that
// was started, and a nonce. The middle three make it possible to tell, on the same
// host, that a holder is dead.
func identity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	pid := os.Getpid()
	start, _ := startOf(pid)
	return fmt.Sprintf("%s_%s_%d_%s_%s", strings.ReplaceAll(host, "_", "-"), machine(), pid, start, nonce())
}

// holder is the part of an identity that means something to people.
func holder(identity string) string {
	f := strings.Split(identity, "_")
	if len(f) != 5 {
		return identity
	}
	return fmt.Sprintf("process %s on %s", f[2], f[0])
}

// isAlive looks whether the process of an identity still runs. It cannot be known of a
// process on another host.
func isAlive(identity string) (alive, known bool) {
	f := strings.Split(identity, "_")
	if len(f) != 5 || f[1] == "" || f[1] != machine() || f[3] == "" {
		return false, false
	}
	pid, err := strconv.Atoi(f[2])
	if err != nil {
		return false, false
	}
	start, ok := startOf(pid)
	return ok && start == f[3], true
}

// machine names this boot of this host and the namespace that process numbers are of;
// empty where that cannot be told.
func machine() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	ns = strings.Trim(strings.TrimPrefix(ns, "pid:"), "[]")
	id := strings.ReplaceAll(strings.TrimSpace(string(boot)), "-", "")
	return id[:min(16, len(id))] + "-" + ns
}

// startOf is when a process was started, in the kernel's count since the boot; false
// if it has ended.
func startOf(pid int) (string, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false
	}
	// The name, in parentheses, may have blanks. The state is the 3rd field of all,
	// the start the 22nd.
	i := strings.LastIndexByte(string(data), ')')
	f := strings.Fields(string(data[i+1:]))
	if i < 0 || len(f) < 20 || f[0] == "Z" || f[0] == "X" {
		return "", false
	}
	return f[19], true
}
