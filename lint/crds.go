package lint

import (
	"errors"
	"io"
	"io/fs"
	"strings"
)

const crdsDir = "crds/"

func crdsDirValid() Rule { return Rule{"crds-valid", Error, "crds/ is a directory"} }
func crdsLoad() Rule     { return Rule{"crds-load", Error, "the chart of crds/ can be loaded"} }
func crdYAML() Rule      { return Rule{"crd-yaml", Error, "files of crds/ are YAML and no templates"} }

// crdChecks are the rules for the objects in crds/.
func crdChecks() []check[*k8sYamlStruct] {
	return []check[*k8sYamlStruct]{
		{Rule{"crd-api-version", Error, "objects of crds/ are of apiextensions.k8s.io"}, checkCRDAPIVersion},
		{Rule{"crd-kind", Error, "objects of crds/ are CustomResourceDefinitions"}, checkCRDKind},
	}
}

// crds is the last stage.
func (l *linter) crds() {
	isDir, err := l.source.isDir(crdsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return // they are optional
	}
	if err == nil && !isDir {
		err = errors.New("not a directory")
	}
	if !l.add(crdsDirValid(), crdsDir, err) {
		return
	}
	ch, ok := l.load(crdsLoad(), crdsDir, "")
	if !ok {
		return
	}
	for _, crd := range ch.CRDs() {
		if !l.crd(crd.File.Name, string(crd.File.Data)) {
			return
		}
	}
}

// crd looks at the objects of one file. It reports false after YAML that cannot
// be read, which ends the stage.
func (l *linter) crd(name, text string) bool {
	decoder := newObjectDecoder(text)
	for {
		var decoded *k8sYamlStruct
		err := decoder.decode(&decoded)
		if errors.Is(err, io.EOF) {
			return true
		}
		if !l.add(crdYAML(), name, yamlComplaint(err)) {
			return false
		}
		if decoded != nil {
			apply(l, name, decoded, crdChecks())
		}
	}
}

func checkCRDAPIVersion(o *k8sYamlStruct) error {
	if !strings.HasPrefix(o.APIVersion, "apiextensions.k8s.io") {
		return errors.New("apiVersion is not in 'apiextensions.k8s.io'")
	}
	return nil
}

func checkCRDKind(o *k8sYamlStruct) error {
	if o.Kind != "CustomResourceDefinition" {
		return errors.New("object kind is not 'CustomResourceDefinition'")
	}
	return nil
}
