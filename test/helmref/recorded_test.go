package helmref

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	helm "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"sigs.k8s.io/yaml"
)

// recorded are the cases that the tests of chart/values run without Helm.
const recorded = "../../chart/values/testdata/compose"

// TestRecorded checks that the recorded results are those of Helm. With
// HCHART_UPDATE set it records them.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob(recorded + "/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no cases")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kept := *ar
			kept.Files = nil
			was := ""
			for _, f := range ar.Files {
				if f.Name == "want.yaml" {
					was = string(f.Data)
				} else {
					kept.Files = append(kept.Files, f)
				}
			}
			got := composeRecorded(t, ar)
			if os.Getenv("HCHART_UPDATE") != "" {
				kept.Files = append(kept.Files, txtar.File{Name: "want.yaml", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(&kept), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != was {
				t.Errorf("recorded:\n%s\nHelm makes:\n%s", was, got)
			}
		})
	}
}

// result is what is recorded of a case.
type result struct {
	Error  bool           `json:"error,omitempty"`
	Charts []string       `json:"charts,omitempty"`
	Values map[string]any `json:"values,omitempty"`
}

func composeRecorded(t *testing.T, ar *txtar.Archive) string {
	var files []*archive.BufferedFile
	user := map[string]any{}
	for _, f := range ar.Files {
		switch f.Name {
		case "user.yaml":
			if err := yaml.Unmarshal(f.Data, &user); err != nil {
				t.Fatal(err)
			}
		case "want.yaml":
		default:
			files = append(files, &archive.BufferedFile{Name: f.Name, Data: f.Data})
		}
	}
	compose := func() result {
		ch, err := loader.LoadFiles(files)
		if err != nil {
			t.Fatal(err)
		}
		var vals common.Values
		err = chartutil.ProcessDependencies(ch, user)
		if err == nil {
			vals, err = util.CoalesceValues(ch, user)
		}
		if err != nil {
			return result{Error: true}
		}
		r := result{Values: vals}
		var walk func(*helm.Chart)
		walk = func(c *helm.Chart) {
			r.Charts = append(r.Charts, c.ChartFullPath())
			for _, d := range c.Dependencies() {
				walk(d)
			}
		}
		walk(ch)
		return r
	}
	first := compose()
	for range 10 {
		// Helm loads subcharts in random order: sort them out.
		if again := compose(); !reflect.DeepEqual(again.Values, first.Values) {
			t.Fatal("Helm makes different values of this case")
		} else if strings.Join(again.Charts, " ") < strings.Join(first.Charts, " ") {
			first = again
		}
	}
	out, err := yaml.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
