package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
)

// program is one invocation: where it prints, what it was told, and what it found in the environment.
type program struct {
	out, err io.Writer
	settings Settings
	flags    flags
	log      *logrus.Logger
	now      func() time.Time // the machine's clock, or the demo's
	looks    bool             // the command changes nothing: it may open a state file that a worker holds
	started  bool             // the command line was right, and its command runs
}

// flags are those every command has.
type flags struct {
	model, state, connection, output, now string
}

// run executes one command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.err)
	err := root.ExecuteContext(ctx)
	if err != nil && !p.started { // the command line itself was wrong
		err = usageError{err}
	}
	if err != nil {
		_, _ = fmt.Fprintln(p.err, "bareme: "+strings.TrimSpace(err.Error()))
	}
	return exitCode(err)
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "bareme",
		Short: "Scores the people in your CRM and writes score, grade and reasons back",
		Long: `Barème pulls people, companies, deals and activity from a CRM, scores them by a model you can read, and writes
score, grade and the reasons back onto the records.

Try it on a made-up CRM:   bareme demo
Start with your own:       bareme init && bareme check && bareme provision && bareme preview && bareme sync

Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 done but some records were rejected,
4 refused because the plan is too large.`,
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return p.prepare() },
	}
	f := root.PersistentFlags()
	f.StringVarP(&p.flags.model, "model", "m", "", "the model file (default: $BAREME_MODEL, else bareme.yaml)")
	f.StringVar(&p.flags.state, "state", "", "the state file (default: $BAREME_STATE, else in the platform's state directory)")
	f.StringVar(&p.flags.connection, "connection", "", "the connection of the model file to use (default: its only one)")
	f.StringVarP(&p.flags.output, "output", "o", "text", "how results are printed: text or json")
	f.StringVar(&p.flags.now, "now", "", "score as of this moment (RFC 3339) instead of the clock's")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef("%w\nSee: %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(
		p.demoCommand(), p.initCommand(), p.checkCommand(), p.provisionCommand(), p.previewCommand(), p.syncCommand(),
		p.explainCommand(), p.forgetCommand(), p.overrideCommand(), p.runCommand(), p.scoreCommand(), p.sandboxCommand(), p.versionCommand(),
		p.decayCommand(), p.firstNameCommand(), p.fitCommand(), p.applyCommand(), p.backtestCommand(), p.driftCommand(), p.modelCommand(), p.lintCommand(), p.doctorCommand(), p.identityCommand(), p.stateCommand(), p.alertsCommand(), p.jobsCommand(),
	)
	return root
}

// prepare reads the environment once the command line is known to be right.
func (p *program) prepare() error {
	p.started = true
	if p.flags.output != "text" && p.flags.output != "json" {
		return usagef("--output %q is not known: it is text or json", p.flags.output)
	}
	if _, err := p.clock(); err != nil {
		return err
	}
	if err := envconfig.Process("bareme", &p.settings); err != nil {
		return settingError(err)
	}
	p.log = logrus.New()
	p.log.SetOutput(p.err)
	level, err := logrus.ParseLevel(p.settings.LogLevel)
	if err != nil {
		return usagef("BAREME_LOG_LEVEL is not a level: it is one of debug, info, warn, error")
	}
	p.log.SetLevel(level)
	switch p.settings.LogFormat {
	case "json":
		p.log.SetFormatter(&logrus.JSONFormatter{TimestampFormat: time.RFC3339Nano})
	case "text":
	default:
		return usagef("BAREME_LOG_FORMAT is not a format: it is text or json")
	}
	return nil
}

// settingError names the setting and what is wrong with it. The library's own text would print the value, which may be
// a secret.
func settingError(err error) error {
	var parse *envconfig.ParseError
	if errors.As(err, &parse) {
		return usagef("%s has the wrong form: it is a %s", parse.KeyName, parse.TypeName)
	}
	return usagef("settings: %w", err)
}

// clock is the moment scores are computed for.
func (p *program) clock() (func() time.Time, error) {
	if p.flags.now == "" {
		return p.now, nil
	}
	at, err := time.Parse(time.RFC3339, p.flags.now)
	if err != nil {
		return nil, usagef("--now %q is not a moment: write it like 2026-11-21T08:00:00Z", p.flags.now)
	}
	return func() time.Time { return at }, nil
}

func (p *program) json() bool { return p.flags.output == "json" }

// printf writes to standard output. A reader that went away is noticed when the program ends, not here.
func (p *program) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(p.out, format, args...)
}

// example indents the lines of a command's example as cobra wants them.
func example(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }
