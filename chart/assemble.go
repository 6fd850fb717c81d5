package chart

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
)

// Names that mean something at the root of a chart.
const (
	chartFile        = "Chart.yaml"
	lockFile         = "Chart.lock"
	valuesFile       = "values.yaml"
	schemaFile       = "values.schema.json"
	requirementsFile = "requirements.yaml"
	requirementsLock = "requirements.lock"
	templatesDir     = "templates/"
	chartsDir        = "charts/"
)

// chart makes the root chart out of its files.
func (l *loader) chart(files []*File) (*Chart, error) {
	c, err := l.assemble(files, "")
	if err != nil {
		return nil, err
	}
	c.Warnings = l.warnings
	return c, nil
}

// assemble makes a chart out of its files and those of its subcharts; at is the
// path of the chart below the root, "" or ending in a slash.
func (l *loader) assemble(files []*File, at string) (*Chart, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	c := &Chart{Raw: files}
	if err := l.readMetadata(c, at); err != nil {
		return nil, err
	}
	var subcharts map[string][]*File
	for _, f := range files {
		if strings.HasPrefix(f.Name, chartsDir) && path.Ext(f.Name) != ".prov" {
			if subcharts == nil {
				subcharts = map[string][]*File{}
			}
			entry, _, _ := strings.Cut(f.Name[len(chartsDir):], "/")
			subcharts[entry] = append(subcharts[entry], f)
			continue
		}
		if err := l.place(c, f, at); err != nil {
			return nil, err
		}
	}
	if c.Metadata == nil {
		return nil, ErrMissingChartYAML
	}
	c.Metadata.sanitize()
	if err := c.Metadata.check(); err != nil {
		return nil, err
	}
	// Helm's order is that of a Go map; sorted is one of those.
	for _, entry := range slices.Sorted(maps.Keys(subcharts)) {
		if entry != "" && (entry[0] == '_' || entry[0] == '.') {
			continue
		}
		sub, err := l.subchart(entry, subcharts[entry], at+chartsDir+entry)
		if err != nil {
			return nil, &SubchartError{Entry: entry, Parent: c.Name(), Err: err}
		}
		c.AddDependency(sub)
	}
	return c, nil
}

// readMetadata reads Chart.yaml before anything else, because what other files
// mean depends on its apiVersion. An archive with several has their keys laid
// over each other; the first says whether we can read the chart at all.
func (l *loader) readMetadata(c *Chart, at string) error {
	for _, f := range c.Raw {
		if f.Name != chartFile {
			continue
		}
		first := c.Metadata == nil
		if first {
			c.Metadata = &Metadata{}
		}
		if err := decodeStruct(at+chartFile, f.Data, c.Metadata); err != nil {
			return err
		}
		if c.Metadata.APIVersion == "" {
			// Helm 2 did not ask for one.
			c.Metadata.APIVersion = APIVersionV1
		}
		// Subcharts of other versions are read as v2, as Helm does.
		if v := c.Metadata.APIVersion; first && at == "" && v != APIVersionV1 && v != APIVersionV2 {
			return &UnsupportedError{APIVersion: v}
		}
		c.ModTime = f.ModTime
	}
	return nil
}

// place puts a file that belongs to no subchart where it belongs.
func (l *loader) place(c *Chart, f *File, at string) error {
	switch f.Name {
	case chartFile:
		return nil
	case lockFile:
		return readLock(c, f, at)
	case valuesFile:
		return l.readValues(c, f, at)
	case schemaFile:
		c.Schema, c.SchemaModTime = f.Data, f.ModTime
		return nil
	case requirementsFile, requirementsLock:
		return l.placeRequirements(c, f, at)
	}
	if strings.HasPrefix(f.Name, templatesDir) {
		c.Templates = append(c.Templates, f)
	} else {
		c.Files = append(c.Files, f)
	}
	return nil
}

// placeRequirements reads the files that declared dependencies in v1, and are
// still read in v2.
func (l *loader) placeRequirements(c *Chart, f *File, at string) error {
	if c.Metadata == nil {
		c.Metadata = &Metadata{}
	}
	if c.Metadata.APIVersion != APIVersionV1 {
		what, where := "Dependencies are handled", chartFile
		if f.Name == requirementsLock {
			what, where = "Dependency locking is handled", lockFile
		}
		l.warn("%s%s: %s in %s since apiVersion \"v2\"; we recommend moving it there", at, f.Name, what, where)
	}
	var err error
	if f.Name == requirementsFile {
		err = decodeStruct(at+f.Name, f.Data, c.Metadata)
	} else {
		err = readLock(c, f, at)
	}
	if err != nil {
		return err
	}
	if c.Metadata.APIVersion == APIVersionV1 {
		c.Files = append(c.Files, f)
	}
	return nil
}

func readLock(c *Chart, f *File, at string) error {
	c.Lock = &Lock{}
	return decodeStruct(at+f.Name, f.Data, &c.Lock)
}

func (l *loader) readValues(c *Chart, f *File, at string) error {
	values, err := l.shared.values(f.Data)
	if err != nil {
		var parse *ParseError
		if errors.As(err, &parse) {
			parse.File = at + f.Name
		}
		return err
	}
	c.Values = values
	return nil
}

// subchart makes the chart of one entry of charts/, whose files still have
// their names in the parent.
func (l *loader) subchart(entry string, files []*File, at string) (*Chart, error) {
	if path.Ext(entry) == ".tgz" {
		f := files[0]
		if f.Name != chartsDir+entry {
			return nil, &ArchiveError{Entry: f.Name, Reason: "is a directory where an archive is expected"}
		}
		return l.nestedArchive(f, at+"/")
	}
	prefix := len(chartsDir) + len(entry) + 1
	own := make([]*File, 0, len(files))
	copies := make([]File, len(files))
	for i, f := range files {
		if len(f.Name) < prefix {
			continue // a file in charts/, not in a folder
		}
		copies[i] = File{Name: f.Name[prefix:], Data: f.Data, ModTime: f.ModTime}
		own = append(own, &copies[i])
	}
	return l.assemble(own, at+"/")
}

// ReadMetadata reads a Chart.yaml by itself. It fills in no defaults and checks
// no rules: see [Metadata.Validate] for those. The error is a *ParseError.
func ReadMetadata(data []byte) (*Metadata, error) {
	m := &Metadata{}
	if err := decodeStruct(chartFile, data, m); err != nil {
		return nil, err
	}
	return m, nil
}
