package kube

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// resource is how the objects of a kind are reached.
type resource struct {
	group, version string
	kind           string
	plural         string
	namespaced     bool
	// stale is what the server knew before the one that serves the kind went away.
	stale bool
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
		p += "/namespaces/" + url.PathEscape(namespace)
	}
	p += "/" + r.plural
	if name != "" {
		p += "/" + url.PathEscape(name)
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
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy validatingadmissionpolicies *
admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding validatingadmissionpolicybindings *
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
events.k8s.io/v1 Event events
flowcontrol.apiserver.k8s.io/v1 FlowSchema flowschemas *
flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration prioritylevelconfigurations *
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
storage.k8s.io/v1 CSIStorageCapacity csistoragecapacities
storage.k8s.io/v1 StorageClass storageclasses *
storage.k8s.io/v1 VolumeAttachment volumeattachments *
`

// kinds knows the resources of a server: those built in, and what discovery told.
type kinds struct {
	mu      sync.Mutex
	byKind  map[string]*resource // "apps/v1 Deployment"
	read    bool
	at      time.Time   // when it was read
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

// again is how old discovery has to be to be repeated for a kind that is not known. It
// spares the server when many objects are of kinds that are gone.
const again = time.Second

// resource finds a kind. What is not known is looked for by discovery, anew when it is
// not among what was found before: a CRD may have been made meanwhile.
func (c *Client) resource(ctx context.Context, apiVersion, kind string) (*resource, error) {
	k := c.kinds
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.byKind[apiVersion+" "+kind]; ok {
		return r, nil
	}
	if !k.read || time.Since(k.at) > again {
		if err := c.discover(ctx); err != nil {
			return nil, err
		}
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
		if r.stale {
			continue
		}
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
