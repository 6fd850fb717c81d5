package kube

import "encoding/json"

// owns reports whether our manager is known to manage all fields that a manifest has, as
// an apply of it would make it do: then nobody has written any of them since (who writes
// a field takes it away from its managers), not even inside a list that is one field to
// the server, such as the rules of a Role. It says no when it is not sure.
func owns(live, target map[string]any, o *Object) bool {
	applied, _ := ours(live)
	entries, _ := lookup(live, "metadata", "managedFields").([]any)
	if applied < 0 || lookup(entries[applied], "apiVersion") != o.APIVersion {
		return false
	}
	fields, ok := lookup(entries[applied], "fieldsV1").(map[string]any)
	if !ok {
		return false
	}
	for k, v := range target {
		switch {
		case k == "apiVersion" || k == "kind" || k == "status":
		case k == "metadata":
			if !ownsMetadata(lookup(fields, "f:metadata"), v) {
				return false
			}
		case k == "stringData" && o.Kind == "Secret" && o.APIVersion == "v1":
			// The server takes it for data, of which covers has seen the values.
		case !ownsField(fields, k, v):
			return false
		}
	}
	return true
}

// ownsMetadata is owns for metadata, most of which belongs to the server.
func ownsMetadata(fields, target any) bool {
	t, _ := target.(map[string]any)
	for _, k := range []string{"labels", "annotations", "finalizers", "ownerReferences"} {
		if !ownsField(fields, k, t[k]) {
			return false
		}
	}
	return true
}

func ownsField(fields any, key string, target any) bool {
	if target == nil {
		return true
	}
	child, ok := lookup(fields, "f:"+key).(map[string]any)
	return ok && ownsValue(child, target)
}

// ownsValue compares a value with the names of the fields below it. A field without any
// is owned as a whole.
func ownsValue(fields map[string]any, target any) bool {
	if len(fields) == 0 {
		return true
	}
	switch t := target.(type) {
	case map[string]any:
		for k, v := range t {
			if !ownsField(fields, k, v) {
				return false
			}
		}
		return true
	case []any:
		for _, item := range t {
			child := ownedItem(fields, item)
			if child == nil || !ownsValue(child, item) {
				return false
			}
		}
		return true
	}
	return false
}

// ownedItem finds the entry of an item of a list: k:{"name":"web"} or v:"word". A field
// of the key that the item leaves out has the server's default.
func ownedItem(fields map[string]any, item any) map[string]any {
	values, isMap := item.(map[string]any)
	if !isMap {
		text, err := json.Marshal(item)
		if err != nil {
			return nil
		}
		child, _ := fields["v:"+string(text)].(map[string]any)
		return child
	}
	for name, child := range fields {
		if len(name) < 2 || name[:2] != "k:" {
			continue
		}
		var key map[string]json.RawMessage
		if json.Unmarshal([]byte(name[2:]), &key) == nil && hasKey(values, key) {
			m, _ := child.(map[string]any)
			return m
		}
	}
	return nil
}

// hasKey reports whether an item has the key's values, and at least one of them itself.
func hasKey(item map[string]any, key map[string]json.RawMessage) bool {
	same := 0
	for k, want := range key {
		v, ok := item[k]
		if !ok {
			continue
		}
		if text, err := json.Marshal(v); err != nil || string(text) != string(want) {
			return false
		}
		same++
	}
	return same > 0
}
