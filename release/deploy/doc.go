// Package deploy installs, upgrades, rolls back, uninstalls and tests releases.
//
//	env := deploy.Env{Client: client, Store: secrets.New(client, "default"), Namespace: "default"}
//	rel, err := deploy.Install(ctx, env, "web", ch, vals, deploy.InstallOptions{})
//	rel, err = deploy.Upgrade(ctx, env, "web", ch, vals, deploy.UpgradeOptions{})
//	rel, err = deploy.Rollback(ctx, env, "web", deploy.RollbackOptions{Revision: 1})
//	res, err := deploy.Uninstall(ctx, env, "web", deploy.UninstallOptions{})
//
// Each verb looks at what is there (records, objects), decides, and only then writes. It
// returns a result or a typed error, prints nothing, and ends with its context, a second
// later at most; nothing is written after it has returned.
//
// # What holds at any moment
//
// A process may be killed between any two requests. So:
//
//   - A record names everything before it is made: hooks and custom resource definitions
//     too. (A namespace that --create-namespace asks for is the exception: the record
//     lies in it.)
//   - A new revision becomes deployed before the old one is superseded: there always is a
//     deployed one after the first success.
//   - What an upgrade compares with is all manifests since the last deployed one, so that
//     what a failed or killed revision made is cleaned up.
//   - No revision stays pending: what fails is recorded as failed, and if that cannot be
//     recorded, or the process dies, the next command does it. It knows by the lease.
//
// One Lease for each release lets one command at a time work on it. It is renewed while
// the command runs and deleted when it ends. A Lease that a dead process left behind says
// that its command did not end: the next one takes the Lease over, marks its pending
// revision as failed and goes on. The same command, given again, then ends where the
// first one would have. Records that Helm left pending have no Lease; that Helm still
// runs cannot be ruled out, so they are an error here as they are there.
//
// Records are those of Helm 4.3.1, byte for byte but for times: Helm can take over at any
// revision, and the other way round.
package deploy
