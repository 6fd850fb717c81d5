package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// maxSecret bounds passphrases and passwords that are read.
const maxSecret = 64 << 10

// ErrNoTerminal is a secret that should be asked for where nobody can be asked.
var ErrNoTerminal = errors.New("there is no terminal to ask on")

// askSecret asks for a secret on the terminal, which does not show it. The question goes
// to standard error: standard output is the result of the command.
func (f *factory) askSecret(question string) ([]byte, error) {
	in, ok := f.sys.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, ErrNoTerminal
	}
	fmt.Fprint(f.sys.Stderr, question)
	secret, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(f.sys.Stderr)
	return secret, err
}

// readSecret reads a secret from a file, "-" for standard input, which must not be a
// terminal.
func (f *factory) readSecret(path string) ([]byte, error) {
	in := f.sys.Stdin
	if path != "-" {
		file, err := os.Open(f.path(path))
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	} else if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return nil, errors.New("nothing was given on standard input, a terminal shows what is typed")
	}
	secret, err := io.ReadAll(io.LimitReader(in, maxSecret+1))
	if err != nil {
		return nil, err
	}
	if len(secret) > maxSecret {
		return nil, fmt.Errorf("the secret is longer than %d bytes", maxSecret)
	}
	return secret, nil
}

// firstLine returns the first line of a text without its end.
func firstLine(text []byte) []byte {
	_, line, _ := bufio.ScanLines(text, true)
	return line
}
