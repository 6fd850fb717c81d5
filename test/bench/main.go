// Bench times whole commands of Helm and of hchart in turn (A B A B …). `make
// bench` runs it.
//
//	bench -helm PATH -hchart PATH [-pairs 7] [-run REGEXP] [-format text|markdown] [-corpus DIR] [-charts DIR]
//
// For each case it prints the medians of wall time, of CPU time (user and
// system) and of the highest memory, and the median of the ratios of the pairs:
// absolute times vary between machines and between hours, the ratio of two runs
// that follow each other hardly does. In the first pair, which like the second
// is not measured, both programs have to print the same bytes.
//
// The charts of the cases are written to a temporary folder, or are those of
// testdata; -corpus adds public charts out of ../shared/conformance, -charts all
// charts of a folder.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// options are the flags.
type options struct {
	helm, hchart   string
	pairs          int
	run            *regexp.Regexp
	markdown       bool
	corpus, charts string
}

func main() {
	var err error
	if len(os.Args) > 1 && os.Args[1] == measureVerb {
		err = measureChild(os.Args[2:])
	} else {
		err = benchmark()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parseFlags() (options, error) {
	var o options
	flag.StringVar(&o.helm, "helm", "helm", "the reference program")
	flag.StringVar(&o.hchart, "hchart", "bin/hchart", "our program")
	flag.IntVar(&o.pairs, "pairs", 7, "measured pairs, after two that are not")
	run := flag.String("run", "", "only cases that match this regular expression")
	format := flag.String("format", "text", "text or markdown")
	flag.StringVar(&o.corpus, "corpus", "", "folder of the unpacked public charts")
	flag.StringVar(&o.charts, "charts", "", "a folder of further charts")
	flag.Parse()
	if *format != "text" && *format != "markdown" || o.pairs < 1 || flag.NArg() > 0 {
		flag.Usage()
		return o, fmt.Errorf("wrong flags")
	}
	o.markdown = *format == "markdown"
	var err error
	if o.run, err = regexp.Compile(*run); err != nil {
		return o, err
	}
	for _, path := range []*string{&o.helm, &o.hchart} { // commands run in other folders
		if filepath.Base(*path) != *path {
			if *path, err = filepath.Abs(*path); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

func benchmark() error {
	o, err := parseFlags()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hchart-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := runner{options: o, home: dir}
	cases, err := r.cases(filepath.Join(dir, "charts"))
	if err != nil {
		return err
	}
	rep := report{markdown: o.markdown}
	rep.head()
	different := 0
	for _, c := range cases {
		res, err := r.bench(c)
		if err != nil {
			return err
		}
		if res.verdict == outputsDiffer {
			different++
		}
		rep.add(c, res)
	}
	rep.foot()
	if different > 0 {
		return fmt.Errorf("the two programs print different things for %d cases", different)
	}
	return nil
}
