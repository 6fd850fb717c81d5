package cli

import (
	"fmt"

	"github.com/spf13/pflag"
)

// deprecation is the annotation of flags that go on working with a warning. It
// holds what to do instead.
const deprecation = "hchart-deprecated"

// deprecate hides a flag and has a warning printed where it is used. The means
// that pflag has for it print the warning to standard output.
func deprecate(fs *pflag.FlagSet, name, instead string) {
	flag := fs.Lookup(name)
	flag.Hidden = true
	flag.Annotations = map[string][]string{deprecation: {instead}}
}

// warnDeprecated warns of the flags that were given.
func warnDeprecated(f *factory, fs *pflag.FlagSet) {
	fs.Visit(func(flag *pflag.Flag) {
		for _, instead := range flag.Annotations[deprecation] {
			fmt.Fprintf(f.sys.Stderr, "Flag --%s has been deprecated, %s\n", flag.Name, instead)
		}
	})
}
