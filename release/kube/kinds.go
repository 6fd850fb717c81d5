package kube

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// resource is how the objects of a kind are reached.
type resource struct {
	group, version string
	kind           string
	plural         string
	namespaced     bool
}

func (r *resource) apiVersion() string {
	if r.group == "" {
		return r.version
	}
	return r.group + "/" + r.version
}

// path is the URL of an object, or of all objects if name is empty.
func (r *resource) path(namespace, name string) string {
	p := "/apis/" + r.group + "/" + r.version
	if r.group == "" {
		p = "/api/" + r.version
	}
	if r.namespaced && namespace != "" {
		p += "/namespaces/" + namespace
	}
	p += "/" + r.plural
	if name != "" {
		p += "/" + name
	}
	return p
}

// builtin are the kinds that each cluster of Kubernetes 1.30 or later has, in versions
// that none of them dropped: they need no discovery. An asterisk marks kinds without a
// namespace. (https://kubernetes.io/docs/reference/kubernetes-api/)
const builtin = `
v1 ConfigMap configmaps
v1 Endpoints endpoints
v1 Event events
v1 LimitRange limitranges
v1 Namespace namespaces *
v1 Node nodes *
v1 PersistentVolume persistentvolumes *
v1 PersistentVolumeClaim persistentvolumeclaims
v1 Pod pods
v1 PodTemplate podtemplates
v1 ReplicationController replicationcontrollers
v1 ResourceQuota resourcequotas
v1 Secret secrets
v1 Service services
v1 ServiceAccount serviceaccounts
admissionregistration.k8s.io/v1 MutatingWebhookConfiguration mutatingwebhookconfigurations *
admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration validatingwebhookconfigurations *
apiextensions.k8s.io/v1 CustomResourceDefinition customresourcedefinitions *
apiregistration.k8s.io/v1 APIService apiservices *
apps/v1 ControllerRevision controllerrevisions
apps/v1 DaemonSet daemonsets
apps/v1 Deployment deployments
apps/v1 ReplicaSet replicasets
apps/v1 StatefulSet statefulsets
autoscaling/v1 HorizontalPodAutoscaler horizontalpodautoscalers
autoscaling/v2 HorizontalPodAutoscaler horizontalpodautoscalers
batch/v1 CronJob cronjobs
batch/v1 Job jobs
certificates.k8s.io/v1 CertificateSigningRequest certificatesigningrequests *
coordination.k8s.io/v1 Lease leases
discovery.k8s.io/v1 EndpointSlice endpointslices
networking.k8s.io/v1 Ingress ingresses
networking.k8s.io/v1 IngressClass ingressclasses *
networking.k8s.io/v1 NetworkPolicy networkpolicies
node.k8s.io/v1 RuntimeClass runtimeclasses *
policy/v1 PodDisruptionBudget poddisruptionbudgets
rbac.authorization.k8s.io/v1 ClusterRole clusterroles *
rbac.authorization.k8s.io/v1 ClusterRoleBinding clusterrolebindings *
rbac.authorization.k8s.io/v1 Role roles
rbac.authorization.k8s.io/v1 RoleBinding rolebindings
scheduling.k8s.io/v1 PriorityClass priorityclasses *
storage.k8s.io/v1 CSIDriver csidrivers *
storage.k8s.io/v1 CSINode csinodes *
storage.k8s.io/v1 StorageClass storageclasses *
storage.k8s.io/v1 VolumeAttachment volumeattachments *
`

// kinds knows the resources of a server: those built in, and what discovery told.
type kinds struct {
	mu      sync.Mutex
	byKind  map[string]*resource // "apps/v1 Deployment"
	read    bool
	listing []*resource // what discovery told, in the server's order, and then defined
	defined []*resource // see Define
}

