package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hchart": main})
}

// TestScripts runs the scripts of testdata/script. UPDATE=1 writes the files that
// they compare outputs with anew.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			// No home, no cluster: only what a script sets up.
			env.Setenv("HOME", env.WorkDir+"/home")
			env.Setenv("KUBECONFIG", os.DevNull)
			env.Setenv("NO_COLOR", "1")
			// With -race every process would wait a second before it ends.
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
	})
}
