package dependency

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/hchart/hchart/chart"
)

// Digest is the digest of a lock, "sha256:…", as Helm makes it since its version 3: it
// changes with what Chart.yaml declares and with what was chosen. The repositories of
// declared are URLs; aliases have been replaced.
func Digest(declared, locked []*chart.Dependency) (string, error) {
	return digestOf([2][]*chart.Dependency{declared, locked})
}

// DigestHelm2 is the digest that Helm 2 gave a requirements.lock. It knows nothing of
// what was chosen, and repositories are as they were declared.
func DigestHelm2(declared []*chart.Dependency) (string, error) {
	return digestOf(map[string][]*chart.Dependency{"dependencies": declared})
}

func digestOf(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