func newKinds() *kinds {
	k := &kinds{byKind: map[string]*resource{}}
	for line := range strings.Lines(builtin) {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		group, version := splitAPIVersion(f[0])
		k.byKind[f[0]+" "+f[1]] = &resource{group: group, version: version, kind: f[1], plural: f[2], namespaced: len(f) == 3}
	}
	return k
}

func splitAPIVersion(apiVersion string) (group, version string) {
	if group, version, ok := strings.Cut(apiVersion, "/"); ok {
		return group, version
	}
	return "", apiVersion
}

// NoKindError is a kind that the cluster does not have.
type NoKindError struct {
	APIVersion, Kind string
	// Name is the object's.
	Name string
	// Served are the versions in which the cluster does have the kind.
	Served []string
}

// Error has the words of kubectl, which scripts look for.
func (e *NoKindError) Error() string {
	s := fmt.Sprintf("resource mapping not found for name: %q: no matches for kind %q in version %q", e.Name, e.Kind, e.APIVersion)
	if len(e.Served) > 0 {
		return s + fmt.Sprintf("; this cluster serves it as %s: change the chart's apiVersion", strings.Join(e.Served, ", "))
	}
	return s + "; ensure CRDs are installed first"
}

// resource finds a kind. What is not known is looked for by discovery, anew when it is
// not among what was found before: a CRD may have been made meanwhile.
func (c *Client) resource(ctx context.Context, apiVersion, kind string) (*resource, error) {
	k := c.kinds
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.byKind[apiVersion+" "+kind]; ok {
		return r, nil
	}
	if err := c.discover(ctx); err != nil {
		return nil, err
	}
	if r, ok := k.byKind[apiVersion+" "+kind]; ok {
		return r, nil
	}
	missing := &NoKindError{APIVersion: apiVersion, Kind: kind}
	group, _ := splitAPIVersion(apiVersion)
	for _, r := range k.listing {
		if r.kind == kind && (r.group == group || group == "extensions") && r.plural != "" && !strings.Contains(r.plural, "/") {
			missing.Served = append(missing.Served, r.apiVersion())
		}
	}
	slices.Sort(missing.Served)
	missing.Served = slices.Compact(missing.Served)
	return nil, missing
}

// served finds a kind of a group in any version the server has, nil if it has none.
func (c *Client) served(ctx context.Context, group, kind string) (*resource, error) {
	k := c.kinds
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.read {
		if err := c.discover(ctx); err != nil {
			return nil, err
		}
	}
	for _, r := range k.listing {
		if r.group == group && r.kind == kind && !strings.Contains(r.plural, "/") {
			return r, nil
		}
	}
	return nil, nil
}

// forget makes the next kind that is not known ask the server.
func (c *Client) forget(r *resource) {
	c.kinds.mu.Lock()
	defer c.kinds.mu.Unlock()
	delete(c.kinds.byKind, r.apiVersion()+" "+r.kind)
}

// The form of discovery in which one request tells the resources of all groups.
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

type groupList struct {
	Kind  string `json:"kind"`
	Items []struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
		Versions []struct {
			Version   string `json:"version"`
			Resources []struct {
				Resource     string `json:"resource"`
				ResponseKind struct {
					Group   string `json:"group"`
					Version string `json:"version"`
					Kind    string `json:"kind"`
				} `json:"responseKind"`
				Scope string `json:"scope"`
				// Subresources are part of what .Capabilities.APIVersions has.
				Subresources []struct {
					Subresource  string `json:"subresource"`
					ResponseKind struct {
						Group   string `json:"group"`
						Version string `json:"version"`
						Kind    string `json:"kind"`
					} `json:"responseKind"`
				} `json:"subresources"`
			} `json:"resources"`
		} `json:"versions"`
	} `json:"items"`
	// What servers without aggregated discovery answer.
	Versions []string `json:"versions"`
	Groups   []struct {
		Versions []struct {
			GroupVersion string `json:"groupVersion"`
		} `json:"versions"`
	} `json:"groups"`
}

