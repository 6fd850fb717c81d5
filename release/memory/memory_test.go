package memory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/memory"
	"github.com/hchart/hchart/release/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) release.Store { return memory.New() }, storetest.Options{})
}

// Of two writers who read the same record the second gets an error.
func Example() {
	ctx, store := context.Background(), memory.New()
	version, err := store.Create(ctx, storetest.New("default", "web", 1, release.PendingInstall))
	if err != nil {
		panic(err)
	}
	_, err = store.Update(ctx, storetest.New("default", "web", 1, release.Deployed), version)
	fmt.Println(err)
	_, err = store.Update(ctx, storetest.New("default", "web", 1, release.Failed), version)
	fmt.Println(err)
	// Output:
	// <nil>
	// the record of release "web", revision 1, was changed by someone else meanwhile: see what they did ('history web') and try again
}
