package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// api asks the API server, past the proxy.
type api struct {
	server, token string
	rt            http.RoundTripper
}

// do sends a request and decodes the answer into v; false means that there is no such
// thing. A server that asks for patience, as it does for kinds that are new, gets it.
func (a *api) do(ctx context.Context, method, path string, v any) (bool, error) {
	for try := 0; ; try++ {
		there, err := a.once(ctx, method, path, v)
		if !errors.Is(err, errBusy) || try == 20 || ctx.Err() != nil {
			return there, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

var errBusy = errors.New("the server is busy")

func (a *api) once(ctx context.Context, method, path string, v any) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.server+path, nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	resp, err := a.rt.RoundTrip(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	switch {
	case err != nil:
		return false, err
	case resp.StatusCode == http.StatusNotFound:
		return false, nil
	case resp.StatusCode == http.StatusTooManyRequests:
		return false, errBusy
	case resp.StatusCode/100 != 2:
		return false, fmt.Errorf("%s %s: %d: %.500s", method, path, resp.StatusCode, text)
	case v == nil:
		return true, nil
	}
	return true, json.Unmarshal(text, v)
}

// namespaced are the resources that the chart of this package has objects of.
func namespaced(group string) []string {
	core := []string{"configmaps", "secrets", "services", "serviceaccounts", "pods"}
	var all []string
	for _, r := range core {
		all = append(all, "/api/v1/namespaces/NS/"+r)
	}
	for _, r := range []string{
		"apps/v1/deployments", "batch/v1/jobs", "batch/v1/cronjobs", "policy/v1/poddisruptionbudgets",
		"networking.k8s.io/v1/networkpolicies", "rbac.authorization.k8s.io/v1/roles",
		"rbac.authorization.k8s.io/v1/rolebindings", "coordination.k8s.io/v1/leases", group + ".faults.test/v1/widgets",
	} {
		i := strings.LastIndexByte(r, '/')
		all = append(all, "/apis/"+r[:i]+"/namespaces/NS/"+r[i+1:])
	}
	return all
}

// state is what there is of a release: a text for each object, by resource and name,
// and its records.
type state struct {
	objects map[string]string
	records []*record
}

// observe reads the state of a case.
func (a *api) observe(ctx context.Context, at place) (*state, error) {
	s := &state{objects: map[string]string{}}
	for _, path := range namespaced(at.group) {
		var list struct{ Items []map[string]any }
		if _, err := a.do(ctx, http.MethodGet, strings.Replace(path, "NS", at.namespace, 1), &list); err != nil {
			return nil, err
		}
		resource := path[strings.LastIndexByte(path, '/')+1:]
		for _, o := range list.Items {
			if err := s.add(resource, o, at); err != nil {
				return nil, err
			}
		}
	}
	for resource, path := range map[string]string{
		"namespaces":   "/api/v1/namespaces/" + at.namespace + "-extra",
		"elsewhere":    "/api/v1/namespaces/" + at.namespace + "-extra/configmaps/elsewhere",
		"clusterroles": "/apis/rbac.authorization.k8s.io/v1/clusterroles/" + at.namespace,
		"definitions":  definitions + at.definition(),
	} {
		var o map[string]any
		there, err := a.do(ctx, http.MethodGet, path, &o)
		if err != nil {
			return nil, err
		}
		if there {
			if err := s.add(resource, o, at); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(s.records, func(a, b *record) int { return a.Version - b.Version })
	return s, nil
}

// add notes an object, unless the cluster itself has made it.
func (s *state) add(resource string, o map[string]any, at place) error {
	meta, _ := o["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if o["type"] == recordType {
		text, err := json.Marshal(o)
		if err != nil {
			return err
		}
		var sec secret
		if err := json.Unmarshal(text, &sec); err != nil {
			return err
		}
		r, err := decodeRecord(&sec)
		if err != nil {
			return err
		}
		s.records = append(s.records, r)
		return nil
	}
	if meta["ownerReferences"] != nil || resource == "configmaps" && name == "kube-root-ca.crt" ||
		resource == "serviceaccounts" && name == "default" {
		return nil
	}
	normalise(resource, o, meta)
	text, err := json.MarshalIndent(o, "", " ")
	if err != nil {
		return err
	}
	s.objects[resource+"/"+at.hide(name)] = at.hide(string(text))
	return nil
}

// normalise takes out of an object what differs between two that are the same.
func normalise(resource string, o, meta map[string]any) {
	for _, key := range []string{"uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"} {
		delete(meta, key)
	}
	if annotations, ok := meta["annotations"].(map[string]any); ok {
		delete(annotations, "deployment.kubernetes.io/revision")
	}
	delete(o, "status")
	spec, _ := o["spec"].(map[string]any)
	switch resource {
	case "pods", "jobs", "leases":
		// Their names and uids are in many places. That they are there is enough.
		delete(o, "spec")
		delete(meta, "labels")
		delete(meta, "finalizers")
	case "services":
		delete(spec, "clusterIP")
		delete(spec, "clusterIPs")
	}
}

// compare says how a state differs from the one that it should be.
func (s *state) compare(want *state, at place) []Violation {
	var all []Violation
	var missing, extra []string
	for _, name := range slices.Sorted(maps.Keys(want.objects)) {
		switch got, ok := s.objects[name]; {
		case !ok:
			missing = append(missing, name)
		case got != want.objects[name]:
			all = append(all, Violation{"I3", name + " differs: " + difference(got, want.objects[name])})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.objects)) {
		if _, ok := want.objects[name]; !ok {
			extra = append(extra, name)
		}
	}
	if missing != nil {
		all = append(all, Violation{"I3", "missing: " + strings.Join(missing, ", ")})
	}
	if extra != nil {
		all = append(all, Violation{"I4", "there and should not be: " + strings.Join(extra, ", ")})
	}
	if got, expected := summary(s.records, at), summary(want.records, at); got != expected {
		all = append(all, Violation{"I3", "the records say " + difference(got, expected)})
	}
	return all
}

// summary is what two histories of the same release must have in common: how the last
// revision stands, what it has, and that no other is deployed or pending.
func summary(records []*record, at place) string {
	if len(records) == 0 {
		return "nothing"
	}
	last := records[len(records)-1]
	config, err := json.Marshal(last.Config)
	if err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("%s\n%s %s\n%s\n%s", last.Info.Status, last.Chart.Metadata.Name, last.Chart.Metadata.Version, config, last.Manifest)
	for _, h := range last.Hooks {
		text += "\n" + h.Kind + "/" + h.Name
	}
	for _, r := range records[:len(records)-1] {
		if s := r.Info.Status; s == "deployed" || unfinished(s) {
			text += fmt.Sprintf("\nan earlier revision is %s", s)
		}
	}
	return at.hide(text)
}

// unfinished tells the statuses that no command may leave.
func unfinished(status string) bool {
	return strings.HasPrefix(status, "pending-") || status == "uninstalling"
}

// difference is the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			return fmt.Sprintf("%q, not %q", strings.TrimSpace(a), strings.TrimSpace(b))
		}
	}
	return "nothing"
}
