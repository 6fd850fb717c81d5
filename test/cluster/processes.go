package cluster

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// processes are the parts that run.
type processes struct {
	dir   string
	start func(func() error) error
	done  chan struct{}
	cmds  []*exec.Cmd
}

func newProcesses(dir string) *processes {
	done := make(chan struct{})
	return &processes{dir: dir, done: done, start: newStarter(done)}
}

// run starts a part, whose output goes to a file named after it.
func (p *processes) run(program string, args ...string) error {
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("%w; `make controlplane` builds it", err)
	}
	name, _, _ := strings.Cut(filepath.Base(program), "-")
	if !strings.HasPrefix(args[0], "-") {
		name = args[0]
	}
	log, err := os.Create(filepath.Join(p.dir, name+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "HOME="+p.dir)
	cmd.SysProcAttr = attributes()
	if err := p.start(cmd.Start); err != nil {
		return err
	}
	p.cmds = append(p.cmds, cmd)
	return nil
}

// stop ends them at once: there is nothing that they should save.
func (p *processes) stop() {
	if p == nil {
		return
	}
	for i := len(p.cmds) - 1; i >= 0; i-- {
		_ = p.cmds[i].Process.Kill()
	}
	for _, cmd := range p.cmds {
		_ = cmd.Wait()
	}
	p.cmds = nil
	close(p.done)
}

// listeners listen on n free ports of this machine.
func listeners(n int) ([]net.Listener, error) {
	all := make([]net.Listener, 0, n)
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func port(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
