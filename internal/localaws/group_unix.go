//go:build unix

package localaws

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps the terminal's Ctrl-C from the process: who started it also ends it, in order.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends the process and the functions it started; that they are gone already is no error.
func killGroup(pid int) { syscall.Kill(-pid, syscall.SIGKILL) }
