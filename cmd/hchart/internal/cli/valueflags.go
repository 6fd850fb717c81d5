package cli

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/chart/values"
)

// valueFlags are the user's values.
type valueFlags struct {
	files, set, setString, setFile, setJSON, setLiteral []string
}

func (v *valueFlags) add(fs *pflag.FlagSet) {
	fs.StringSliceVarP(&v.files, "values", "f", nil, "YAML file with values, '-' for standard input (repeatable, later files win)")
	fs.StringArrayVar(&v.set, "set", nil, "set values: key1=val1,key2=val2 (repeatable)")
	fs.StringArrayVar(&v.setString, "set-string", nil, "set values that stay strings: key1=val1,key2=val2 (repeatable)")
	fs.StringArrayVar(&v.setFile, "set-file", nil, "set values to the contents of files: key1=path1,key2=path2 (repeatable)")
	fs.StringArrayVar(&v.setJSON, "set-json", nil, `set values written as JSON: key1=json1,key2=json2 or {"key1": json1} (repeatable)`)
	fs.StringArrayVar(&v.setLiteral, "set-literal", nil, "set one value to the text behind the first '=', commas and all (repeatable)")
}

// read merges the user's values.
func (v *valueFlags) read(ctx context.Context, f *factory) (map[string]any, error) {
	for _, name := range v.files {
		// Said here and not when the file is read, because errors about a file
		// name it, and a URL may hold a password.
		if err := checkLocal(name); err != nil {
			return nil, err
		}
	}
	return values.Read(ctx, values.Sources{
		Files: v.files, JSON: v.setJSON, Set: v.set, String: v.setString, File: v.setFile, Literal: v.setLiteral,
		Stdin:    f.sys.Stdin,
		ReadFile: f.readValuesFile,
	})
}

// readValuesFile reads a file that -f or --set-file names.
func (f *factory) readValuesFile(_ context.Context, name string) ([]byte, error) {
	if err := checkLocal(name); err != nil {
		return nil, err
	}
	return os.ReadFile(f.path(name))
}

// checkLocal refuses URLs. As in Helm, what has a scheme that nobody downloads
// from is a path.
func checkLocal(name string) error {
	scheme, _, _ := strings.Cut(name, "://")
	switch scheme {
	case "http", "https", "oci":
		if scheme != name {
			return &NotYetError{What: "reading values from a URL", Instead: "download the file and give its path"}
		}
	}
	return nil
}
