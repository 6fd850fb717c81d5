// Package secrets keeps release records in Secrets, as Helm does by default: of the
// type helm.sh/release.v1, under the name sh.helm.release.v1.NAME.vREVISION.
package secrets

import "github.com/hchart/hchart/release/internal/objects"

// API sends requests to an API server; *kube.Client is one.
type API = objects.API

// New returns the store of a namespace. With an empty one it reads the records of all
// namespaces and writes none.
func New(api API, namespace string) *objects.Store {
	return objects.New(api, objects.Kind{
		Name: "secret", Resource: "secrets", Type: "helm.sh/release.v1", Binary: true,
	}, namespace)
}
