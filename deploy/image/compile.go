package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// options say what to build.
type options struct {
	source, version, out string
	platforms            []string // "linux/amd64" …
}

// compile builds the program for a platform. Nothing of the machine enters the binary: no path, no moment, no state of
// the working copy.
func (o options) compile(ctx context.Context, platform string) ([]byte, error) {
	system, arch, ok := strings.Cut(platform, "/")
	if !ok || system != "linux" {
		return nil, fmt.Errorf("platform %q is not one of linux/amd64, linux/arm64 …", platform)
	}
	dir, err := os.MkdirTemp("", "bareme-image-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary := filepath.Join(dir, "bareme")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid= -X main.version="+o.version, "-o", binary, "./cmd/sync")
	cmd.Dir = o.source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOOS="+system, "GOARCH="+arch)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("build for %s: %w\n%s", platform, err, said.String())
	}
	return os.ReadFile(binary)
}
