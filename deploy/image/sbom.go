package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"runtime/debug"
	"sort"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// describe lists what a binary is made of, from what the linker wrote into it, as a CycloneDX bill of materials without
// a serial number or a moment, which would differ each time.
func describe(binary []byte, version string) ([]byte, error) {
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return nil, fmt.Errorf("read what the program is made of: %w", err)
	}
	parts := []cdx.Component{module("stdlib", info.GoVersion[len("go"):], "")}
	for _, m := range append(info.Deps, own()...) {
		if m.Replace != nil {
			m = m.Replace
		}
		parts = append(parts, module(m.Path, m.Version, m.Sum))
	}
	sort.Slice(parts, func(i, j int) bool { return parts[i].PackageURL < parts[j].PackageURL })
	program := module(info.Main.Path, version, "")
	program.Type = cdx.ComponentTypeApplication
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &program}
	bom.Components = &parts
	var b bytes.Buffer
	err = cdx.NewBOMEncoder(&b, cdx.BOMFileFormatJSON).SetPretty(true).Encode(bom)
	return b.Bytes(), err
}

// trustModule is where the roots come from.
const trustModule = "golang.org/x/crypto/x509roots/fallback"

// own is what this command puts into the image itself: the module of the roots.
func own() []*debug.Module {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	for _, m := range info.Deps {
		if m.Path == trustModule {
			return []*debug.Module{m}
		}
	}
	return nil
}

func module(path, version, sum string) cdx.Component {
	url := "pkg:golang/" + path + "@" + version
	c := cdx.Component{BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: url}
	if sum != "" {
		c.Properties = &[]cdx.Property{{Name: "go:sum", Value: sum}}
	}
	return c
}
