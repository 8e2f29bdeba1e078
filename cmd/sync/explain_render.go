package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/scoring"
	"github.com/bareme/bareme/worker"
)

// printExplanation tells one person's score: the result, what made it, what is missing, what would change it, and how it
// came to be.
func (p *program) printExplanation(e worker.Explanation, t tongue) {
	p.printf("%s %s, %s %s\n", pick(e.Object == crm.Companies, t.company, t.record), e.ID, t.asOf, t.moment(e.At))
	switch {
	case e.Skipped != "":
		p.printf("\n%s%s%s\n", t.notScored, t.colon(), e.Skipped)
	case !e.Scored:
		p.printf("\n%s%s%s\n", t.unscored, t.colon(), e.Unscored)
	default:
		p.printf("\n  %s %s   %s %s   %s, %s\n", t.score, t.number(trimmed(e.Overall)), t.grade, orDash(e.Grade), orDash(e.Label), t.trend(e.Trend))
	}
	if e.Frozen != "" {
		p.printf("\n%s\n", e.Frozen)
	}
	p.printNext(e, t)
	p.printRolledUp(e.RolledUp, t)
	for _, s := range e.Scores {
		p.printScore(s, t)
		p.printFamilies(e, s.Name, t)
	}
	if len(e.Adjustments) > 0 {
		p.printf("\n%s\n", t.overall)
		for _, r := range e.Adjustments {
			p.printReason(r.Points.Float(), r.Text, t)
		}
	}
	p.printConverted(e.Converted, t)
	if len(e.Owners) > 0 {
		p.printf("\n%s%s%s\n", pick(t.french, "Propriétaire", "Owner"), t.colon(), linksText(e.Owners))
	}
	if len(e.Unknown) > 0 {
		p.printf("\n%s%s%s\n", t.notKnown, t.colon(), strings.Join(e.Unknown, ", "))
	}
	switch {
	case e.Later == 1:
		p.printf("\n%s\n", t.laterOne)
	case e.Later > 1:
		p.printf("\n"+t.laterMany+"\n", e.Later)
	}
	p.printDropped(e)
	p.printChanges(e.Changes, t)
	if e.SetAside {
		p.printf("\n%s\n", t.setAside)
	}
	p.printMoves(e.Moves, t)
}

func (p *program) printScore(s worker.ExplainedScore, t tongue) {
	if s.Known {
		segment := ""
		if s.Segment != "" {
			segment = "   " + s.Segment
		}
		p.printf("\n%s%s%s%s\n", title(s.Name), t.colon(), t.number(fmt.Sprintf("%.1f", s.Points)), segment)
	} else {
		p.printf("\n%s%s%s\n", title(s.Name), t.colon(), t.unknown)
	}
	for i, points := range addingUp(s.Reasons, s.Points) {
		p.printReason(points, s.Reasons[i].Text, t)
	}
}

// printConverted tells which amounts were in another currency, and the rate they were converted at.
func (p *program) printConverted(all []mapping.Conversion, t tongue) {
	for i, c := range all {
		rate := t.number(strconv.FormatFloat(c.Rate, 'g', 6, 64))
		says := fmt.Sprintf("%s: %s in %s converted to %s at %s, the rate of %s", c.Name, counted(c.Times, "amount", "amounts"), c.From, c.To, rate, c.AsOf)
		if t.french {
			says = fmt.Sprintf("%s : %s en %s, %s en %s au taux de %s du %s", c.Name, counted(c.Times, "montant", "montants"), c.From, pick(c.Times == 1, "converti", "convertis"), c.To, rate, c.AsOf)
		}
		p.printf("%s%s\n", pick(i == 0, "\n", ""), says)
	}
}

// printRolledUp tells what the people of a company add up to, and who weighs most.
func (p *program) printRolledUp(all []mapping.RolledUp, t tongue) {
	if len(all) > 0 {
		p.printf("\n%s\n", pick(t.french, "Ses contacts", "Its people"))
	}
	for _, r := range all {
		value := t.unknown
		if r.Known {
			value = t.number(trimmed(math.Round(r.Value*10) / 10))
		}
		p.printf("  %-14s %9s", r.Attribute, value)
		if r.Of != mapping.RollUpCount {
			p.printf("  %s %s", t.way(r.How, r.Of), pick(t.french, "de "+counted(r.People, "contact", "contacts"), "of "+counted(r.People, "person", "people")))
		}
		for i, one := range r.Best {
			where := ""
			if one.Connection != "" {
				where = pick(t.french, " dans ", " in ") + one.Connection
			}
			p.printf("%s%s%s %s", pick(i == 0, t.colon(), ", "), one.ID, where, t.number(trimmed(one.Points)))
		}
		p.printf("\n")
	}
}

func (p *program) printReason(points float64, text string, t tongue) {
	p.printf("  %s  %s\n", t.number(fmt.Sprintf("%+7.1f", points)), text)
}

// printChanges lists what would lift the grade, then what would lower it.
func (p *program) printChanges(changes []scoring.Change, t tongue) {
	if len(changes) > 0 {
		p.printf("\n%s\n", t.change)
	}
	for _, c := range changes {
		p.printf("  %s  %s\n", pick(c.Lift, "↑", "↓"), c.Text)
	}
}

// printMoves tells how the score moved, latest first, with what moved it.
func (p *program) printMoves(moves []worker.HistoryMove, t tongue) {
	if len(moves) > 0 {
		p.printf("\n%s\n", t.moved)
	}
	for _, m := range moves {
		note := pick(m.New, "   "+t.newModel, "")
		if m.First {
			note = "   " + t.firstWrite
		}
		p.printf("  %s  %s → %s%s\n", m.At.Format("2006-01-02 15:04"), t.headline(m.Old), t.headline(m.Now), note)
		for _, r := range m.Reasons {
			p.printf("      %s  %s\n", t.number(fmt.Sprintf("%+6.1f", r.Points)), r.Text)
		}
	}
}
