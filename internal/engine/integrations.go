package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/exvet/exvet"
)

// A product is what the policies and the organisation know of a product's name.
type product struct {
	Vendor     string `json:"vendor"`
	Version    string `json:"version"`    // as configuration states it, or ""
	Confidence string `json:"confidence"` // of the fingerprint: "high", "medium", "low" or "unverified"; "certain" of a setting
	Class      string `json:"class"`      // "security" or ""
}

// An owner is who answers for the products whose name is like a glob.
type owner struct {
	Product string `json:"product"`
	Owner   string `json:"owner"`
}

// known is what names of products mean.
type known struct {
	products map[string]product
	owners   []owner
}

// A group is the findings of one integration while they are gathered.
type group struct {
	entry    exvet.Integration
	files    map[string]bool
	folders  map[string]bool
	versions map[string]bool
	signers  map[string]bool
	findings []*exvet.Finding
	joined   bool // a part of it was attributed by its folder alone
}

// integrations folds findings of every stance, waived ones too, into one entry for each product: those the policies
// attribute to one; those whose file a valid signature names; those whose file lies in the folder of one of these. The
// rest is one entry for each folder of files, and one for what names no file. Worst stance first, what has no name last.
func integrations(results []exvet.Result, names known, facts clues) []exvet.Integration {
	groups := gather(results, facts)
	list := make([]exvet.Integration, 0, len(groups))
	for _, g := range groups {
		list = append(list, g.conclude(names, facts))
	}
	slices.SortFunc(list, func(a, b exvet.Integration) int {
		return cmp.Or(rank(a.Stance)-rank(b.Stance), last(a.Product)-last(b.Product), cmp.Compare(a.Product, b.Product),
			last(a.Signer)-last(b.Signer), cmp.Compare(a.Signer, b.Signer), last(a.File)-last(b.File), cmp.Compare(a.File, b.File))
	})
	return list
}

// gather sorts findings into groups, in no order.
func gather(results []exvet.Result, facts clues) map[string]*group {
	groups := map[string]*group{}
	for i := range results {
		result := &results[i]
		for j := range result.Findings {
			finding := &result.Findings[j]
			file := facts.files[finding.Binary]
			at := facts.group(finding, file)
			if groups[at] == nil {
				groups[at] = &group{
					entry: exvet.Integration{Product: finding.Integration, Stance: result.Stance},
					files: map[string]bool{}, folders: map[string]bool{}, versions: map[string]bool{}, signers: map[string]bool{},
				}
			}
			groups[at].add(result, finding, file, facts.folder(finding.Binary))
		}
	}
	join(groups)
	return groups
}

// group tells findings of one integration from those of another.
func (c clues) group(finding *exvet.Finding, file fileClue) string {
	switch {
	case finding.Integration != "":
		return "product:" + finding.Integration
	case file.signed():
		return "signer:" + file.signer() + "\x00" + file.Version.Product
	case finding.Binary == "":
		return ""
	}
	if folder := c.folder(finding.Binary); folder != "" {
		return "folder:" + folder
	}
	return "file:" + finding.Binary
}

func (g *group) add(result *exvet.Result, finding *exvet.Finding, file fileClue, folder string) {
	if rank(result.Stance) < rank(g.entry.Stance) {
		g.entry.Stance = result.Stance
	}
	g.entry.Methods = append(g.entry.Methods, exvet.Method{Rule: result.ID, Stance: result.Stance, Subject: finding.Subject})
	g.findings = append(g.findings, finding)
	if finding.Binary == "" {
		return
	}
	g.files[finding.Binary] = true
	if folder != "" {
		g.folders[folder] = true
	}
	if version := cmp.Or(file.Version.ProductVersion, file.Version.FileVersion); version != "" {
		g.versions[version] = true
	}
	if file.signed() {
		g.signers[file.signer()] = true
		if g.entry.Product == "" {
			g.entry.Product = file.Version.Product
		}
	}
}

