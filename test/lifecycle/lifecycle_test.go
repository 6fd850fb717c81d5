package lifecycle

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hchart/hchart/test/cluster"
	"github.com/hchart/hchart/test/player"
)

// life is a chart of the corpus and what its user gives.
type life struct {
	chart string
	// change is what the upgrade sets; always is set every time.
	change, always string
}

// lives are charts whose pods kwok can play and which render the same every time.
func lives() []life {
	return []life{
		{chart: "prometheus-community+helm-charts/prometheus-nats-exporter", change: "replicaCount=2"},
		{chart: "argoproj+argo-helm/argo-rollouts", change: "podLabels.changed=yes"},
		{chart: "argoproj+argo-helm/argo-workflows", change: "commonLabels.changed=yes"},
		{chart: "argoproj+argo-helm/argocd-image-updater", change: "podLabels.changed=yes"},
		{chart: "bitnami+charts/kibana", change: "commonLabels.changed=yes"},
		{chart: "cert/cert-manager", change: "replicaCount=2"},
		{chart: "hashicorp+vault-helm/hashicorp+vault-helm", change: "injector.replicas=2"},
		{chart: "ingress/ingress-nginx", change: "commonLabels.changed=yes", always: "controller.admissionWebhooks.failurePolicy=Ignore"},
		{chart: "istio/gateway", change: "labels.changed=yes"},
		{chart: "istio/istio-cni", change: "podLabels.changed=yes"},
		{chart: "istio/ztunnel", change: "annotations.changed=yes"},
		{chart: "open-telemetry+opentelemetry-helm-charts/opentelemetry-ebpf", change: "image.tag=x"},
		{chart: "openstack+openstack-helm/fluentbit", change: "images.tags.fluentbit=example.com/x"},
		{chart: "openstack+openstack-helm/kube-dns", change: "images.tags.kube_dns=example.com/x"},
		{chart: "openstack+openstack-helm/openvswitch", change: "images.tags.openvswitch_vswitchd=example.com/x"},
		{chart: "prometheus-community+helm-charts/alertmanager-snmp-notifier", change: "replicaCount=2"},
		{chart: "prometheus-community+helm-charts/prometheus-cloudwatch-exporter", change: "replicaCount=2"},
		{chart: "prometheus-community+helm-charts/prometheus-json-exporter", change: "podLabels.changed=yes"},
		{chart: "prometheus-community+helm-charts/prometheus-statsd-exporter", change: "replicaCount=2"},
		{chart: "sapcc+helm-charts/ping-exporter", change: "replicaCount=2"},
	}
}

func TestLives(t *testing.T) {
	running := cluster.Need(t)
	corpus := os.Getenv("HCHART_CORPUS")
	if corpus == "" {
		t.Skip("no HCHART_CORPUS: `make lifecycle` sets it where the public charts are unpacked")
	}
	hchart, helm4, _ := player.Find(t, running.Kubeconfig)
	c, err := player.Open(running.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lives() {
		t.Run(strings.ReplaceAll(l.chart, "/", "."), func(t *testing.T) {
			t.Parallel()
			l := l
			l.chart = filepath.Join(corpus, filepath.FromSlash(l.chart))
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
			defer cancel()
			// One namespace for both: charts print hashes of texts that name it.
			namespace := running.CreateNamespace(t)
			theirs, err := l.live(ctx, c, helm4, namespace)
			if err != nil { // Helm may miss that a hook of the same name was made anew
				theirs, err = l.live(ctx, c, helm4, namespace)
			}
			if err != nil {
				t.Fatalf("Helm: %v", err)
			}
			ours, err := l.live(ctx, c, hchart, namespace)
			if err != nil {
				t.Fatal(err)
			}
			for i, moment := range theirs {
				if d := player.Diff(moment.text, ours[i].text); d != "" {
					t.Errorf("after %s, with hchart (+) it is not as with Helm (-):\n%s", moment.name, d)
				}
			}
			if theirs[0].text == theirs[1].text {
				t.Errorf("%s changes nothing", l.change)
			}
			if last := theirs[len(theirs)-1]; last.text != "" {
				t.Logf("both leave behind:\n%s", last.text)
			}
		})
	}
}

// moment is what there was after a step.
type moment struct{ name, text string }

// live plays a life and returns its moments. What is left is deleted then.
func (l life) live(ctx context.Context, c *player.Cluster, p *player.Player, namespace string) ([]moment, error) {
	release := "life-" + strings.NewReplacer("+", "-", "_", "-").Replace(filepath.Base(l.chart))
	release = release[:min(len(release), 24)]
	steps := [][]string{
		{"install", release, l.chart},
		{"upgrade", release, l.chart, "--set", l.change},
		{"rollback", release, "1"},
		{"uninstall", release},
	}
	var moments []moment
	defer l.clean(c, namespace, release)
	for _, args := range steps {
		if l.always != "" && len(args) > 2 && args[2] == l.chart {
			args = append(args, "--set", l.always)
		}
		res, err := p.Run(ctx, append(args, "--wait", "--timeout=120s", "-n", namespace)...)
		if err != nil {
			return nil, err
		}
		if res.Exit != 0 {
			return nil, fmt.Errorf("%s", res)
		}
		text, err := look(ctx, c, namespace, release, args[0] == "uninstall")
		if err != nil {
			return nil, err
		}
		moments = append(moments, moment{args[0], text})
	}
	return moments, nil
}

// look returns the objects and the records of a release as text; of what an uninstall
// left, the names.
func look(ctx context.Context, c *player.Cluster, namespace, release string, names bool) (string, error) {
	inside, err := c.Gone(ctx, namespace)
	if err != nil {
		return "", err
	}
	outside, err := mine(ctx, c, namespace, release)
	if err != nil {
		return "", err
	}
	records, err := c.Records(ctx, namespace, "")
	if err != nil {
		return "", err
	}
	if names {
		all := append(inside.Names(), outside.Names()...)
		return strings.ReplaceAll(strings.Join(all, "\n"), namespace, "NS") + player.RecordsText(records, namespace), nil
	}
	return inside.Text(namespace) + outside.Text(namespace) + player.RecordsText(records, namespace), nil
}

// mine returns the objects outside of namespaces that belong to a release: they say so,
// or are named after it, as what hooks make is.
func mine(ctx context.Context, c *player.Cluster, namespace, release string) (player.Objects, error) {
	all, err := c.ClusterSnapshot(ctx)
	if err != nil {
		return nil, err
	}
	own := player.Objects{}
	for name, o := range all {
		if o.BelongsTo(namespace, release) || strings.Contains(o.Name(), release) || strings.Contains(o.Name(), namespace) {
			own[name] = o
		}
	}
	return own, nil
}

// clean deletes what is left.
func (l life) clean(c *player.Cluster, namespace, release string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	// The next life tells if that failed.
	if left, err := mine(ctx, c, namespace, release); err == nil {
		_ = c.Remove(ctx, left)
	}
	if left, err := c.Snapshot(ctx, namespace); err == nil {
		_ = c.Remove(ctx, left)
	}
	_, _ = c.Gone(ctx, namespace)
}
