//go:build !linux

package host

import "io/fs"

// fileID is the number of a file on its disk, which is not asked for here.
func fileID(fs.FileInfo) string { return "" }
