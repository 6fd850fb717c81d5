// Package kube does on a cluster what a release needs: apply objects, tell what is
// there, wait, delete, look up.
//
//	cfg, err := kube.LoadConfig(kube.ConfigOptions{})
//	client, err := kube.New(cfg, kube.Options{})
//	objs, err := kube.ParseObjects(manifest)
//	err = client.Resolve(ctx, objs, "default")
//	live, err := client.Observe(ctx, objs)
//	changes, err := client.Apply(ctx, kube.Plan{Live: live, Target: objs}, kube.ApplyOptions{ServerSide: true})
//
// It speaks HTTP and JSON and keeps objects as trees, as they are in manifests; ADR 6
// says why it does without Kubernetes' own client. It asks little: objects of one kind
// are listed, not read one by one, one that already is as its manifest says is not
// written, and the kinds that Kubernetes has itself need no discovery.
//
// A Client is safe for use by many goroutines. Every call ends with its context, and
// no request is under way after it has returned. Requests that write are repeated only
// when they certainly did nothing. Errors name the object; none contains data of a
// Secret or a credential.
package kube
