package collectors

import (
	"context"
	"io/fs"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/iisconfig"
)

func iis() Collector {
	return define("iis", "Sites, applications, pools and modules of IIS", collectIIS)
}

func collectIIS(ctx context.Context, host exvet.Host) (*iisconfig.Facts, error) {
	files := host.Files()
	return iisconfig.Read(ctx, files, environment(files))
}

// environment finds the folder Windows is installed in: the one that holds IIS's configuration, or else the registry.
func environment(files fs.FS) iisconfig.Environment {
	for _, marker := range []string{"System32/inetsrv/config", "System32/config"} {
		if root := windowsWith(files, marker); root != "" {
			return iisconfig.Environment{SystemRoot: root}
		}
	}
	return iisconfig.Environment{SystemRoot: `C:\Windows`}
}

func windowsWith(files fs.FS, marker string) string {
	drives, _ := fs.ReadDir(files, ".")
	for _, usual := range []bool{true, false} {
		for _, drive := range drives {
			folders, _ := fs.ReadDir(files, drive.Name())
			for _, folder := range folders {
				if strings.EqualFold(folder.Name(), "Windows") != usual || !folder.IsDir() {
					continue
				}
				root := drive.Name() + "/" + folder.Name()
				if _, err := fs.Stat(files, root+"/"+marker); err == nil {
					return exvet.WindowsPath(root)
				}
			}
		}
	}
	return ""
}
