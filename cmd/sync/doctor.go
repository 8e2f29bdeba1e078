package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) doctorCommand() *cobra.Command {
	var sendTest bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look over the whole installation: what is right, what is wrong, what to do",
		Long: `Looks at everything a run needs, in the order a run needs it: the model file, the credential, the account and its daily
calls, every field and the right to read or write it, the clock, one record taken through mapping and scoring, the
channels of alerts, the state, and the schedule. It goes on after a mistake and says of each what to do. Changes nothing
in the CRM, and sends no message; with --send-test, one that says it is a test goes through each channel but tasks, by
e-mail to the address that alerts come from.`,
		Example: example("bareme doctor", "bareme doctor --send-test", "bareme doctor -o json | jq '.[] | select(.status != \"right\")'"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd.Context(), sendTest) },
	}
	cmd.Flags().BoolVar(&sendTest, "send-test", false, "send a test message through each channel of alerts")
	return cmd
}

// finding is what one check found.
type finding struct {
	Check      string `json:"check"`
	Connection string `json:"connection,omitempty"` // where there are several
	Status     status `json:"status"`
	Says       string `json:"says"`
	Do         string `json:"do,omitempty"`
}

// status is how a check ended.
type status string

const (
	right   status = "right"
	look    status = "look"  // works today, and somebody should look at it
	wrong   status = "wrong" // a run would fail
	skipped status = "not checked"
)

// mark is how a table shows a status.
func (s status) mark() string {
	return map[status]string{right: "✓", look: "!", wrong: "✗", skipped: "·"}[s]
}

// doctor runs every check, also after one that fails, and prints what they found.
func (p *program) doctor(ctx context.Context, sendTest bool) error {
	v := &visit{p: p, sendTest: sendTest, failed: map[string]bool{}}
	names := []string{p.flags.connection}
	if file, err := p.load(); err == nil && p.flags.connection == "" {
		names = nil
		for _, c := range file.Connections {
			names = append(names, c.Name)
		}
	}
	for _, c := range v.plan(names) {
		v.p.flags.connection = c.connection
		if missing := v.missing(c.needs); missing != "" {
			v.failed[c.name] = true
			v.findings = append(v.findings, finding{Check: c.name, Connection: c.of, Status: skipped, Says: "needs a right " + missing})
			continue
		}
		found := c.look(ctx)
		for i := range found {
			found[i].Check, found[i].Connection = c.name, c.of
			v.failed[c.name] = v.failed[c.name] || found[i].Status == wrong
		}
		v.findings = append(v.findings, found...)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if p.json() {
		if err := p.printJSON(v.findings); err != nil {
			return err
		}
	} else {
		p.printVisit(v.findings)
	}
	if n := v.count(wrong); n > 0 {
		return fmt.Errorf("%s to mend before a run can work", counted(n, "thing", "things"))
	}
	return nil
}

func (p *program) printVisit(findings []finding) {
	last, of := "", ""
	for i, f := range findings {
		if f.Connection != of {
			of, last = f.Connection, ""
			p.printf("%s\n", of)
		}
		name := f.Check
		if name == last {
			name = ""
		}
		last = f.Check
		p.printf("%s %-11s %s\n", f.Status.mark(), name, indented(f.Says))
		if again := i+1 < len(findings) && findings[i+1].Do == f.Do; f.Do != "" && !again { // one remedy for several is told once
			p.printf("%13s → %s\n", "", indented(f.Do))
		}
	}
}

// indented keeps the further lines of a text under its first.
func indented(text string) string {
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+strings.Repeat(" ", 14))
}
