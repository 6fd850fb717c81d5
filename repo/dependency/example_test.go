package dependency_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hchart/hchart/repo/dependency"
)

// A chart whose dependency is the directory beside it.
func ExampleUpdate() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string]string{
		"app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: db, version: ^2, repository: \"file://../db\"}\n",
		"db/Chart.yaml":  "apiVersion: v2\nname: db\nversion: 2.3.0\n",
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			panic(err)
		}
	}
	result, err := dependency.Update(context.Background(), filepath.Join(dir, "app"), dependency.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range result.Charts {
		fmt.Println(c.Name, c.Version, c.File)
	}
	// Output: db 2.3.0 db-2.3.0.tgz
}