// join adds what is known by its folder alone to the product that has a file in this folder, if there is just one.
func join(groups map[string]*group) {
	owners := map[string][]string{}
	for _, at := range slices.Sorted(maps.Keys(groups)) {
		if g := groups[at]; g.entry.Product != "" || len(g.signers) > 0 {
			for folder := range g.folders {
				owners[folder] = append(owners[folder], at)
			}
		}
	}
	for at, g := range groups {
		folder, ok := strings.CutPrefix(at, "folder:")
		if !ok || len(owners[folder]) != 1 {
			continue
		}
		into := groups[owners[folder][0]]
		if rank(g.entry.Stance) < rank(into.entry.Stance) {
			into.entry.Stance = g.entry.Stance
		}
		into.entry.Methods = append(into.entry.Methods, g.entry.Methods...)
		into.findings = append(into.findings, g.findings...)
		maps.Copy(into.files, g.files)
		maps.Copy(into.versions, g.versions)
		into.joined = true
		delete(groups, at)
	}
}

// conclude makes the entry of a group.
func (g *group) conclude(names known, facts clues) exvet.Integration {
	entry := g.entry
	slices.SortFunc(entry.Methods, func(a, b exvet.Method) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Subject, b.Subject))
	})
	entry.Methods = slices.Compact(entry.Methods)
	entry.Files, entry.Folders = sortedKeys(g.files), sortedKeys(g.folders)
	entry.Version, entry.Signer = cmp.Or(listed(g.versions), names.products[entry.Product].Version), listed(g.signers)
	if entry.Product == "" && entry.Signer == "" && len(entry.Files) > 0 {
		entry.File = entry.Files[0]
	}
	entry.Vendor = cmp.Or(names.products[entry.Product].Vendor, entry.Signer)
	entry.Class, entry.Confidence = names.products[entry.Product].Class, g.confidence(names)
	entry.Owner = names.owner(entry)
	g.parts(&entry, facts)
	g.waivers(&entry)
	return entry
}

// confidence says how sure it is that the product is the one named. A name alone is a claim; a signature proves the vendor.
func (g *group) confidence(names known) string {
	fingerprint, printed := names.products[g.entry.Product]
	switch {
	case g.entry.Product == "" && len(g.signers) == 0:
		return "none"
	case len(g.files) == 0 && fingerprint.Confidence == "certain":
		return "certain"
	case len(g.signers) == 0 && printed && fingerprint.Confidence == "high":
		return "likely"
	case len(g.signers) == 0:
		return "unverified"
	case printed && !slices.ContainsFunc(slices.Collect(maps.Keys(g.signers)), func(signer string) bool {
		return sameVendor(signer, fingerprint.Vendor)
	}):
		return "unverified" // signed by somebody else than the product's vendor
	case g.joined || g.entry.Product == "":
		return "likely"
	}
	return "certain"
}

// waivers counts what is waived, and names the waiver that ends first where everything is.
func (g *group) waivers(entry *exvet.Integration) {
	var first *exvet.Waiver
	for _, finding := range g.findings {
		if finding.Waiver == nil {
			continue
		}
		entry.Waived++
		if first == nil || finding.Waiver.Expires < first.Expires {
			first = finding.Waiver
		}
	}
	if entry.Waived == len(g.findings) {
		entry.Waiver = first
	}
}

// owner is who answers for a product, by the first row whose glob matches its name, its vendor or its file.
func (k known) owner(entry exvet.Integration) string {
	for _, row := range k.owners {
		for _, name := range []string{entry.Product, entry.Vendor, entry.Signer, entry.File} {
			if name != "" && exvet.Like(row.Product, name) {
				return row.Owner
			}
		}
	}
	return ""
}

// listed writes a few texts as one.
func listed(texts map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(texts)), ", ") }

func last(name string) int {
	if name == "" {
		return 1
	}
	return 0
}
