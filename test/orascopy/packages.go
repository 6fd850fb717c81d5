package main

// The packages that hchart uses. Importing them keeps them in go.mod, where tools
// that look for known holes see the version of the copy.
import (
	_ "oras.land/oras-go/v2/content"
	_ "oras.land/oras-go/v2/errdef"
	_ "oras.land/oras-go/v2/registry"
	_ "oras.land/oras-go/v2/registry/remote"
	_ "oras.land/oras-go/v2/registry/remote/auth"
	_ "oras.land/oras-go/v2/registry/remote/credentials"
	_ "oras.land/oras-go/v2/registry/remote/errcode"
	_ "oras.land/oras-go/v2/registry/remote/retry"
)
