package iisconfig

import (
	"context"
	"io/fs"
	"strings"
)

// A Survey is what IIS configuration gives away of the product it serves.
type Survey struct {
	Folders   []Clue // physical path of each application and virtual directory, expanded
	Locations []Clue // path of each <location>
	Headers   []Clue // response headers applications add, "X-FEServer: EX01"
}

// A Clue is one text and its place.
type Clue struct {
	Origin

	Value string
}

// Look surveys a server. The error is an exvet.Missing when applicationHost.config could not be read; other
// files that cannot be read are passed over.
func Look(ctx context.Context, files fs.FS, env Environment) (*Survey, error) {
	b := newBuilder(ctx, files, env)
	host, err := b.host()
	if err != nil {
		return nil, err
	}
	found := &Survey{}
	for _, location := range host.root.each("location") {
		found.Locations = append(found.Locations, Clue{host.origin(location), location.attr("path")})
	}
	for _, s := range b.sites(host) {
		for _, m := range s.mounts {
			found.Folders = append(found.Folders, Clue{m.Origin, m.folder})
			if f, ok := b.webConfig(s, m.path); ok && f != nil {
				found.Headers = append(found.Headers, headers(f)...)
			}
		}
	}
	return found, ctx.Err()
}

func headers(f *file) []Clue {
	var found []Clue
	for _, blocks := range f.byPath() {
		for _, block := range blocks {
			for _, add := range sections([]*node{block.node}, "system.webServer", "httpProtocol", "customHeaders", "add") {
				found = append(found, Clue{f.origin(add), strings.TrimSpace(add.attr("name")) + ": " + add.attr("value")})
			}
		}
	}
	return found
}

// Hosting reads the pools and the applications alone, without what is configured for them. Its error is Read's.
func Hosting(ctx context.Context, files fs.FS, env Environment) ([]Pool, []App, error) {
	b := newBuilder(ctx, files, env)
	host, err := b.host()
	if err != nil {
		return nil, nil, err
	}
	var apps []App
	for _, s := range b.sites(host) {
		apps = append(apps, s.apps...)
	}
	return b.pools(host), apps, ctx.Err()
}
