// Package oci talks to registries that keep charts: it pulls and pushes them, lists
// their versions, and logs in and out.
package oci

//go:generate go -C ../../test/orascopy run .
