package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/pem"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// user is who the program runs as: the number that distributions of containers have agreed on for nobody in particular.
const user = 65532

// file is one entry of the image, folders first.
type file struct {
	path  string // without a leading slash
	mode  fs.FileMode
	owner int
	body  []byte
}

// files are all of an image's: the program, whom it trusts, and where it may write. Time zones are in the program.
func (o options) files(ctx context.Context, platform string) ([]file, []byte, error) {
	binary, err := o.compile(ctx, platform)
	if err != nil {
		return nil, nil, err
	}
	sbom, err := describe(binary, o.version)
	if err != nil {
		return nil, nil, err
	}
	return []file{
		{path: "etc", mode: fs.ModeDir | 0o755},
		{path: "etc/ssl", mode: fs.ModeDir | 0o755},
		{path: "etc/ssl/certs", mode: fs.ModeDir | 0o755},
		{path: "tmp", mode: fs.ModeDir | fs.ModeSticky | 0o777},
		{path: "usr", mode: fs.ModeDir | 0o755},
		{path: "usr/share", mode: fs.ModeDir | 0o755},
		{path: "usr/share/bareme", mode: fs.ModeDir | 0o755},
		{path: "var", mode: fs.ModeDir | 0o755},
		{path: "var/lib", mode: fs.ModeDir | 0o755},
		{path: "var/lib/bareme", mode: fs.ModeDir | 0o700, owner: user},
		{path: "etc/group", mode: 0o644, body: []byte("root:x:0:\nbareme:x:65532:\n")},
		{path: "etc/passwd", mode: 0o644, body: []byte("root:x:0:0:root:/:/sbin/nologin\nbareme:x:65532:65532:bareme:/var/lib/bareme:/sbin/nologin\n")},
		{path: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, body: trusted()},
		{path: "usr/share/bareme/sbom.cdx.json", mode: 0o644, body: sbom},
		{path: "bareme", mode: 0o755, body: binary},
	}, sbom, nil
}

// trusted are Mozilla's roots, of the release of the module that go.mod names. A root that Mozilla trusts under
// conditions is left out, because a file of certificates cannot state them.
func trusted() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return b.Bytes()
}

// layer is the files as a tar that holds no moment but the given one.
func layer(files []file, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.path, Mode: int64(f.mode.Perm()), Uid: f.owner, Gid: f.owner, ModTime: at, Format: tar.FormatUSTAR}
		if f.mode&fs.ModeSticky != 0 {
			h.Mode |= 0o1000
		}
		if f.mode.IsDir() {
			h.Typeflag, h.Name = tar.TypeDir, f.path+"/"
		} else {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(f.body))
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.body); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}

// unpack writes the files to a folder; who owns them is kept where this user may set it.
func unpack(files []file, dir string) error {
	for _, f := range files {
		path := filepath.Join(dir, f.path)
		if f.mode.IsDir() {
			if err := os.MkdirAll(path, 0o755); err != nil { //nolint:gosec // the mode is set below
				return err
			}
		} else if err := os.WriteFile(path, f.body, 0o600); err != nil {
			return err
		}
		if os.Getuid() == 0 {
			if err := os.Chown(path, f.owner, f.owner); err != nil {
				return err
			}
		}
		if err := os.Chmod(path, f.mode); err != nil { // after the owner, whose change may clear bits; past the umask
			return err
		}
	}
	return nil
}
