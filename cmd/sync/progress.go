package main

import (
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far a run has come: a bar on a terminal, otherwise a line per stage, so that a log stays readable.
type progress struct {
	out   io.Writer
	tty   bool
	stage string
	done  int
	total int
	bar   *progressbar.ProgressBar
}

func (p *program) progress() *progress {
	f, ok := p.err.(*os.File)
	return &progress{out: p.err, tty: ok && term.IsTerminal(int(f.Fd()))}
}

// Step implements worker.Progress.
func (g *progress) Step(stage string, done, total int) {
	if stage != g.stage {
		g.end()
		g.stage = stage
		if g.tty {
			g.bar = progressbar.NewOptions(-1,
				progressbar.OptionSetWriter(g.out), progressbar.OptionSetDescription(stage), progressbar.OptionShowCount(),
				progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
		}
	}
	g.done, g.total = done, total
	if g.bar == nil {
		return
	}
	if total > 0 {
		g.bar.ChangeMax(total)
	}
	_ = g.bar.Set(done) // a bar that cannot be drawn is not worth stopping for
}

// end closes the stage under way.
func (g *progress) end() {
	if g.stage == "" {
		return
	}
	if g.bar != nil {
		_ = g.bar.Finish()
		g.bar = nil
	}
	_, _ = fmt.Fprintf(g.out, "  %-32s %s\n", g.stage, number(g.done))
	g.stage = ""
}
