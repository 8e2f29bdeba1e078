package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptLeads writes a spreadsheet of made-up leads with a known structure: leads FILE N [noise]. The French, partners
// and large companies converted more often; with noise, nothing tells who did.
func scriptLeads(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	noise := len(args) > 2
	r := rand.New(rand.NewPCG(7, 11))
	var b strings.Builder
	b.WriteString("id,country,employees,partner,created,note,status\n")
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		country, employees, partner := []string{"FR", "BE", "DE", ""}[r.IntN(4)], r.IntN(1000), r.IntN(3) == 0
		odds := -2.0
		if country == "FR" {
			odds++
		}
		if partner {
			odds += 1.5
		}
		odds += float64(employees) / 500
		if noise {
			odds = -1
		}
		status, note := "lost", "open"
		if r.Float64() < 1/(1+math.Exp(-odds)) {
			status, note = "won", "signed"
		}
		fmt.Fprintf(&b, "p%05d,%s,%d,%t,%s,%s,%s\n", i, country, employees, partner, day.AddDate(0, 0, i*500/n).Format(time.DateOnly), note, status)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}
