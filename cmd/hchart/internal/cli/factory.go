package cli

import (
	"io"
	"log/slog"
	"path/filepath"
)

// factory carries what commands are made of: the system and the settings.
type factory struct {
	sys      System
	settings *settings
}

func newFactory(sys System) *factory {
	f := &factory{sys: sys}
	f.settings = newSettings(environment{sys.LookupEnv})
	return f
}

// beforeWork is called before charts are read.
func (f *factory) beforeWork() {
	if f.sys.BeforeWork != nil {
		f.sys.BeforeWork()
	}
}

// path resolves a path of the user's against the working directory. Without an
// injected directory it stays as it was given, and so do messages that show it.
func (f *factory) path(p string) string {
	if f.sys.Dir == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(f.sys.Dir, p)
}

// absolute is path made absolute.
func (f *factory) absolute(p string) (string, error) { return filepath.Abs(f.path(p)) }

// logger writes warnings to standard error, and with --debug what is going on.
func (f *factory) logger() *slog.Logger {
	level := slog.LevelInfo
	if f.settings.debug {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(f.sys.Stderr, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// warn prints warnings, one line each.
func (f *factory) warn(warnings []string) {
	if len(warnings) == 0 {
		return
	}
	log := f.logger()
	for _, w := range warnings {
		log.Warn(w)
	}
}

// print writes the result of a command. A reader that went away is an error:
// half a manifest must not look like a success.
func (f *factory) print(text string) error {
	_, err := io.WriteString(f.sys.Stdout, text)
	return err
}

// debug tells what is done, with --debug.
func (f *factory) debug(msg string, args ...any) {
	if f.settings.debug {
		f.logger().Debug(msg, args...)
	}
}
