package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bareme/bareme/mapping/firstname"
)

func (p *program) firstNameCommand() *cobra.Command {
	var sex string
	cmd := &cobra.Command{
		Use:   "firstname NAME",
		Short: "Show how old the bearers of a French first name are",
		Long: `Shows what transform: age_from_first_name makes of a first name: the age half of its bearers are between, how many bear
it, and whether it says too little to be used. Births of INSEE, deaths of INSEE and INED; see docs/scoring.md for what
such an estimate is worth and what it may be used for. Keeps nothing and asks nobody.`,
		Example: example("bareme firstname Virginie", "bareme firstname Dominique --sex f"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("firstname takes a first name, like: bareme firstname Virginie")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return p.firstName(strings.Join(args, " "), sex) },
	}
	cmd.Flags().StringVar(&sex, "sex", "", "f or m (default: both, mixed by how many bear the name)")
	return cmd
}

// nameAges is what a first name says of age, as of a day.
type nameAges struct {
	Name     string `json:"name"`
	Alive    int    `json:"alive"` // when the table was made
	Youngest int    `json:"youngest"`
	Median   int    `json:"median"`
	Oldest   int    `json:"oldest"`
	Abstains string `json:"abstains,omitempty"` // why no age is estimated
}

func (p *program) firstName(name, sex string) error {
	now, err := p.clock()
	if err != nil {
		return err
	}
	which := firstname.ReadSex(sex)
	if sex != "" && which == firstname.Either {
		return usagef("--sex %q is not known: it is f or m", sex)
	}
	table, err := firstname.Load()
	if err != nil {
		return err
	}
	ages := table.Ages(name, which)
	at := now().UTC()
	limits := firstname.DefaultLimits()
	found := nameAges{name, ages.Alive, ageAt(ages.Low, at), ageAt(ages.Median, at), ageAt(ages.High, at), ages.Abstain(limits)}
	if ages.Alive == 0 {
		found = nameAges{Name: name, Abstains: found.Abstains}
	}
	if p.json() {
		return p.printJSON(found)
	}
	if ages.Alive > 0 {
		p.printf("%s: about %d years old in %d (estimated); half of its bearers are between %d and %d\n", name, found.Median, at.Year(), found.Youngest, found.Oldest)
		p.printf("Born in France and alive at the beginning of %d: %s\n", firstname.ReferenceYear, number(ages.Alive))
	}
	if found.Abstains != "" {
		p.printf("No age is estimated from %s: %s.\n", name, found.Abstains)
	}
	return nil
}

// ageAt is the age someone of an age in the table has at a later moment.
func ageAt(age int, at time.Time) int {
	born := firstname.Born(age)
	years := at.Year() - born.Year()
	if at.Month() < born.Month() { // born on the first of one
		years--
	}
	return years
}
