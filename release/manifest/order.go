package manifest

import (
	"cmp"
	"slices"
	"strings"
)

// Order lists kinds, the one that comes first first.
type Order []string

// The tables are never written to; InstallOrder and UninstallOrder hand out
// copies.
var installOrder = Order{
	"PriorityClass",
	"Namespace",
	"NetworkPolicy",
	"ResourceQuota",
	"LimitRange",
	"PodSecurityPolicy",
	"PodDisruptionBudget",
	"ServiceAccount",
	"Secret",
	"SecretList",
	"ConfigMap",
	"StorageClass",
	"PersistentVolume",
	"PersistentVolumeClaim",
	"CustomResourceDefinition",
	"ClusterRole",
	"ClusterRoleList",
	"ClusterRoleBinding",
	"ClusterRoleBindingList",
	"Role",
	"RoleList",
	"RoleBinding",
	"RoleBindingList",
	"Service",
	"DaemonSet",
	"Pod",
	"ReplicationController",
	"ReplicaSet",
	"Deployment",
	"HorizontalPodAutoscaler",
	"StatefulSet",
	"Job",
	"CronJob",
	"IngressClass",
	"Ingress",
	"APIService",
	"MutatingWebhookConfiguration",
	"ValidatingWebhookConfiguration",
}

// uninstallOrder is not quite installOrder backwards: services go before the
// workloads they lead to.
var uninstallOrder = Order{
	"ValidatingWebhookConfiguration",
	"MutatingWebhookConfiguration",
	"APIService",
	"Ingress",
	"IngressClass",
	"Service",
	"CronJob",
	"Job",
	"StatefulSet",
	"HorizontalPodAutoscaler",
	"Deployment",
	"ReplicaSet",
	"ReplicationController",
	"Pod",
	"DaemonSet",
	"RoleBindingList",
	"RoleBinding",
	"RoleList",
	"Role",
	"ClusterRoleBindingList",
	"ClusterRoleBinding",
	"ClusterRoleList",
	"ClusterRole",
	"CustomResourceDefinition",
	"PersistentVolumeClaim",
	"PersistentVolume",
	"StorageClass",
	"ConfigMap",
	"SecretList",
	"Secret",
	"ServiceAccount",
	"PodDisruptionBudget",
	"PodSecurityPolicy",
	"LimitRange",
	"ResourceQuota",
	"NetworkPolicy",
	"Namespace",
	"PriorityClass",
}

// InstallOrder returns the order in which kinds are created: what others need
// comes before them, and webhooks, which may stand in the way, last.
func InstallOrder() Order { return slices.Clone(installOrder) }

// UninstallOrder returns the order in which kinds are deleted. Webhooks go
// first, so that none outlives the service that answers it.
func UninstallOrder() Order { return slices.Clone(uninstallOrder) }

// Sort puts documents into the order; those of one kind keep their order among
// themselves. Kinds that the order does not name come last, by their names.
func (o Order) Sort(docs []Document) {
	sortByKind(docs, o, func(d *Document) string { return d.Kind })
}

// SortHooks is Sort for hooks.
func (o Order) SortHooks(hooks []Hook) {
	sortByKind(hooks, o, func(h *Hook) string { return h.Kind })
}

// sortByKind sorts small keys and moves each item once: a document is a dozen
// words and its rank takes a search through the order.
func sortByKind[T any](items []T, order Order, kind func(*T) string) {
	type key struct {
		rank  int
		kind  string
		index int
	}
	keys := make([]key, len(items))
	for i := range items {
		k := kind(&items[i])
		rank := slices.Index(order, k)
		if rank < 0 {
			rank = len(order)
		}
		keys[i] = key{rank, k, i}
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return cmp.Or(strings.Compare(a.kind, b.kind), cmp.Compare(a.index, b.index))
	})
	sorted := make([]T, len(items))
	for i, k := range keys {
		sorted[i] = items[k.index]
	}
	copy(items, sorted)
}
