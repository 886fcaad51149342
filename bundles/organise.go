package bundles

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/exvet/exvet"
	"github.com/exvet/exvet/internal/jsonnet"
	"github.com/exvet/exvet/internal/orgdata"
)

// organise reads what the organisation says in data beside its rules: its waivers, settings, probes and owners of
// products.
func (b *Bundle) organise(files tree, base string) error {
	organisations, _ := b.Data["org"].(map[string]any)
	own, _ := organisations[strings.TrimPrefix(b.Info.Name, "org/")].(map[string]any)
	const waivers, settings, probes, owners = "waivers", "settings", "probes", "owners"
	root := "/" + b.Info.Name
	source, err := files.places(base, root, waivers, settings, probes, owners)
	if err != nil {
		return err
	}
	if value, ok := own[waivers]; ok {
		if b.Waivers, err = orgdata.Waivers(source, root+"/"+waivers, value); err != nil {
			return err
		}
	}
	if value, ok := own[settings]; ok {
		if b.Info.Settings, err = orgdata.Settings(source, root+"/"+settings, value); err != nil {
			return err
		}
	}
	if value, ok := own[owners]; ok {
		if b.owners, err = orgdata.Owners(source, root+"/"+owners, value); err != nil {
			return err
		}
	}
	if value, ok := own[probes]; ok {
		b.Probes, err = orgdata.Probes(source, root+"/"+probes, strings.TrimPrefix(b.Info.Name, "org/"), value)
	}
	return err
}

// places finds the file and line of everything below the named members of root, a JSON pointer, in the data files.
func (t tree) places(base, root string, members ...string) (orgdata.Source, error) {
	source := orgdata.Source{Name: base, Places: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if stem := strings.TrimSuffix(path.Base(name), path.Ext(name)); stem != "data" {
			continue
		}
		prefix := "" // where the file's value stands in data
		if dir := path.Dir(name); dir != "." {
			prefix = "/" + dir
		}
		wanted := func(pointer string) bool {
			return slices.ContainsFunc(members, func(member string) bool {
				return strings.HasPrefix(prefix+pointer+"/", root+"/"+member+"/")
			})
		}
		if !wanted("") && !strings.HasPrefix(root+"/", prefix+"/") {
			continue
		}
		lines, err := jsonnet.Lines(name, t[name], wanted)
		if err != nil {
			return source, exvet.Refuse("bundle/parse", "%s", base+string(filepath.Separator)+err.Error())
		}
		for pointer, line := range lines {
			source.Places[prefix+pointer] = filepath.Join(base, name) + ":" + strconv.Itoa(line)
		}
	}
	return source, nil
}
