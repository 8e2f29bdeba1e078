package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/bareme/bareme/connectors"
	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/mapping"
	"github.com/bareme/bareme/modelfile"
)

func (p *program) initCommand() *cobra.Command {
	var crmName string
	var force bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first model file for your CRM",
		Long: `Reads the CRM's field definitions and how well they are filled, suggests what to score by, and writes a commented model
file that is valid and ready to preview. Asks nothing, and changes nothing in the CRM.`,
		Example: example("bareme init", "bareme init --crm hubspot --model bareme.yaml"),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.init(cmd.Context(), crmName, force) },
	}
	cmd.Flags().StringVar(&crmName, "crm", "hubspot", "the CRM to connect to")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite an existing model file")
	return cmd
}

func (p *program) init(ctx context.Context, crmName string, force bool) error {
	path := p.modelPath()
	if _, err := os.Stat(path); err == nil && !force {
		return usagef("%s is already there. Overwrite it with --force, or name another with --model", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	connector, err := connectors.Open(crmName, p.settings.Settings, p.now, logrus.NewEntry(p.log))
	if err != nil {
		return usageError{err}
	}
	samples, err := p.samples(crmName)
	if err != nil {
		return usageError{err}
	}
	suggestion, err := suggest(ctx, connector, samples)
	if err != nil {
		return err
	}
	name := p.flags.connection
	if name == "" {
		name = crmName
	}
	text := modelfile.Starter(name, crmName, suggestion)
	if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // a model file holds no secret and is meant to be shared
		return err
	}
	p.printf("Wrote %s: %s and %s to score by.\n\nNext: read it, then\n  bareme check        is it valid, and does the CRM have these fields?\n"+
		"  bareme provision    create the fields scores are written to\n  bareme preview      see what would be written\n  bareme sync         write it\n",
		path, counted(len(suggestion.Attributes), "attribute", "attributes"), counted(len(suggestion.Activities), "kind of activity", "kinds of activity"))
	return nil
}

// sample is how many records tell how well fields are filled: enough to tell 5 % from 10 %.
const sample = 500

// samples are connectors whose people are sampled, when those of the CRM are of several objects: the first 500 people of a
// Salesforce org may all be leads, and say nothing of what its contacts have.
func (p *program) samples(crmName string) ([]crm.Connector, error) {
	if crmName != "salesforce" {
		return nil, nil
	}
	var out []crm.Connector
	for _, object := range p.settings.Salesforce.People {
		s := p.settings.Settings
		s.Salesforce.People = []string{object}
		c, err := connectors.Open(crmName, s, p.now, logrus.NewEntry(p.log))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// suggest reads the definitions of every object a model can use, and a sample of people, through samples where there are
// any, and of companies.
func suggest(ctx context.Context, c crm.Connector, samples []crm.Connector) (mapping.Suggestion, error) {
	schemas := map[string]crm.Schema{}
	for _, object := range []string{crm.People, crm.Companies, crm.Meetings, crm.Calls, crm.Deals, crm.Campaigns, crm.Emails} {
		schema, err := c.Describe(ctx, object)
		if object != crm.People && (errors.Is(err, crm.ErrAuth) || errors.Is(err, crm.ErrInvalid) || errors.Is(err, crm.ErrNotFound)) {
			continue // without it, or without the scope for it, the model does without
		}
		if err != nil {
			return mapping.Suggestion{}, err
		}
		schemas[object] = schema
	}
	fill := map[string]map[string]float64{}
	for object, from := range map[string][]crm.Connector{crm.People: samples, crm.Companies: {c}} {
		if len(from) == 0 {
			from = []crm.Connector{c}
		}
		if schema, ok := schemas[object]; ok {
			rates, err := fillRates(ctx, from, schema)
			if err != nil {
				return mapping.Suggestion{}, err
			}
			fill[object] = rates
		}
	}
	return mapping.Suggest(schemas, fill), nil
}

// fillRates is the share of a sample of records that have a value, by field. From each connector it reads no more than the
// sample.
func fillRates(ctx context.Context, from []crm.Connector, schema crm.Schema) (map[string]float64, error) {
	filled, records := map[string]float64{}, 0
	for _, c := range from {
		if len(from) > 1 { // each has some of the fields
			var err error
			if schema, err = c.Describe(ctx, schema.Object); err != nil {
				return nil, err
			}
		}
		taken := 0
		for page, err := range c.Records(ctx, crm.Query{Object: schema.Object, Fields: fieldNames(schema)}) {
			if err != nil {
				return nil, err
			}
			for _, rec := range page.Items {
				for field := range rec.Fields {
					filled[field]++
				}
			}
			if taken += len(page.Items); taken >= sample {
				break
			}
		}
		records += taken
	}
	for field := range filled {
		filled[field] /= float64(max(1, records))
	}
	return filled, nil
}

// fieldNames are those of the fields of an object.
func fieldNames(schema crm.Schema) []string {
	out := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		out[i] = f.Name
	}
	return out
}
