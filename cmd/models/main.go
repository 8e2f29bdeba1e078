// Command models proves what is learnt from history on public data sets, beside what others made of the same rows: it
// prints the tables of docs/learning.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
)

func main() {
	short := flag.Bool("short", false, "the small sets, and only what is on record to compare with: for a quick look")
	data := flag.String("data", "../shared/data", "the folder of the data sets")
	only := flag.String("only", "", "only this set")
	card := flag.String("card", "", "print the whole card of this set, and its calibration, instead of the tables")
	flag.Parse()
	err := run(os.Stdout, *data, *short, *only, *card)
	if err != nil {
		fmt.Fprintln(os.Stderr, "models:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, data string, short bool, only, card string) error {
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		_, err := fmt.Fprintf(w, "models: %s is not there, so there is nothing to prove anything on\n", data)
		return err
	}
	if card != "" {
		return printCard(w, data, card)
	}
	if err := tables(w, data, short, only); err != nil || only != "" {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return clvTable(w, data)
}
