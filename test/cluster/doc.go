// Package cluster starts a real control plane of Kubernetes on this machine, for tests:
// etcd, API server, controller manager and scheduler, which are one program built from
// Go modules (test/controlplane), and kwok, which plays the kubelet of one node. No
// container runs; pods go through the states that the files in stages describe.
//
// `make cluster` leaves one running for a person, `make test-cluster` runs the tests
// that need one. Such a test begins with
//
//	c := cluster.Need(t)          // skips where no cluster runs
//	ns := c.CreateNamespace(t)    // deleted when the test ends
//
// A pod becomes ready at once, and one whose restartPolicy is not Always completes, but
// for those with the annotation test.hchart.sh/pod in the pod template:
//
//	slow     ready, or completed, after 3 s
//	fail     its containers end with exit code 1
//	crash    its containers crash again and again (CrashLoopBackOff)
//	pull     its images cannot be pulled (ImagePullBackOff)
//	never    it stays pending
//
// The log of every container is the same few lines, LogText.
package cluster
