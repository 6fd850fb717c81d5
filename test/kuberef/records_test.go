package kuberef

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/configmaps"
	"github.com/hchart/hchart/release/secrets"
)

// answers is an API server that answers each request with the same text.
type answers struct{ contentType, text string }

func (a answers) Do(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {a.contentType}},
		Body: io.NopCloser(strings.NewReader(a.text)),
	}, nil
}

// TestRecordLists: what Kubernetes writes as protobuf is read as what it writes as JSON.
func TestRecordLists(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	infos := serializer.NewCodecFactory(scheme).SupportedMediaTypes()
	write := func(list runtime.Object, contentType string) answers {
		for _, info := range infos {
			if info.MediaType == contentType {
				var b bytes.Buffer
				if err := info.Serializer.Encode(list, &b); err != nil {
					t.Fatal(err)
				}
				return answers{contentType, b.String()}
			}
		}
		t.Fatalf("nothing writes %s", contentType)
		return answers{}
	}
	random := rand.New(rand.NewPCG(4, 2))
	for range 50 {
		s, c := lists(t, random)
		if !reflect.DeepEqual(recordsOf(t, secrets.New(write(s, "application/json"), "")), recordsOf(t, secrets.New(write(s, "application/vnd.kubernetes.protobuf"), ""))) {
			t.Errorf("Secrets differ: %v", s)
		}
		if !reflect.DeepEqual(recordsOf(t, configmaps.New(write(c, "application/json"), "")), recordsOf(t, configmaps.New(write(c, "application/vnd.kubernetes.protobuf"), ""))) {
			t.Errorf("ConfigMaps differ: %v", c)
		}
	}
}

func recordsOf(t *testing.T, store release.Store) []release.Record {
	t.Helper()
	var all []release.Record
	err := store.Records(t.Context(), release.Query{}, release.RecordOptions{}, func(r *release.Record) error {
		all = append(all, *r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("there are no records")
	}
	return all
}

// lists makes the same records as Secrets and as ConfigMaps, with whatever else an object
// may have.
func lists(t *testing.T, random *rand.Rand) (*corev1.SecretList, *corev1.ConfigMapList) {
	s := &corev1.SecretList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "SecretList"}}
	c := &corev1.ConfigMapList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMapList"}}
	left := int64(3)
	s.ListMeta = metav1.ListMeta{ResourceVersion: "5", RemainingItemCount: &left}
	c.ListMeta = s.ListMeta
	for i := range 1 + random.IntN(5) {
		r := &release.Release{
			Name: fmt.Sprintf("web%d", i), Namespace: "here", Version: 1 + random.IntN(300),
			Manifest: strings.Repeat("é\n", random.IntN(5000)), Info: &release.Info{Status: release.Deployed},
		}
		text, err := release.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		seconds, truth := random.Int64N(100), random.IntN(2) == 0
		meta := metav1.ObjectMeta{
			Name: release.Key(r.Name, r.Version), Namespace: "here", ResourceVersion: fmt.Sprint(random.IntN(1 << 30)),
			UID: types.UID(fmt.Sprint(random.Uint64())), Generation: random.Int64(), GenerateName: "web",
			CreationTimestamp:          metav1.NewTime(time.Unix(random.Int64N(1<<31), 0)),
			DeletionGracePeriodSeconds: &seconds, Finalizers: []string{"a/b"},
			Labels:      map[string]string{"owner": "helm", "name": r.Name, "version": fmt.Sprint(r.Version), "status": "deployed", "mine": "", "é": "ü"},
			Annotations: map[string]string{"a": "b"},
			OwnerReferences: []metav1.OwnerReference{
				{APIVersion: "v1", Kind: "Secret", Name: "x", UID: "u", Controller: &truth, BlockOwnerDeletion: &truth},
			},
			ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "helm", FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:data":{}}`)}}},
		}
		s.Items = append(s.Items, corev1.Secret{
			ObjectMeta: meta, Type: "helm.sh/release.v1", Immutable: &truth,
			Data: map[string][]byte{"release": text, "other": {0, 255}, "none": nil},
		})
		c.Items = append(c.Items, corev1.ConfigMap{
			ObjectMeta: meta, Immutable: &truth, BinaryData: map[string][]byte{"b": {0}},
			Data: map[string]string{"release": string(text), "other": "x", "none": ""},
		})
	}
	return s, c
}
