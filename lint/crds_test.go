package lint

import "testing"

func crdCases() []findingCase {
	const crd = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
	return []findingCase{
		{"good CRDs", map[string]string{"crds/a.yaml": crd + "---\n" + crd, "crds/README.md": "x"}, nil},
		{"crds is a file", map[string]string{"crds": "x"}, []string{
			"crds-valid [ERROR] crds/: not a directory"}},
		{"other objects", map[string]string{"crds/a.yaml": configMap}, []string{
			"crd-api-version [ERROR] crds/a.yaml: apiVersion is not in 'apiextensions.k8s.io'",
			"crd-kind [ERROR] crds/a.yaml: object kind is not 'CustomResourceDefinition'"}},
		{"CRD is a template", map[string]string{"crds/a.yaml": "kind: {{ .Values.x }}\n", "crds/b.yaml": configMap}, []string{
			"crd-yaml [ERROR] crds/a.yaml: unable to parse YAML: error converting YAML to JSON: yaml: invalid map key: map[interface {}]interface {}{\".Values.x\":interface {}(nil)}"}},
	}
}

func TestCRDs(t *testing.T) { testFindings(t, crdCases()) }
