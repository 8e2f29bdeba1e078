//go:build !unix

package pgtest

import "os/exec"

// unprivileged has nothing to do where there is no root.
func unprivileged(cmd *exec.Cmd, dir string) error {
	cmd.Dir = dir
	return nil
}
