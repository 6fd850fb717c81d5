package lint

import (
	"errors"

	"sigs.k8s.io/yaml"
)

func objectListChecks() []check[*object] {
	return []check[*object]{
		{Rule{"object-list", Error, "items of a List do not ask to be kept"}, checkList},
	}
}

// checkList reads the first document of the file, whichever the List is.
func checkList(o *object) error {
	if o.Kind != "List" {
		return nil
	}
	var list struct {
		Items []struct {
			Metadata struct {
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(o.output), &list); err != nil {
		return yamlComplaint(err)
	}
	for _, item := range list.Items {
		if _, ok := item.Metadata.Annotations["helm.sh/resource-policy"]; ok {
			return errors.New("annotation 'helm.sh/resource-policy' within List objects are ignored")
		}
	}
	return nil
}
