package repo

// charts reads the value of entries.
func (j *jsonScanner) charts(x *Index) {
	j.object(func(key value) {
		name := j.unquoted(key.span)
		if key.kind != isDirect || !isASCII(name) || x.charts[name] != nil {
			j.fail()
			return
		}
		c := &indexChart{}
		x.charts[name] = c
		j.list(func() {
			if b := j.version(); b != nil {
				c.entries = append(c.entries, indexEntry{block: b})
			}
		})
	})
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// jsonFields are the fields of a version.
func jsonFields() []string {
	return []string{
		"name", "version", "type", "appVersion", "description", "home", "icon", "apiVersion", "condition", "tags",
		"kubeVersion", "digest", "checksum", "engine", "tillerVersion", "url", "annotations", "keywords", "sources",
		"urls", "created", "deprecated", "removed", "maintainers", "dependencies",
	}
}

// version reads a version.
func (j *jsonScanner) version() *block {
	if j.at() != '{' {
		j.fail() // null, which Helm passes over
		return nil
	}
	b := &block{start: uint32(j.pos), isJSON: true}
	j.fields(jsonFields(), func(key string) {
		f, _ := fieldOf(key)
		j.field(b, f)
	})
	if j.failed {
		return nil
	}
	b.end = uint32(j.pos)
	b.text = j.text[b.start:b.end]
	b.complete()
	return b
}

func (j *jsonScanner) field(b *block, f field) {
	switch f {
	case fieldTable:
		j.object(func(value) { j.str() })
	case fieldList:
		j.list(func() { j.str() })
	case fieldKeywords:
		b.keywords = j.list(func() { j.str() }).from(b.start)
	case fieldMaintainers:
		j.list(func() {
			b.unsure = b.unsure || j.at() != '{'
			j.fields([]string{"name", "email", "url"}, func(string) { j.str() })
		})
	case fieldDependencies:
		j.list(func() { j.dependency(b) })
	case fieldTruth:
		j.truth()
	default:
		j.words(b, f)
	}
}

func (j *jsonScanner) truth() { j.failIf(!j.word("true") && !j.word("false") && !j.word("null")) }

// words reads a field that is text.
func (j *jsonScanner) words(b *block, f field) {
	v := j.str()
	text := v.span.from(b.start)
	switch f {
	case fieldName:
		b.name, b.unsure = text, b.unsure || v.kind != isDirect
	case fieldVersion:
		b.version, b.unsure = text, b.unsure || v.kind != isDirect || !isASCII(j.unquoted(v.span))
	case fieldType:
		t := j.unquoted(v.span)
		b.unsure = b.unsure || v.kind == isText || t != "" && t != "application" && t != "library"
	case fieldAppVersion:
		b.appVersion = text
	case fieldDescription:
		b.description = text
	case fieldCreated:
		j.failIf(v.kind == isText || v.kind == isDirect && !isTime(j.unquoted(v.span)))
	}
}

func (j *jsonScanner) dependency(b *block) {
	b.unsure = b.unsure || j.at() != '{'
	known := []string{"name", "version", "repository", "condition", "alias", "tags", "enabled", "import-values"}
	j.fields(known, func(key string) {
		switch key {
		case "tags":
			j.list(func() { j.str() })
		case "enabled":
			j.truth()
		case "import-values":
			j.list(func() { j.skip(true) })
		default:
			v := j.str()
			if key == "alias" {
				b.unsure = b.unsure || v.kind == isText || !isAlias(j.unquoted(v.span))
			}
		}
	})
}
