package metrics

// Step is one tenth of the rows, from the best score down, and all above it.
type Step struct {
	Top      float64 `json:"top"`      // the share of rows taken so far: .1, .2 …
	Rows     float64 `json:"rows"`     // how many rows that is; need not be whole
	Captured float64 `json:"captured"` // how many of them converted
	Share    float64 `json:"share"`    // of all that converted
	Lift     float64 `json:"lift"`     // Share / Top: 1 is chance
	Own      float64 `json:"own"`      // lift of this tenth alone
}

// Gains is lift and gain by tenths. Rows with equal scores that straddle a boundary are shared out in proportion, so that
// no order among them makes a difference.
func Gains(score []float64, converted []bool) ([]Step, error) {
	yes, err := check(score, converted)
	if err != nil {
		return nil, err
	}
	const tenths = 10
	at := captured(score, converted)
	n, all := float64(len(score)), float64(yes)
	steps := make([]Step, 0, tenths)
	before := 0.0
	for i := 1; i <= tenths; i++ {
		top := float64(i) / tenths
		s := Step{Top: top, Rows: n * float64(i) / tenths}
		s.Captured = at(s.Rows)
		s.Share = s.Captured / all
		s.Lift = s.Share / top
		s.Own = (s.Captured - before) / all * tenths
		before = s.Captured
		steps = append(steps, s)
	}
	return steps, nil
}

// LiftAt is the lift of the best share of rows, as .1.
func LiftAt(score []float64, converted []bool, share float64) (float64, error) {
	yes, err := check(score, converted)
	if err != nil {
		return 0, err
	}
	if share <= 0 || share > 1 {
		return 0, ErrJudge
	}
	return captured(score, converted)(float64(len(score))*share) / float64(yes) / share, nil
}

// captured gives a function of how many rows are taken, best first: how many of them converted.
func captured(score []float64, converted []bool) func(rows float64) float64 {
	order := byScore(score)
	type block struct{ rows, yes float64 }
	var blocks []block
	for i := len(order) - 1; i >= 0; i-- {
		if i == len(order)-1 || score[order[i]] != score[order[i+1]] {
			blocks = append(blocks, block{})
		}
		b := &blocks[len(blocks)-1]
		b.rows++
		b.yes += bit(converted[order[i]])
	}
	return func(rows float64) float64 {
		sum := 0.0
		for _, b := range blocks {
			if rows <= b.rows {
				return sum + b.yes*rows/b.rows
			}
			rows -= b.rows
			sum += b.yes
		}
		return sum
	}
}
