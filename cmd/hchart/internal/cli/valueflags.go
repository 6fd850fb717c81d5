package cli

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/repo"
)

// valueFlags are the user's values.
type valueFlags struct {
	files, set, setString, setFile, setJSON, setLiteral []string
}

func (v *valueFlags) add(fs *pflag.FlagSet) {
	fs.StringSliceVarP(&v.files, "values", "f", nil, "YAML file or URL with values, '-' for standard input (repeatable, later files win)")
	fs.StringArrayVar(&v.set, "set", nil, "set values: key1=val1,key2=val2 (repeatable)")
	fs.StringArrayVar(&v.setString, "set-string", nil, "set values that stay strings: key1=val1,key2=val2 (repeatable)")
	fs.StringArrayVar(&v.setFile, "set-file", nil, "set values to the contents of files: key1=path1,key2=path2 (repeatable)")
	fs.StringArrayVar(&v.setJSON, "set-json", nil, `set values written as JSON: key1=json1,key2=json2 or {"key1": json1} (repeatable)`)
	fs.StringArrayVar(&v.setLiteral, "set-literal", nil, "set one value to the text behind the first '=', commas and all (repeatable)")
}

// read merges the user's values.
func (v *valueFlags) read(ctx context.Context, f *factory) (map[string]any, error) {
	vals, err := values.Read(ctx, values.Sources{
		Files: v.files, JSON: v.setJSON, Set: v.set, String: v.setString, File: v.setFile, Literal: v.setLiteral,
		Stdin:    f.sys.Stdin,
		ReadFile: f.readValuesFile,
	})
	// Errors name the file, and a URL may hold a password.
	var file *values.FileError
	if errors.As(err, &file) && strings.Contains(file.Name, "://") {
		file.Name = repo.Redact(file.Name)
		var parse *chart.ParseError
		if errors.As(err, &parse) {
			parse.File = file.Name
		}
	}
	return vals, err
}

// readValuesFile reads a file or URL that -f or --set-file names. As in Helm, what has a
// scheme that nobody downloads from is a path.
func (f *factory) readValuesFile(ctx context.Context, name string) ([]byte, error) {
	if scheme, _, ok := strings.Cut(name, "://"); ok && f.downloadsFrom(scheme) {
		return f.repoClient(true).Get(ctx, name, repo.Access{})
	}
	return os.ReadFile(f.path(name))
}

// downloadsFrom reports whether there is something that gets URLs of a scheme.
func (f *factory) downloadsFrom(scheme string) bool {
	switch scheme {
	case "http", "https", "oci":
		return true
	}
	_, ok := f.pluginGetters()[scheme]
	return ok
}
