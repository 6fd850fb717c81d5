package lint

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release/manifest"
)

func templateYAML() Rule { return Rule{"template-yaml", Error, "rendered text is YAML"} }

// k8sYamlStruct is what is read of a rendered object. Its name, and those of
// its fields' types, can be seen in the errors of decoding, which are Helm's.
type k8sYamlStruct struct {
	APIVersion string `json:"apiVersion"`
	Kind       string
	Metadata   k8sYamlMetadata
}

type k8sYamlMetadata struct {
	Namespace string
	Name      string
}

// object is a rendered object as its checks see it.
type object struct {
	k8sYamlStruct
	// output is the whole rendered file, of which the object is a part.
	output string
	// kubeVersion is the version of Kubernetes that is linted for.
	kubeVersion engine.KubeVersion
}

// objectChecks are the rules for rendered objects.
func objectChecks() []check[*object] {
	return slices.Concat(
		objectNameChecks(),
		objectLifecycleChecks(),
		objectSelectorChecks(),
		objectListChecks(),
	)
}

// objects looks at the objects of one rendered file. It reports false after
// YAML that cannot be read.
func (l *linter) objects(name, output string) bool {
	if l.objectChecks == nil {
		l.objectChecks, l.kubeVersion = objectChecks(), l.capabilities().KubeVersion
	}
	decoder := newObjectDecoder(output)
	for {
		var decoded *k8sYamlStruct
		err := decoder.decode(&decoded)
		if errors.Is(err, io.EOF) {
			return true
		}
		if !l.add(templateYAML(), name, yamlComplaint(manifest.Redact(output, err))) {
			return false
		}
		if decoded != nil {
			apply(l, name, &object{k8sYamlStruct: *decoded, output: output, kubeVersion: l.kubeVersion}, l.objectChecks)
		}
	}
}

func yamlComplaint(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("unable to parse YAML: %w", worded{err})
}
