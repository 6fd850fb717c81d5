package release

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/hchart/hchart/chart"
)

// Status says where a revision stands.
type Status string

// The statuses, by the names that records have.
const (
	Unknown         Status = "unknown"
	Deployed        Status = "deployed"
	Uninstalled     Status = "uninstalled"
	Superseded      Status = "superseded"
	Failed          Status = "failed"
	Uninstalling    Status = "uninstalling"
	PendingInstall  Status = "pending-install"
	PendingUpgrade  Status = "pending-upgrade"
	PendingRollback Status = "pending-rollback"
)

// IsPending reports whether an operation is, or was when it was killed, under way.
func (s Status) IsPending() bool {
	return s == PendingInstall || s == PendingUpgrade || s == PendingRollback
}

// The ways objects were applied, as records name them. A record without one was made
// by Helm 3, which applied on the client's side.
const (
	ServerSide = "ssa"
	ClientSide = "csa"
)

// Release is one revision of a release. Its JSON is that of Helm's records.
type Release struct {
	Name string `json:"name,omitempty"`
	Info *Info  `json:"info,omitempty"`
	// Chart is the chart that was installed, with its templates and files and
	// without its subcharts.
	Chart *chart.Chart `json:"chart,omitempty"`
	// Config are the values that the user gave.
	Config map[string]any `json:"config,omitempty"`
	// Manifest is what was rendered, hooks left out.
	Manifest string  `json:"manifest,omitempty"`
	Hooks    []*Hook `json:"hooks,omitempty"`
	// Version is the revision, counted from 1.
	Version   int    `json:"version,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	// Labels are the user's labels of the record; the store keeps them beside it.
	Labels map[string]string `json:"-"`
	// ApplyMethod is ServerSide, ClientSide or empty, which means ClientSide.
	ApplyMethod string `json:"apply_method,omitempty"`
}

// IsServerSide reports whether the objects were applied by the server.
func (r *Release) IsServerSide() bool { return r.ApplyMethod == ServerSide }

// SetStatus sets the status and the description of the revision.
func (r *Release) SetStatus(status Status, description string) {
	r.Info.Status = status
	r.Info.Description = description
}

// Clone returns a copy whose Info, Hooks and Labels may be changed without changing
// those of r. Chart and Config are shared.
func (r *Release) Clone() *Release {
	c := *r
	if r.Info != nil {
		info := *r.Info
		c.Info = &info
	}
	c.Hooks = make([]*Hook, len(r.Hooks))
	for i, h := range r.Hooks {
		hook := *h
		c.Hooks[i] = &hook
	}
	if r.Hooks == nil {
		c.Hooks = nil
	}
	if r.Labels != nil {
		c.Labels = make(map[string]string, len(r.Labels))
		for k, v := range r.Labels {
			c.Labels[k] = v
		}
	}
	return &c
}

// Info is what is known of a revision beside what was rendered.
type Info struct {
	FirstDeployed time.Time `json:"first_deployed,omitzero"`
	LastDeployed  time.Time `json:"last_deployed,omitzero"`
	// Deleted is when the release was uninstalled.
	Deleted     time.Time `json:"deleted,omitzero"`
	Description string    `json:"description,omitempty"`
	Status      Status    `json:"status,omitempty"`
	// RollbackRevision is the revision that was rolled back to, 0 for none.
	RollbackRevision int `json:"rollback_revision,omitempty"`
	// Notes is the text of NOTES.txt.
	Notes string `json:"notes,omitempty"`
	// Resources are the live objects by kind, which `status` fills in. They are
	// never stored.
	Resources map[string][]map[string]any `json:"resources,omitempty"`
}

// UnmarshalJSON takes an empty string for a time that is not there, which records of
// Helm 3 have.
func (i *Info) UnmarshalJSON(data []byte) error {
	type plain Info
	var raw struct {
		*plain
		FirstDeployed maybeTime       `json:"first_deployed"`
		LastDeployed  maybeTime       `json:"last_deployed"`
		Deleted       maybeTime       `json:"deleted"`
		Resources     json.RawMessage `json:"resources"`
	}
	raw.plain = (*plain)(i)
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	i.FirstDeployed = time.Time(raw.FirstDeployed)
	i.LastDeployed = time.Time(raw.LastDeployed)
	i.Deleted = time.Time(raw.Deleted)
	return nil
}

// Hook is a hook of a release and how its last run went.
type Hook struct {
	Name string `json:"name,omitempty"`
	Kind string `json:"kind,omitempty"`
	// Path is the template it came from: "chart/templates/job.yaml".
	Path     string   `json:"path,omitempty"`
	Manifest string   `json:"manifest,omitempty"`
	Events   []string `json:"events,omitempty"`
	LastRun  HookRun  `json:"last_run"`
	// Weight orders the hooks of an event, lightest first.
	Weight            int      `json:"weight,omitempty"`
	DeletePolicies    []string `json:"delete_policies,omitempty"`
	OutputLogPolicies []string `json:"output_log_policies,omitempty"`
}

// HasEvent reports whether the hook runs at event.
func (h *Hook) HasEvent(event string) bool { return slices.Contains(h.Events, event) }

// HookRun is a run of a hook.
type HookRun struct {
	StartedAt   time.Time `json:"started_at,omitzero"`
	CompletedAt time.Time `json:"completed_at,omitzero"`
	Phase       Phase     `json:"phase"`
}

// UnmarshalJSON takes an empty string for a time that is not there.
func (r *HookRun) UnmarshalJSON(data []byte) error {
	var raw struct {
		StartedAt   maybeTime `json:"started_at"`
		CompletedAt maybeTime `json:"completed_at"`
		Phase       Phase     `json:"phase"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*r = HookRun{StartedAt: time.Time(raw.StartedAt), CompletedAt: time.Time(raw.CompletedAt), Phase: raw.Phase}
	return nil
}

// Phase is how far the run of a hook came; empty before the first.
type Phase string

// The phases, by the names that records have.
const (
	PhaseUnknown   Phase = "Unknown"
	PhaseRunning   Phase = "Running"
	PhaseSucceeded Phase = "Succeeded"
	PhaseFailed    Phase = "Failed"
)

// maybeTime is a time that may be written as null or "".
type maybeTime time.Time

func (t *maybeTime) UnmarshalJSON(data []byte) error {
	if string(data) == `""` || string(data) == "null" {
		return nil
	}
	return (*time.Time)(t).UnmarshalJSON(data)
}
