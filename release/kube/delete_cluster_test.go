package kube_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/test/cluster"
)

// TestDeleteManyOnCluster deletes several objects of a kind: what goes in one request,
// what the list says, and what must stay.
func TestDeleteManyOnCluster(t *testing.T) {
	cl := cluster.Need(t)
	c := connect(t, cl.Kubeconfig)
	for _, tt := range []struct {
		name string
		// other is the release that a further object, which the manifest does not name,
		// belongs to; taken is the release that the object c0 belongs to by now.
		other, taken string
		// labels are further labels of c0 to c4 and of the further object.
		labels, otherLabels string
		foreign             int
		left                []string
	}{
		{name: "alone", taken: "mine"},
		{name: "told from another release by a label", other: "theirs", taken: "mine", labels: `,"app":"a","x":""`, otherLabels: `,"app":"b"`, left: []string{"other"}},
		{name: "one taken, told from another by a label", other: "theirs", taken: "theirs", labels: `,"app":"a"`, otherLabels: `,"app":"b"`, foreign: 1, left: []string{"c0", "other"}},
		{name: "beside another release", other: "theirs", taken: "mine", left: []string{"other"}},
		{name: "beside one of its own", other: "mine", taken: "mine", left: []string{"other"}},
		{name: "one taken", taken: "theirs", foreign: 1, left: []string{"c0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ns := cl.CreateNamespace(t)
			var manifest strings.Builder
			for i := range 5 {
				name, owner := fmt.Sprintf("c%d", i), "mine"
				fmt.Fprintf(&manifest, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n", name)
				if i == 0 {
					owner = tt.taken
				}
				if i < 4 { // c4 is gone already
					makeOwned(t, cl, ns, name, owner, tt.labels)
				}
			}
			if tt.other != "" {
				makeOwned(t, cl, ns, "other", tt.other, tt.otherLabels)
			}
			objs, err := kube.ParseObjects(manifest.String())
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Resolve(t.Context(), objs, ns); err != nil {
				t.Fatal(err)
			}
			changes, err := c.Delete(t.Context(), objs, kube.DeleteOptions{Owner: kube.Owner{Release: "mine", Namespace: ns}})
			if err != nil {
				t.Fatal(err)
			}
			count := map[kube.Action]int{}
			for _, ch := range changes {
				count[ch.Action]++
			}
			if count[kube.Deleted] != 4-tt.foreign || count[kube.Foreign] != tt.foreign || count[kube.Gone] != 1 {
				t.Errorf("changes %v", count)
			}
			for _, name := range []string{"c0", "c1", "c2", "c3", "other"} {
				_, there := cl.Get(t, "/api/v1/namespaces/"+ns+"/configmaps/"+name)
				if want := strings.Contains(strings.Join(tt.left, " "), name); there != want {
					t.Errorf("%s is there: %t, want %t", name, there, want)
				}
			}
		})
	}
}

func makeOwned(t *testing.T, cl *cluster.Cluster, ns, name, release, labels string) {
	t.Helper()
	cl.Must(t, http.MethodPost, "/api/v1/namespaces/"+ns+"/configmaps", fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":%q,
"labels":{"app.kubernetes.io/managed-by":"Helm"%s},
"annotations":{"meta.helm.sh/release-name":%q,"meta.helm.sh/release-namespace":%q}}}`, name, labels, release, ns))
}
