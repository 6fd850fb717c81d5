// Package repos tests repositories on a web server that others wrote, nginx, with hchart and
// Helm taking turns on one home: "make test-repos". Without HCHART_BIN and nginx its tests are
// skipped.
package repos
