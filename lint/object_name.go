package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

func objectNameChecks() []check[*object] {
	return []check[*object]{
		{Rule{"object-name", Warning, "metadata.name is a name that Kubernetes takes"}, checkObjectName},
	}
}

// The texts in which Kubernetes says what a name must look like.
const (
	subdomainForm = `[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`
	labelForm     = `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
	serviceForm   = `[a-z]([-a-z0-9]*[a-z0-9])?`

	wantSubdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
		"and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '" + subdomainForm + "')"
	wantLabel = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
		"and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '" + labelForm + "')"
	wantService = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
		"and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '" + serviceForm + "')"
)

func checkObjectName(o *object) error {
	name := o.Metadata.Name
	var complaints []string
	for _, complaint := range nameComplaints(o.Kind, name) {
		complaint = fmt.Sprintf("metadata.name: Invalid value: %q: %s", name, complaint)
		if !slices.Contains(complaints, complaint) {
			complaints = append(complaints, complaint)
		}
	}
	switch len(complaints) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("object name does not conform to Kubernetes naming requirements: %q: %w", name, errors.New(complaints[0]))
	}
	return fmt.Errorf("object name does not conform to Kubernetes naming requirements: %q: [%s]", name, strings.Join(complaints, ", "))
}

// nameComplaints lists what Kubernetes would object to in the name of an object
// of the kind; most kinds want a DNS subdomain.
func nameComplaints(kind, name string) []string {
	switch strings.ToLower(kind) {
	case "service":
		return labelComplaints(name, isServiceName, wantService)
	case "namespace":
		return namespaceComplaints(name)
	case "certificatesigningrequest":
		return nil
	case "role", "clusterrole", "rolebinding", "clusterrolebinding":
		return pathComplaints(name)
	}
	var complaints []string
	if len(name) > 253 {
		complaints = append(complaints, "must be no more than 253 characters")
	}
	if !isSubdomain(name) {
		complaints = append(complaints, wantSubdomain)
	}
	return complaints
}

func labelComplaints(name string, valid func(string) bool, want string) []string {
	var complaints []string
	if len(name) > 63 {
		complaints = append(complaints, "must be no more than 63 characters")
	}
	if !valid(name) {
		complaints = append(complaints, want)
	}
	return complaints
}

func namespaceComplaints(name string) []string {
	if isSubdomain(name) {
		return labelComplaints(name, isLabel, "must not contain dots")
	}
	return labelComplaints(name, isLabel, wantLabel)
}

// pathComplaints are about names that become a part of a URL's path.
func pathComplaints(name string) []string {
	if name == "." || name == ".." {
		return []string{fmt.Sprintf("may not be '%s'", name)}
	}
	var complaints []string
	for _, part := range []string{"/", "%"} {
		if strings.Contains(name, part) {
			complaints = append(complaints, fmt.Sprintf("may not contain '%s'", part))
		}
	}
	return complaints
}

func isSubdomain(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if !isLabel(label) {
			return false
		}
	}
	return true
}

func isLabel(s string) bool {
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func isServiceName(s string) bool { return isLabel(s) && s[0] >= 'a' }
