//go:build unix

package main

import (
	"syscall"
	"time"
)

// processor is the processor time this process has used, of all its threads. Unlike the time on the clock it hardly
// depends on what else the machine does.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
