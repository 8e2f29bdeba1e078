package scorecard

// prior is what a ridge asks of coefficients. What the bins of an attribute add is a line times their weights of evidence,
// and a bend of each bin: add = line x woe + bend. The ridge is line²·Line/2 + Σ bend²·Bends/2, and of all lines and bends that
// come to the same the cheapest counts, so that only what bins add has to be fitted.
type prior struct {
	d      *design
	ridge  Ridge
	bent   bool      // bins may bend away from the line
	on     []bool    // by attribute: takes part
	turn   int       // counts the changes of all above
	square []float64 // by attribute, the sum of the squares of its weights of evidence
}

func newPrior(d *design) prior {
	p := prior{d: d, on: make([]bool, len(d.attributes)), square: make([]float64, len(d.attributes))}
	for j := range p.square {
		for _, w := range d.woe[d.start[j]:d.start[j+1]] {
			p.square[j] += w * w
		}
	}
	return p
}

// begin sets the ridge and lets all attributes take part. Coefficients that may not bend are put on their lines.
func (p *prior) begin(r Ridge, c *coefficients) {
	p.ridge, p.bent, p.turn = r, r.Bends > straight, p.turn+1
	for j := range p.on {
		p.on[j] = true
		if !p.bent {
			line := p.line(j, c)
			for k := p.d.start[j]; k < p.d.start[j+1]; k++ {
				c.add[k] = line * p.d.woe[k]
			}
		}
	}
}

// along is what the bins of an attribute add, each times its weight of evidence.
func (p *prior) along(j int, c *coefficients) float64 {
	sum := 0.0
	for k := p.d.start[j]; k < p.d.start[j+1]; k++ {
		sum += p.d.woe[k] * c.add[k]
	}
	return sum
}

// line is the cheapest line of an attribute.
func (p *prior) line(j int, c *coefficients) float64 {
	along, square := p.along(j, c), p.square[j]
	if p.bent {
		along, square = along*p.ridge.Bends, p.ridge.Line+square*p.ridge.Bends
	}
	if square == 0 {
		return 0
	}
	return along / square
}

// relief is by how much less each pair of bins is held, per product of their weights of evidence, since they share a line.
func (p *prior) relief(j int) float64 {
	held := p.ridge.Line + p.square[j]*p.ridge.Bends
	if held == 0 {
		return 0
	}
	return p.ridge.Bends / held * p.ridge.Bends
}

func (p *prior) penalty(c *coefficients) float64 {
	sum := 0.0
	for j, on := range p.on {
		if !on {
			continue
		}
		if !p.bent {
			line := p.line(j, c)
			sum += p.ridge.Line * line * line / 2
			continue
		}
		along := p.along(j, c)
		sum -= p.relief(j) * along * along / 2
		for _, x := range c.add[p.d.start[j]:p.d.start[j+1]] {
			sum += p.ridge.Bends * x * x / 2
		}
	}
	return sum
}

// drop lets the attribute leave whose line counts most against its weight of evidence; false where there is none.
func (p *prior) drop(c *coefficients) bool {
	worst, least := -1, 0.0
	for j, on := range p.on {
		if !on || p.d.attributes[j].from.fixed {
			continue
		}
		if line := p.line(j, c); line < least {
			worst, least = j, line
		}
	}
	if worst < 0 {
		return false
	}
	p.on[worst], p.turn = false, p.turn+1
	clear(c.add[p.d.start[worst]:p.d.start[worst+1]])
	return true
}

// dropAll lets every attribute leave whose line counts against its weight of evidence; false where there is none.
func (p *prior) dropAll(c *coefficients) (left bool) {
	for p.drop(c) {
		left = true
	}
	return left
}
