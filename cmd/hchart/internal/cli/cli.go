package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/hchart/hchart/release/kube"
)

// System is what a command sees of the outside world.
type System struct {
	// Program is how the program was called, its argument 0.
	Program string
	// Args are the arguments behind it.
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// LookupEnv returns a variable of the environment, and whether it is set.
	LookupEnv func(name string) (string, bool)
	// Environ returns all variables ("NAME=value"), for programs that are started.
	Environ func() []string
	// Dir is the directory that relative paths start from. Empty means the
	// working directory of the process.
	Dir string
	Now func() time.Time
	// BeforeWork, where it is set, is called before a command starts on what may
	// take long: reading and rendering charts.
	BeforeWork func()
}

// Process returns the System of the running process.
func Process() System {
	return System{
		Program:    os.Args[0],
		Args:       os.Args[1:],
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		LookupEnv:  os.LookupEnv,
		Environ:    os.Environ,
		Now:        time.Now,
		BeforeWork: sync.OnceFunc(func() { collectRarely(environment{os.LookupEnv}) }),
	}
}

// Main runs the command that sys.Args name and returns the exit code of the
// process. The first SIGINT or SIGTERM cancels what is under way, the second one
// ends the process.
func Main(sys System) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	detach := context.AfterFunc(ctx, stop)
	code := Run(ctx, sys)
	detach() // and no more: goroutines that clean up would only delay the end
	return code
}

// Run is Main under a context of the caller's.
func Run(ctx context.Context, sys System) int {
	err := execute(ctx, newFactory(sys))
	if err != nil {
		fmt.Fprintln(sys.Stderr, "Error:", err)
		var wait *kube.WaitError
		if errors.As(err, &wait) {
			fmt.Fprint(sys.Stderr, wait.Explain())
		}
	}
	return exitCode(err)
}

// execute finds the command and runs it.
func execute(ctx context.Context, f *factory) error {
	root := newRootCmd(f)
	_, err := root.ExecuteContextC(ctx)
	if err == nil {
		return nil
	}
	// Cobra has no type for an unknown command; Find fails for no other reason.
	if _, _, unknown := root.Find(f.sys.Args); unknown != nil {
		return newUnknownCommandError(root, f.sys.Args)
	}
	return err
}
