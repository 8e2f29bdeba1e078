package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// build writes the OCI layout, the docker archive and the bill of materials of the first platform, and returns the
// digest of the layout's index of platforms.
func build(ctx context.Context, o options) (string, error) {
	at, err := moment()
	if err != nil {
		return "", err
	}
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for i, platform := range o.platforms {
		files, sbom, err := o.files(ctx, platform)
		if err != nil {
			return "", err
		}
		img, err := assemble(files, platform, o.version, at)
		if err != nil {
			return "", err
		}
		system, arch, _ := strings.Cut(platform, "/")
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: system, Architecture: arch}},
		})
		if i > 0 {
			continue
		}
		if err := os.MkdirAll(o.out, 0o755); err != nil { //nolint:gosec // for all to read
			return "", err
		}
		if err := os.WriteFile(filepath.Join(o.out, "sbom.cdx.json"), sbom, 0o644); err != nil { //nolint:gosec // for all to read
			return "", err
		}
		if err := archive(filepath.Join(o.out, "bareme.tar"), img, o.version); err != nil {
			return "", err
		}
	}
	folder := filepath.Join(o.out, "oci")
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if _, err := layout.Write(folder, index); err != nil {
		return "", err
	}
	digest, err := index.Digest()
	return digest.String(), err
}

// assemble makes an image of one layer.
func assemble(files []file, platform, version string, at time.Time) (v1.Image, error) {
	raw, err := layer(files, at)
	if err != nil {
		return nil, err
	}
	one, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img := mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1)
	if img, err = mutate.AppendLayers(img, one); err != nil {
		return nil, err
	}
	system, arch, _ := strings.Cut(platform, "/")
	return mutate.ConfigFile(img, config(img, system, arch, version, at))
}

// config is what an engine needs to know. The Dockerfile says the same.
func config(img v1.Image, system, arch, version string, at time.Time) *v1.ConfigFile {
	c, err := img.ConfigFile()
	if err != nil {
		c = &v1.ConfigFile{}
	}
	c = c.DeepCopy()
	c.OS, c.Architecture, c.Created = system, arch, v1.Time{Time: at}
	c.Config = v1.Config{
		User:       "65532:65532",
		Entrypoint: []string{"/bareme"},
		Cmd:        []string{"run"},
		Env:        []string{"XDG_STATE_HOME=/var/lib"},
		WorkingDir: "/",
		Labels: map[string]string{
			"org.opencontainers.image.title":    "bareme",
			"org.opencontainers.image.version":  version,
			"org.opencontainers.image.licenses": "Apache-2.0",
			"org.opencontainers.image.source":   "https://github.com/bareme/bareme",
		},
	}
	return c
}

func imageName(version string) string { return "bareme:" + strings.TrimPrefix(version, "v") }

// archive is what `docker load` and `podman load` read.
func archive(path string, img v1.Image, version string) error {
	tag, err := name.NewTag(imageName(version))
	if err != nil {
		return fmt.Errorf("-version %q makes no tag: %w", version, err)
	}
	return tarball.WriteToFile(path, tag, img)
}

// moment is when the image says it was made: SOURCE_DATE_EPOCH, as reproducible-builds.org defines it, else the first.
func moment() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		return time.Unix(0, 0).UTC(), nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is not a number of seconds")
	}
	return time.Unix(n, 0).UTC(), nil
}
