package filelock

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestTry(t *testing.T) {
	switch runtime.GOOS {
	case "linux", "darwin", "windows":
	default:
		t.Skip("there may be no locks here")
	}
	name := filepath.Join(t.TempDir(), "lock")
	open := func() *os.File {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	first, second := open(), open()
	defer second.Close()
	if held, err := Try(first); err != nil || !held {
		t.Fatalf("a lock that nobody has: %t, %v", held, err)
	}
	if held, err := Try(second); err != nil || held {
		t.Fatalf("a lock that somebody has: %t, %v", held, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if held, err := Try(second); err != nil || !held {
		t.Fatalf("a lock that somebody had: %t, %v", held, err)
	}
}
