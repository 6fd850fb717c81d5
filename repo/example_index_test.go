package repo_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/hchart/hchart/repo"
)

const exampleIndex = `apiVersion: v1
entries:
  nginx:
  - {name: nginx, version: 1.2.0, description: A web server}
  - {name: nginx, version: 2.0.0-rc.1, description: A web server}
  redis:
  - {name: redis, version: 7.0.1, description: A cache for web servers}
`

func ExampleIndex_Find() {
	index, err := repo.ParseIndex([]byte(exampleIndex), repo.IndexOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, constraint := range []string{"", ">0.0.0-0", "^1.0.0", "3.x"} {
		v, err := index.Find("nginx", constraint)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(v.Version)
	}
	// Output:
	// 1.2.0
	// 2.0.0-rc.1
	// 1.2.0
	// the repository has no version of chart "nginx" that is 3.x; versions near to it are 2.0.0-rc.1, 1.2.0
}

func ExampleSearch() {
	index, err := repo.ParseIndex([]byte(exampleIndex), repo.IndexOptions{})
	if err != nil {
		log.Fatal(err)
	}
	found, err := repo.Search(context.Background(), []repo.SearchIn{{Repository: "mine", Index: index}}, "web", repo.SearchOptions{})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range found {
		fmt.Println(r.Name, r.Version)
	}
	// Output:
	// mine/nginx 1.2.0
	// mine/redis 7.0.1
}

func ExampleEditConfig() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "repositories.yaml")
	err = repo.EditConfig(context.Background(), path, func(c *repo.Config) error {
		c.Set(repo.Entry{Name: "mine", URL: "https://charts.example.com"})
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	config, err := repo.ReadConfig(path)
	if err != nil {
		log.Fatal(err)
	}
	entry, ok := config.Get("mine")
	fmt.Println(entry.URL, ok)
	// Output: https://charts.example.com true
}
