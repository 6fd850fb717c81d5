package cli

import (
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// environment reads variables. The rules for broken values are Helm's: the
// default stands in for them.
type environment struct {
	lookup func(name string) (string, bool)
}

func (e environment) get(name string) string {
	return e.or(name, "")
}

func (e environment) or(name, fallback string) string {
	if v, ok := e.lookup(name); ok {
		return v
	}
	return fallback
}

func (e environment) boolean(name string) bool {
	b, err := strconv.ParseBool(e.get(name))
	return err == nil && b
}

func (e environment) integer(name string, fallback int) int {
	if n, err := strconv.Atoi(e.get(name)); err == nil {
		return n
	}
	return fallback
}

func (e environment) float(name string) float32 {
	x, err := strconv.ParseFloat(e.get(name), 32)
	if err != nil {
		return 0
	}
	return float32(x)
}

// list reads a comma separated list.
func (e environment) list(name string) []string {
	if v := strings.Trim(e.get(name), ", "); v != "" {
		return strings.Split(v, ",")
	}
	return nil
}

// color returns the color mode the environment asks for.
func (e environment) color() string {
	if e.get("NO_COLOR") != "" {
		return "never"
	}
	if mode := strings.ToLower(e.get("HELM_COLOR")); isColorMode(mode) {
		return mode
	}
	return "auto"
}

func isColorMode(mode string) bool { return mode == "never" || mode == "auto" || mode == "always" }

// home is the user's home directory.
func (e environment) home() string {
	if runtime.GOOS == "windows" {
		return e.get("USERPROFILE")
	}
	return e.get("HOME")
}

// The three directories in which Helm keeps its files: that of the HELM_
// variable, else "helm" below that of the XDG variable, else the system's.

func (e environment) cacheHome(elem ...string) string {
	return e.helmHome("HELM_CACHE_HOME", "XDG_CACHE_HOME", e.systemDir(".cache", "Library/Caches", "TEMP"), elem)
}

func (e environment) configHome(elem ...string) string {
	return e.helmHome("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", e.systemDir(".config", "Library/Preferences", "APPDATA"), elem)
}

func (e environment) dataHome(elem ...string) string {
	return e.helmHome("HELM_DATA_HOME", "XDG_DATA_HOME", e.systemDir(".local/share", "Library", "APPDATA"), elem)
}

func (e environment) helmHome(helmName, xdgName, system string, elem []string) string {
	base := e.get(helmName)
	if base == "" {
		if base = e.get(xdgName); base == "" {
			base = system
		}
		base = filepath.Join(base, "helm")
	}
	return filepath.Join(base, filepath.Join(elem...))
}

func (e environment) systemDir(unix, mac, windows string) string {
	switch runtime.GOOS {
	case "windows":
		return e.get(windows)
	case "darwin":
		return filepath.Join(e.home(), filepath.FromSlash(mac))
	}
	return filepath.Join(e.home(), filepath.FromSlash(unix))
}

// keyring is where GnuPG keeps public keys.
func (e environment) keyring() string {
	if dir := e.get("GNUPGHOME"); dir != "" {
		return filepath.Join(dir, "pubring.gpg")
	}
	return filepath.Join(e.home(), ".gnupg", "pubring.gpg")
}
