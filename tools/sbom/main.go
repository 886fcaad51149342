// Command sbom writes the bill of materials of a built exvet, in CycloneDX 1.6:
//
//	sbom PROGRAM NOTICE VERSION >BILL
//
// The modules are those the program itself names, so that the bill lists what was linked and nothing else. Their licences are those of
// NOTICE, which a test holds to the texts. The same program gives the same bytes: no time, no serial number, nothing of this machine.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "sbom: want PROGRAM NOTICE VERSION")
		os.Exit(2)
	}
	if err := write(os.Stdout, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// write writes the bill of a program. A module that NOTICE does not name is an error.
func write(to io.Writer, program, notice, version string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return fmt.Errorf("read the modules of the program: %w", err)
	}
	known, err := licences(notice)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	main := component(cdx.ComponentTypeApplication, info.Main.Path, "v"+version, []string{"Apache-2.0"})
	main.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum[:])}}
	properties := []cdx.Property{{Name: "exvet:build:go", Value: info.GoVersion}}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "GOOS", "GOARCH", "CGO_ENABLED":
			properties = append(properties, cdx.Property{Name: "exvet:build:" + setting.Key, Value: setting.Value})
		}
	}
	main.Properties = &properties

	components := []cdx.Component{component(cdx.ComponentTypeLibrary, "std", strings.TrimPrefix(info.GoVersion, "go"), known["Go"])}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		one := component(cdx.ComponentTypeLibrary, module.Path, module.Version, known[module.Path])
		one.Properties = &[]cdx.Property{{Name: "exvet:go.sum", Value: module.Sum}}
		components = append(components, one)
	}
	depends := make([]string, 0, len(components))
	for _, one := range components {
		if len(*one.Licenses) == 0 {
			return fmt.Errorf("%s names no licence of %s, which is linked into %s; run make docs", notice, one.Name, program)
		}
		depends = append(depends, one.BOMRef)
	}

	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &main}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &depends}}
	return cdx.NewBOMEncoder(to, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
}

func component(kind cdx.ComponentType, path, version string, ids []string) cdx.Component {
	purl := "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B") + "?type=module"
	under := make(cdx.Licenses, 0, len(ids))
	for _, id := range ids {
		under = append(under, cdx.LicenseChoice{License: &cdx.License{ID: id}})
	}
	return cdx.Component{BOMRef: purl, Type: kind, Name: path, Version: version, PackageURL: purl, Licenses: &under}
}

// moduleLine is how NOTICE names a module: "- path: licence, licence".
var moduleLine = regexp.MustCompile(`(?m)^- ([^\s:]+): ([A-Za-z0-9., -]+)$`)

// licences reads the SPDX ids of each module, by path, "Go" for Go's own library.
func licences(notice string) (map[string][]string, error) {
	text, err := os.ReadFile(notice)
	if err != nil {
		return nil, err
	}
	known := map[string][]string{}
	for _, line := range moduleLine.FindAllStringSubmatch(string(text), -1) {
		known[line[1]] = strings.Split(line[2], ", ")
	}
	return known, nil
}
