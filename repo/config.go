package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/yaml"

	own "github.com/hchart/hchart/chart/yaml"
)

// Entry is one repository of repositories.yaml.
type Entry struct {
	// Name is the name that the user gave it, URL where it is.
	Name, URL string
	Access
}

// Config is the content of repositories.yaml.
type Config struct {
	// APIVersion and Generated are what the file says. Nothing depends on them, and
	// files that Helm or hchart began say nothing.
	APIVersion string
	Generated  time.Time
	// Repositories are in the order of the file. Names are unique in files that Get,
	// Set and Remove wrote.
	Repositories []Entry
}

// ConfigError is a repositories.yaml that cannot be read. It is left as it is.
type ConfigError struct {
	Path string
	Err  error
}

func (e *ConfigError) Error() string {
	return fmt.Sprintf("cannot read the list of repositories %s: %v", e.Path, e.Err)
}

func (e *ConfigError) Unwrap() error { return e.Err }

// Get returns the repository with a name.
func (c *Config) Get(name string) (Entry, bool) {
	for _, e := range c.Repositories {
		if e.Name == name {
			return e, true
		}
	}
	return Entry{}, false
}

// Set puts a repository in the place of the one with its name, or behind all others.
func (c *Config) Set(e Entry) {
	for i := range c.Repositories {
		if c.Repositories[i].Name == e.Name {
			c.Repositories[i] = e
			return
		}
	}
	c.Repositories = append(c.Repositories, e)
}

// Remove removes the repositories with a name and reports whether there were any.
func (c *Config) Remove(name string) bool {
	kept := make([]Entry, 0, len(c.Repositories))
	for _, e := range c.Repositories {
		if e.Name != name {
			kept = append(kept, e)
		}
	}
	found := len(kept) < len(c.Repositories)
	c.Repositories = kept
	return found
}

// maxConfig is more than anybody's list of repositories.
const maxConfig = 16 << 20

// ReadConfig reads repositories.yaml. The error for a file that is not there matches
// [fs.ErrNotExist], that for what is no list of repositories is a [*ConfigError].
func ReadConfig(path string) (*Config, error) {
	data, err := readBounded(path, maxConfig)
	if err != nil {
		return nil, &ConfigError{Path: path, Err: err}
	}
	c, err := parseConfig(data)
	if err != nil {
		return nil, &ConfigError{Path: path, Err: err}
	}
	return c, nil
}

// EditConfig changes repositories.yaml: it reads the file, calls edit, and writes what
// has become of it, if anything has, in one step. A file that is not there is empty; one
// that cannot be read stays what it is. Nothing is written if edit returns an error.
//
// Meanwhile it holds the lock that Helm takes, the file repositories.lock, and waits for
// it 30 seconds at most.
func EditConfig(ctx context.Context, path string, edit func(*Config) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	unlock, err := lockFile(ctx, lockPath(path))
	if err != nil {
		return err
	}
	defer unlock()

	c, err := ReadConfig(path)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = &Config{}, nil
	}
	if err != nil {
		return err
	}
	before, err := c.encode()
	if err != nil {
		return err
	}
	if err := edit(c); err != nil {
		return err
	}
	after, err := c.encode()
	if err != nil || bytes.Equal(before, after) {
		return err
	}
	return replaceConfig(path, after)
}

// replaceConfig writes the file that path leads to: a link stays one. Whoever may read
// the file may go on doing so; a new one is the user's alone, for it holds passwords.
func replaceConfig(path string, data []byte) error {
	target, err := followLinks(path)
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	return writeFile(target, data, mode)
}

// followLinks returns what a link leads to at last, also if that is not there yet.
func followLinks(path string) (string, error) {
	const most = 40 // as the system has it
	for range most {
		next, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link; whatever else it is, writing will tell
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return "", &fs.PathError{Op: "readlink", Path: path, Err: errors.New("too many links")}
}

// configFile is repositories.yaml as it is on the disk.
type configFile struct {
	APIVersion   string         `json:"apiVersion"`
	Generated    time.Time      `json:"generated"`
	Repositories []*configEntry `json:"repositories"`
}

type configEntry struct {
	Name                  string `json:"name"`
	URL                   string `json:"url"`
	Username              string `json:"username"`
	Password              string `json:"password"`
	CertFile              string `json:"certFile"`
	KeyFile               string `json:"keyFile"`
	CAFile                string `json:"caFile"`
	InsecureSkipTLSVerify bool   `json:"insecure_skip_tls_verify"`
	PassCredentialsAll    bool   `json:"pass_credentials_all"`
}

func parseConfig(data []byte) (*Config, error) {
	if err := own.CheckAliases(data, maxExpanded); err != nil {
		return nil, err
	}
	var f configFile
	if err := yaml.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	c := &Config{APIVersion: f.APIVersion, Generated: f.Generated}
	if f.Repositories != nil {
		c.Repositories = make([]Entry, 0, len(f.Repositories))
	}
	for _, e := range f.Repositories {
		if e == nil {
			continue
		}
		c.Repositories = append(c.Repositories, Entry{Name: e.Name, URL: e.URL, Access: Access{
			Username: e.Username, Password: e.Password, PassCredentials: e.PassCredentialsAll,
			CertFile: e.CertFile, KeyFile: e.KeyFile, CAFile: e.CAFile,
			InsecureSkipTLSVerify: e.InsecureSkipTLSVerify,
		}})
	}
	return c, nil
}

func (c *Config) encode() ([]byte, error) {
	f := configFile{APIVersion: c.APIVersion, Generated: c.Generated}
	if c.Repositories != nil {
		f.Repositories = make([]*configEntry, 0, len(c.Repositories))
	}
	for _, e := range c.Repositories {
		f.Repositories = append(f.Repositories, &configEntry{
			Name: e.Name, URL: e.URL, Username: e.Username, Password: e.Password,
			CertFile: e.CertFile, KeyFile: e.KeyFile, CAFile: e.CAFile,
			InsecureSkipTLSVerify: e.InsecureSkipTLSVerify, PassCredentialsAll: e.PassCredentials,
		})
	}
	return yaml.Marshal(f)
}
