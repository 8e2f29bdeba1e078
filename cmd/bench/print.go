package main

import (
	"fmt"
	"strings"
)

func title(text string) { fmt.Printf("\n%s\n%s\n", text, strings.Repeat("-", len(text))) }

// row prints one line of a table: a wide first column, then narrow ones.
func row(first string, cells ...string) {
	fmt.Printf("%-34s", first)
	for _, c := range cells {
		fmt.Printf("%14s", c)
	}
	fmt.Println()
}

// count writes 12345 as 12,345.
func count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func megabytes(bytes int64) string { return fmt.Sprintf("%d MB", bytes>>20) }
