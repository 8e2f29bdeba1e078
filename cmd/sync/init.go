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
	suggestion, err := suggest(ctx, connector)
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

// suggest reads the definitions of every object a model can use, and a sample of people and companies.
func suggest(ctx context.Context, c crm.Connector) (mapping.Suggestion, error) {
	schemas := map[string]crm.Schema{}
	for _, object := range []string{crm.People, crm.Companies, crm.Meetings, crm.Calls, crm.Deals} {
		schema, err := c.Describe(ctx, object)
		if errors.Is(err, crm.ErrAuth) && object != crm.People {
			continue // without the scope for it, the model does without
		}
		if err != nil {
			return mapping.Suggestion{}, err
		}
		schemas[object] = schema
	}
	fill := map[string]map[string]float64{}
	for _, object := range []string{crm.People, crm.Companies} {
		if schema, ok := schemas[object]; ok {
			rates, err := fillRates(ctx, c, schema)
			if err != nil {
				return mapping.Suggestion{}, err
			}
			fill[object] = rates
		}
	}
	return mapping.Suggest(schemas, fill), nil
}

// fillRates is the share of a sample of records that have a value, by field. It reads no more than the sample.
func fillRates(ctx context.Context, c crm.Connector, schema crm.Schema) (map[string]float64, error) {
	fields := make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		fields[i] = f.Name
	}
	filled, records := map[string]float64{}, 0
	for page, err := range c.Records(ctx, crm.Query{Object: schema.Object, Fields: fields}) {
		if err != nil {
			return nil, err
		}
		for _, rec := range page.Items {
			for field := range rec.Fields {
				filled[field]++
			}
		}
		if records += len(page.Items); records >= sample {
			break
		}
	}
	for field := range filled {
		filled[field] /= float64(max(1, records))
	}
	return filled, nil
}
