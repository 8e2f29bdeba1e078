// Command image builds the container image of Barème without a container engine: the program, the roots it trusts, and
// nothing else. The same sources, version and Go give the same bytes.
//
//	go run . -version v1.2.3 -out ../../dist/image                          # OCI layout, docker archive, SBOM
//	go run . -platforms linux/amd64,linux/arm64 -version v1.2.3 -out ...    # for two kinds of machine
//	go run . -rootfs /rootfs                                                # the files alone, for the Dockerfile
//
// It is a module of its own, so that what it requires stays out of the program.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
)

func main() {
	var o options
	platforms := flag.String("platforms", "linux/"+runtime.GOARCH, "what machines to build for, separated by commas")
	flag.StringVar(&o.source, "source", "../..", "the repository")
	flag.StringVar(&o.version, "version", "development", "the version the program tells")
	flag.StringVar(&o.out, "out", "", "the folder to write the image to")
	rootfs := flag.String("rootfs", "", "write the files of the first platform's image to this folder instead")
	flag.Parse()
	o.platforms = strings.Split(*platforms, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, *rootfs)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "image: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, rootfs string) error {
	if rootfs != "" {
		files, _, err := o.files(ctx, o.platforms[0])
		if err != nil {
			return err
		}
		return unpack(files, rootfs)
	}
	if o.out == "" {
		return fmt.Errorf("-out is empty: say where to write the image")
	}
	digest, err := build(ctx, o)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s\n  %s/oci          OCI layout: skopeo copy oci:%[3]s/oci docker://…\n  %[3]s/bareme.tar   docker load -i %[3]s/bareme.tar\n  %[3]s/sbom.cdx.json\n",
		imageName(o.version), digest, o.out)
	return nil
}