// discover asks the server for all its kinds. The lock is held.
func (c *Client) discover(ctx context.Context) error {
	var found []*resource
	for _, root := range []string{"/api", "/apis"} {
		var l groupList
		if err := c.exchange(ctx, http.MethodGet, root, nil, "", aggregated, nil, &l); err != nil {
			return err
		}
		if l.Kind == "APIGroupDiscoveryList" {
			found = append(found, l.resources()...)
			continue
		}
		old, err := c.discoverEach(ctx, &l)
		if err != nil {
			return err
		}
		found = append(found, old...)
	}
	k := c.kinds
	k.read, k.listing = true, found
	k.listing = append(k.listing, k.defined...)
	for _, r := range found {
		if !strings.Contains(r.plural, "/") {
			k.byKind[r.apiVersion()+" "+r.kind] = r
		}
	}
	return nil
}

func (l *groupList) resources() []*resource {
	var found []*resource
	for _, g := range l.Items {
		for _, v := range g.Versions {
			for _, r := range v.Resources {
				if r.ResponseKind.Kind != "" {
					found = append(found, &resource{
						group: g.Metadata.Name, version: v.Version, kind: r.ResponseKind.Kind,
						plural: r.Resource, namespaced: r.Scope == "Namespaced",
					})
				}
				for _, s := range r.Subresources {
					found = append(found, &resource{
						group: g.Metadata.Name, version: v.Version, kind: s.ResponseKind.Kind,
						plural: r.Resource + "/" + s.Subresource, namespaced: r.Scope == "Namespaced",
					})
				}
			}
		}
	}
	return found
}

// discoverEach asks a server of the older kind, one group and version after the other.
// One that does not answer, such as a broken APIService, is passed over.
func (c *Client) discoverEach(ctx context.Context, l *groupList) ([]*resource, error) {
	paths := map[string]string{}
	var order []string
	for _, v := range l.Versions {
		order, paths[v] = append(order, v), "/api/"+v
	}
	for _, g := range l.Groups {
		for _, v := range g.Versions {
			order, paths[v.GroupVersion] = append(order, v.GroupVersion), "/apis/"+v.GroupVersion
		}
	}
	found := make([][]*resource, len(order))
	err := c.parallel(ctx, len(order), func(i int) error {
		var rl struct {
			Resources []struct {
				Name       string `json:"name"`
				Namespaced bool   `json:"namespaced"`
				Kind       string `json:"kind"`
			} `json:"resources"`
		}
		if err := c.call(ctx, http.MethodGet, paths[order[i]], nil, nil, &rl); err != nil {
			return ctx.Err()
		}
		group, version := splitAPIVersion(order[i])
		for _, r := range rl.Resources {
			found[i] = append(found[i], &resource{group: group, version: version, kind: r.Kind, plural: r.Name, namespaced: r.Namespaced})
		}
		return nil
	})
	return slices.Concat(found...), err
}

// APIVersions returns what .Capabilities.APIVersions holds: each group and version, and
// each with each of its kinds ("apps/v1/Deployment"), sorted.
func (c *Client) APIVersions(ctx context.Context) ([]string, error) {
	k := c.kinds
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.read {
		if err := c.discover(ctx); err != nil {
			return nil, err
		}
	}
	var all []string
	for _, r := range k.listing {
		all = append(all, r.apiVersion())
		if r.kind != "" {
			all = append(all, r.apiVersion()+"/"+r.kind)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// ServerVersion is what the server says of its version: "v1.36.3", "1", "36".
type ServerVersion struct {
	GitVersion string `json:"gitVersion"`
	Major      string `json:"major"`
	Minor      string `json:"minor"`
}

// Version asks for the version of the server.
func (c *Client) Version(ctx context.Context) (ServerVersion, error) {
	var v ServerVersion
	err := c.call(ctx, http.MethodGet, "/version", nil, nil, &v)
	return v, err
}
