// Command gendoc writes what is generated from the shapes of the model file: its JSON Schema and the configuration
// reference. The part of the reference about environment settings is kept as it is: the program that reads them writes
// it.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"

	"github.com/bareme/bareme/modelfile"
)

func main() {
	schema := flag.String("schema", "", "write the JSON Schema to this file")
	reference := flag.String("reference", "", "write the configuration reference to this file")
	flag.Parse()
	if err := run(*schema, *reference); err != nil {
		fmt.Fprintln(os.Stderr, "gendoc:", err)
		os.Exit(1)
	}
}

func run(schema, reference string) error {
	if schema != "" {
		data, err := modelfile.Schema()
		if err != nil {
			return err
		}
		if err := os.WriteFile(schema, data, 0o600); err != nil {
			return err
		}
	}
	if reference == "" {
		return nil
	}
	old, err := os.ReadFile(reference)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	fresh := modelfile.Reference(nil)
	heading := []byte(modelfile.EnvironmentHeading)
	if i := bytes.Index(old, heading); i >= 0 {
		if j := bytes.Index(fresh, heading); j >= 0 {
			fresh = append(fresh[:j:j], old[i:]...)
		}
	}
	return os.WriteFile(reference, fresh, 0o600)
}
