package host

import (
	"fmt"
	"io/fs"
	"syscall"
)

// fileID is the number of a file on its disk and when that last changed, which nobody can set.
func fileID(info fs.FileInfo) string {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return fmt.Sprintf("%d:%d:%d.%09d", stat.Dev, stat.Ino, stat.Ctim.Sec, stat.Ctim.Nsec)
	}
	return ""
}
