package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/release"
)

// writeRecords writes a record for each release. Each holds a chart of 20 templates and
// a manifest of 60 objects, some 150 KB of text, 30 KB as it is stored: a chart of
// middle size.
func (b *bench) writeRecords(ctx context.Context, namespace string) error {
	random := rand.New(rand.NewPCG(1, 2))
	c := &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "middle", Version: "1.2.3", AppVersion: "4.5"}}
	for i := range 20 {
		c.Templates = append(c.Templates, &chart.File{Name: fmt.Sprintf("templates/file%d.yaml", i), Data: []byte(prose(random, 4000))})
	}
	var manifest strings.Builder
	for i := range 60 {
		fmt.Fprintf(&manifest, "---\n# Source: middle/templates/file.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: middle-%d\ndata:\n  text: |\n", i)
		manifest.WriteString("    " + strings.ReplaceAll(prose(random, 900), "\n", "\n    ") + "\n")
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range b.releases {
		r := &release.Release{
			Name: fmt.Sprintf("release-%04d", i), Namespace: namespace, Version: 1, Chart: c, Manifest: manifest.String(),
			Config: map[string]any{"number": i},
			Info:   &release.Info{FirstDeployed: now, LastDeployed: now, Status: release.Deployed, Description: "Install complete"},
		}
		data, err := release.Encode(r)
		if err != nil {
			return err
		}
		body := fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":%q,"labels":{"owner":"helm","name":%q,"status":"deployed","version":"1"}},"type":"helm.sh/release.v1","data":{"release":%q}}`,
			release.Key(r.Name, 1), r.Name, base64.StdEncoding.EncodeToString(data))
		if err := b.cluster.Do(ctx, http.MethodPost, "/api/v1/namespaces/"+namespace+"/secrets", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// prose returns lines of random words, which compress about as templates do.
func prose(random *rand.Rand, size int) string {
	var b strings.Builder
	for b.Len() < size {
		for range 1 + random.IntN(6) {
			fmt.Fprintf(&b, "word%d ", random.IntN(2000))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
