package repo_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/repo"
)

// A chart of a repository that is in no list: found, downloaded into a cache of one's own,
// and read.
func ExampleClient() {
	ctx := context.Background()
	cache, err := os.UserCacheDir()
	if err != nil {
		fmt.Println(err)
		return
	}
	c := repo.NewClient(repo.Options{Home: repo.Home{Content: filepath.Join(cache, "charts")}})
	found, err := c.Resolve(ctx, repo.Ref{Name: "nginx", Repo: "https://charts.example.com", Version: "^18"})
	var version *repo.VersionNotFoundError
	if errors.As(err, &version) {
		fmt.Println("there is", version.Versions)
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	archive, err := c.Fetch(ctx, found, repo.FetchOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ch, err := chart.Load(ctx, archive.Path, chart.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ch.Metadata.Name, ch.Metadata.Version)
}
