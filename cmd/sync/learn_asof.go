package main

import (
	"fmt"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/bareme/bareme/connectors"
	"github.com/bareme/bareme/modelfile"
	"github.com/bareme/bareme/worker"
)

// asking gives a worker the connectors of the model file, to ask what people were. A connection without credentials is not
// asked, and that is said: what is listed as fixed can be learnt from all the same.
func (p *program) asking(w *worker.Worker, file *modelfile.File, f learnFlags) {
	if w.Learn.Offline = f.offline; f.offline {
		return
	}
	w.Siblings = worker.Siblings{}
	for _, c := range file.Connections {
		connector, err := connectors.Open(c.CRM, p.settings.Settings, p.now, logrus.NewEntry(p.log))
		if err != nil {
			p.log.WithError(err).WithField("connection", c.Name).Warn("it is not asked what its people were; with --offline none is")
			continue
		}
		share(site{Connection: c, crm: connector}, w.Store)
		if c.Name == w.Connection {
			w.CRM = connector
			continue
		}
		w.Siblings[c.Name] = connector
	}
}

// knownThen says how each attribute is known as of the moment people are looked at, a line for each, and what that took.
func knownThen(list []worker.AsOf, calls int) []string {
	if len(list) == 0 {
		return nil
	}
	var lines []string
	for _, a := range list {
		says := a.Name
		switch a.By {
		case worker.ByFixed:
			says += ": as it stands today, because it is listed under learn.fixed"
			if a.Changed > 0 {
				says += "; the CRM's history says that it has changed since for " + counted(a.Changed, "person", "people")
			}
		default:
			says += ": by the CRM's field history"
			if a.Changed > 0 {
				says += "; it has changed since for " + counted(a.Changed, "person", "people")
			}
			if a.Assumed > 0 {
				says += fmt.Sprintf("; as it stands today for %s, whom the history does not reach, because it is listed under learn.fixed", counted(a.Assumed, "person", "people"))
			}
		}
		lines = append(lines, says)
	}
	if calls > 0 {
		lines = append(lines, fmt.Sprintf("field history took %s of the CRM's API", counted(calls, "call", "calls")))
	}
	return lines
}

// printKnownThen prints it.
func (p *program) printKnownThen(lines []string) {
	if len(lines) > 0 {
		p.printf("\nAs of then\n- %s\n", strings.Join(lines, "\n- "))
	}
}
