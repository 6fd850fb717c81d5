package kube

// FieldManager is the name under which fields are managed: Helm's, so that the two
// programs can take turns.
const FieldManager = "helm"
