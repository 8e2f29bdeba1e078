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

// knownThen says how each attribute is known as of the moment people are looked at.
func knownThen(list []worker.AsOf) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString("- " + a.Name)
		switch a.By {
		case worker.ByFixed:
			b.WriteString(": as it stands today, because it is listed under learn.fixed")
			if a.Changed > 0 {
				fmt.Fprintf(&b, "; the CRM's history says that it has changed since for %s", counted(a.Changed, "person", "people"))
			}
		default:
			b.WriteString(": by the CRM's field history")
			if a.Changed > 0 {
				fmt.Fprintf(&b, "; it has changed since for %s", counted(a.Changed, "person", "people"))
			}
			if a.Assumed > 0 {
				fmt.Fprintf(&b, "; as it stands today for %s, whom the history does not reach, because it is listed under learn.fixed", counted(a.Assumed, "person", "people"))
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

// printKnownThen prints it, with what it took.
func (p *program) printKnownThen(list []worker.AsOf, calls int) {
	if len(list) == 0 {
		return
	}
	p.printf("\nAs of then\n%s", knownThen(list))
	if calls > 0 {
		p.printf("- field history took %s of the CRM's API\n", counted(calls, "call", "calls"))
	}
}
