package deploy_test

import (
	"context"
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/secrets"
)

// example returns where to work, on an API server in memory, and a chart. With a real
// cluster the configuration comes from kube.LoadConfig.
func example() (env deploy.Env, ch *chart.Chart, stop func()) {
	url, stop := deploy.StartServer()
	client, err := kube.New(&kube.Config{Server: url}, kube.Options{})
	if err != nil {
		panic(err)
	}
	ch, err = chart.LoadFS(context.Background(), fstest.MapFS{
		"Chart.yaml":          {Data: []byte("apiVersion: v2\nname: shop\nversion: 1.0.0\n")},
		"values.yaml":         {Data: []byte("color: red\n")},
		"templates/a.yaml":    {Data: []byte("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: palette}\ndata: {color: {{ .Values.color }}}\n")},
		"templates/NOTES.txt": {Data: []byte("The shop is {{ .Values.color }}.")},
	}, chart.LoadOptions{})
	if err != nil {
		panic(err)
	}
	return deploy.Env{Client: client, Store: secrets.New(client, "default"), Namespace: "default"}, ch, stop
}

// A release is installed, upgraded, rolled back and uninstalled.
func Example() {
	env, ch, stop := example()
	defer stop()
	ctx := context.Background()

	rel, err := deploy.Install(ctx, env, "web", ch, nil, deploy.InstallOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rel.Version, rel.Info.Status, rel.Info.Notes)
	if rel, err = deploy.Upgrade(ctx, env, "web", ch, map[string]any{"color": "blue"}, deploy.UpgradeOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rel.Version, rel.Info.Status, rel.Info.Notes)
	if rel, err = deploy.Rollback(ctx, env, "web", deploy.RollbackOptions{Revision: 1}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rel.Version, rel.Info.Description, rel.Info.Notes)
	gone, err := deploy.Uninstall(ctx, env, "web", deploy.UninstallOptions{})
	fmt.Println(gone.Release.Info.Description, err)
	// Output:
	// 1 deployed The shop is red.
	// 2 deployed The shop is blue.
	// 3 Rollback to 1 The shop is red.
	// Uninstallation complete <nil>
}

// Install if there is no release of the name yet, else upgrade: what a controller does.
func ExampleUpgrade() {
	env, ch, stop := example()
	defer stop()
	ctx := context.Background()

	apply := func(vals map[string]any) (*release.Release, error) {
		rel, err := deploy.Upgrade(ctx, env, "web", ch, vals, deploy.UpgradeOptions{RollbackOnFailure: true, MaxHistory: 10})
		var none *deploy.NothingDeployedError
		if errors.As(err, &none) {
			rel, err = deploy.Install(ctx, env, "web", ch, vals, deploy.InstallOptions{})
		}
		return rel, err
	}
	for _, color := range []string{"red", "green"} {
		rel, err := apply(map[string]any{"color": color})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rel.Version, rel.Info.Description)
	}
	// Output:
	// 1 Install complete
	// 2 Upgrade complete
}

// What is done meanwhile is told by events.
func ExampleEnv_events() {
	env, ch, stop := example()
	defer stop()
	env.Notify = func(ev deploy.Event) {
		if ev.Kind == deploy.Applied {
			fmt.Println(ev.Change.Object, ev.Change.Action)
		}
	}
	_, err := deploy.Install(context.Background(), env, "web", ch, nil, deploy.InstallOptions{})
	fmt.Println(err)
	// Output:
	// ConfigMap default/palette created
	// <nil>
}
