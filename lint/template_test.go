package lint

import (
	"strings"
	"testing"
)

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"

// templateCases are charts and what is found in their templates.
func templateCases() []findingCase {
	return []findingCase{
		{"no templates", map[string]string{"templates/_helpers.tpl": ""}, []string{
			"templates-exist [WARNING] templates/: directory does not exist"}},
		{"templates is a file", map[string]string{"templates/_helpers.tpl": "", "templates": "a"}, []string{
			"templates-valid [ERROR] templates/: not a directory"}},
		{"extension", map[string]string{"templates/a.json": "{}", "templates/b.YAML": configMap, "templates/c": ""}, []string{
			"template-extension [ERROR] templates/a.json: file extension '.json' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt",
			"template-extension [ERROR] templates/b.YAML: file extension '.YAML' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"}},
		{"empty output", map[string]string{"templates/a.yaml": "{{ if false }}a: b: c{{ end }}\n  \n"}, nil},
		{"comment", map[string]string{"templates/a.yaml": "# nothing\n"}, nil},
		{"indent", map[string]string{"templates/a.yaml": "\n \n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\n"}, []string{
			"template-indent [WARNING] templates/a.yaml: document starts with an illegal indent: \"  apiVersion: v1\", which may cause parsing problems"}},
		{"long line", map[string]string{"templates/a.yaml": "# " + strings.Repeat("x", 70000) + "\n" + configMap}, []string{
			"template-indent [WARNING] templates/a.yaml: bufio.Scanner: token too long"}},
		{"broken YAML", map[string]string{"templates/a.yaml": "a: b: c\n", "templates/b.json": ""}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: error converting YAML to JSON: yaml: mapping values are not allowed in this context"}},
		{"broken second document", map[string]string{"templates/a.yaml": configMap + "---\na:\n  b: c\n d: e\n"}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: error converting YAML to JSON: yaml: line 2: did not find expected key"}},
		{"text behind the separator", map[string]string{"templates/a.yaml": configMap + "--- x\n" + configMap}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: invalid Yaml document separator: x"}},
		{"wrong type", map[string]string{"templates/a.yaml": "kind: [a]\n"}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go struct field k8sYamlStruct.Kind of type string"}},
		{"wrong type of metadata", map[string]string{"templates/a.yaml": "metadata: a\n"}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field k8sYamlStruct.Metadata of type rules.k8sYamlMetadata"}},
		{"no object", map[string]string{"templates/a.yaml": "a\n"}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type rules.k8sYamlStruct"}},
		{"name", map[string]string{"templates/a.yaml": "kind: ConfigMap\nmetadata: {name: A_b}\n"}, []string{
			"object-name [WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: \"A_b\": metadata.name: Invalid value: \"A_b\": " + wantSubdomain}},
		{"names by kind", map[string]string{"templates/a.yaml": "kind: Service\nmetadata: {name: 1a}\n---\nkind: Namespace\nmetadata: {name: a.b}\n---\n" +
			"kind: Role\nmetadata: {name: \"a:B/c%d\"}\n---\nkind: CertificateSigningRequest\n---\nkind: Secret\nmetadata: {name: a.b-c}\n"}, []string{
			"object-name [WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: \"1a\": metadata.name: Invalid value: \"1a\": " + wantService,
			"object-name [WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: \"a.b\": metadata.name: Invalid value: \"a.b\": must not contain dots",
			"object-name [WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: \"a:B/c%d\": " +
				"[metadata.name: Invalid value: \"a:B/c%d\": may not contain '/', metadata.name: Invalid value: \"a:B/c%d\": may not contain '%']"}},
		{"deprecated", map[string]string{"templates/a.yaml": "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n---\n" +
			"apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n"}, []string{
			"object-deprecated [WARNING] templates/a.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget",
			"object-deprecated [WARNING] templates/a.yaml: extensions/v1beta1 Ingress is deprecated in v1.14+, unavailable in v1.22+; use networking.k8s.io/v1 Ingress"}},
		{"selector", map[string]string{"templates/a.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n", "templates/b.yaml": "kind: DaemonSet\nmetadata: {name: b}\n---\n# matchLabels\n"}, []string{
			"object-selector [ERROR] templates/a.yaml: a Deployment must contain matchLabels or matchExpressions, and \"a\" does not"}},
		{"list", map[string]string{"templates/a.yaml": "kind: List\nmetadata: {name: a}\nitems:\n- metadata:\n    annotations:\n      helm.sh/resource-policy: keep\n"}, []string{
			"object-list [ERROR] templates/a.yaml: annotation 'helm.sh/resource-policy' within List objects are ignored"}},
		{"list of texts", map[string]string{"templates/a.yaml": "kind: List\nmetadata: {name: a}\nitems: [b]\n"}, []string{
			"object-list [ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field .Items of type struct { Metadata struct { Annotations map[string]string } }"}},
		{"JSON", map[string]string{"templates/a.yaml": "{\"kind\": \"A\", \"metadata\": {\"name\": \"a\"}}\n---\n{kind: B, metadata: {name: B}}\n"}, []string{
			"object-name [WARNING] templates/a.yaml: object name does not conform to Kubernetes naming requirements: \"B\": metadata.name: Invalid value: \"B\": " + wantSubdomain}},
		{"broken JSON", map[string]string{"templates/a.yaml": "{\"kind\": \"A\"\n"}, []string{
			"template-yaml [ERROR] templates/a.yaml: unable to parse YAML: unexpected EOF"}},
		{"required and fail", map[string]string{"templates/a.yaml": configMap + "data: {a: {{ required \"a is needed\" .Values.a | quote }}, b: {{ fail \"no\" | quote }}}\n"}, nil},
	}
}

func TestTemplates(t *testing.T) { testFindings(t, templateCases()) }

func TestKubeVersion(t *testing.T) {
	dir := writeChart(t, map[string]string{
		"templates/a.yaml": "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n{{ if semverCompare \"<1.21\" .Capabilities.KubeVersion.Version }}x: [{{ end }}\n",
	})
	for version, want := range map[string]string{
		"v1.20.3": "template-yaml", "v1.21.0": "object-deprecated", "v1.37.0": "object-deprecated",
	} {
		got := lintDir(t, dir, nil, Options{KubeVersion: kubeVersion(t, version)})
		if len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s: got %q, want %s", version, got, want)
		}
	}
}

func TestRenderFailure(t *testing.T) {
	for name, text := range map[string]string{
		"parse error":  "{{ if }}",
		"render error": "{{ .Values.a.b.c }}",
		"no function":  "{{ nothing }}",
	} {
		got := lintDir(t, writeChart(t, map[string]string{"templates/a.yaml": text}), nil, Options{})
		if len(got) != 1 || !strings.HasPrefix(got[0], "templates-render [ERROR] templates/: ") || !strings.Contains(got[0], "web/templates/a.yaml:1") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// Messages of the YAML parser quote values; those of a Secret are not shown.
func TestSecretsAreNotShown(t *testing.T) {
	got := lintDir(t, writeChart(t, map[string]string{
		"templates/a.yaml": "kind: Secret\nmetadata: {name: a}\nstringData:\n  a: *{{ .Values.password }}\n",
	}), map[string]any{"password": "canary"}, Options{})
	if len(got) != 1 || !strings.HasPrefix(got[0], "template-yaml [ERROR] templates/a.yaml: ") || strings.Contains(got[0], "canary") {
		t.Errorf("got %q", got)
	}
}

func TestNotices(t *testing.T) {
	report, err := Run(t.Context(), writeChart(t, map[string]string{
		"templates/a.yaml": configMap + "data: {a: {{ required \"a is needed\" .Values.a | quote }}, b: {{ fail \"no\" | quote }}}\n",
	}), nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Notices) != 2 || report.Notices[0].Message != "a is needed" || report.Notices[1].Function != "fail" {
		t.Errorf("notices %+v", report.Notices)
	}
}
