// Package filelock locks files against other processes, as Helm does: with flock, and its
// like on Windows. The system unlocks what a process had when it ends, however it does.
package filelock
