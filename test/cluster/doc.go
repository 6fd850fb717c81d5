// Package cluster starts a real control plane of Kubernetes on this machine, for tests:
// etcd, API server, controller manager and scheduler, which are one program built from
// Go modules (test/controlplane), and kwok, which plays the kubelets of three nodes. No
// container runs; pods go through the states that the files in stages describe.
//
// `make cluster` leaves one running for a person, `make test-cluster` runs the tests
// that need one. Such a test begins with
//
//	c := cluster.Need(t)          // skips where no cluster runs
//	ns := c.CreateNamespace(t)    // deleted when the test ends
//
// HCHART_CLUSTER names the kubeconfig of the cluster that Need returns.
//
// A pod becomes ready at once, and one whose restartPolicy is not Always completes.
// Annotations of the pod template change that. test.hchart.sh/pod is one of
//
//	slow       ready, or completed, after 3 s
//	fail       its containers end with exit code 1 (test.hchart.sh/exit-code)
//	crash      its containers crash again and again (CrashLoopBackOff, up to 6 restarts)
//	pull       its images cannot be pulled (ImagePullBackOff)
//	init-fail  its first init container crashes again and again
//	unready    it runs, and is never ready
//	never      it stays pending, though it has a node
//
// and the others say
//
//	test.hchart.sh/after       how long it takes to start: 500ms, 10s
//	test.hchart.sh/stop-after  how long it takes to go when it is deleted
//	test.hchart.sh/log         what its containers wrote; without it they wrote LogText
//	test.hchart.sh/log.NAME    what the container NAME wrote
//
// Claims of the default storage class "standard" get volumes, which go with them. A
// Service of type LoadBalancer gets an address, after test.hchart.sh/after.
//
// The user of UserToken, "limited", may do nothing until a test gives it a role.
package cluster
