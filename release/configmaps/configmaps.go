// Package configmaps keeps release records in ConfigMaps, as Helm does with
// HELM_DRIVER=configmap.
package configmaps

import "github.com/hchart/hchart/release/internal/objects"

// API sends requests to an API server; *kube.Client is one.
type API = objects.API

// New returns the store of a namespace. With an empty one it reads the records of all
// namespaces and writes none.
func New(api API, namespace string) *objects.Store {
	return objects.New(api, objects.Kind{Name: "configmap", Resource: "configmaps"}, namespace)
}
